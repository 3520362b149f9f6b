package web

import (
	"context"
	"log/slog"
	"net"
	"testing"
)

// seen is a log handler that tells each record's reason.
type seen struct{ reasons chan string }

func newSeen() (*slog.Logger, seen) {
	s := seen{make(chan string, 16)}
	return slog.New(s), s
}

func (seen) Enabled(context.Context, slog.Level) bool { return true }
func (s seen) WithAttrs([]slog.Attr) slog.Handler     { return s }
func (s seen) WithGroup(string) slog.Handler          { return s }
func (s seen) Handle(_ context.Context, r slog.Record) error {
	reason := ""
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "reason" {
			reason = a.Value.String()
		}
		return true
	})
	s.reasons <- reason
	return nil
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func listen(t testing.TB, addr string, log *slog.Logger) net.Listener {
	t.Helper()
	l, err := Listen(addr, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}
