package web

import (
	"context"
	"log/slog"
	"regexp"
)

// OwnAddr is an address that this process listens on, as configured or opened. Only a value of this type is logged
// under addr, so that no other address can end up there by habit.
type OwnAddr string

// logged are the keys that may be logged, each with what its value must look like. A key that is not here has no
// place to go: there is no key for an error's text, an address of somebody else, a name or a word of a chat.
var logged = map[string]func(slog.Value) bool{
	"reason":    word,
	"component": word,
	"state":     word,
	"line":      matches(`^[a-z0-9-]{1,32}$`),
	"at":        matches(`^[a-z_]+(/[a-z_]+)*\.go:[0-9]{1,5}$`), // a place in the source
	"version":   matches(`^(\(devel\)|v[0-9][0-9a-z.+-]{0,63})$`),
	"count":     number,
	"seconds":   number,
	"addr": func(v slog.Value) bool {
		_, own := v.Any().(OwnAddr)
		return own
	},
}

var (
	word = matches(`^[a-z][a-z_]{0,39}$`)
	// A message is a constant of the source: words, no figures, nothing that an address, an id or a header has.
	message = regexp.MustCompile(`^[A-Za-z][A-Za-z' ,:_()-]{0,79}$`)
)

func matches(pattern string) func(slog.Value) bool {
	re := regexp.MustCompile(pattern)
	return func(v slog.Value) bool { return v.Kind() == slog.KindString && re.MatchString(v.String()) }
}

func number(v slog.Value) bool { return v.Kind() == slog.KindInt64 || v.Kind() == slog.KindUint64 }

// withheld stands for a message that was not one.
const withheld = "(message withheld)"

// ClosedLog returns a handler that hands records on to next with the attributes of a short list only: reason,
// component, state (words of a closed set), line, at, version, count and seconds (whole numbers) and addr (OwnAddr).
// Every other attribute is dropped, and so is one of these whose value looks free; groups are dropped. Times
// are cut to the second.
func ClosedLog(next slog.Handler) slog.Handler { return closedLog{next} }

type closedLog struct{ next slog.Handler }

func (c closedLog) Enabled(ctx context.Context, level slog.Level) bool {
	return c.next.Enabled(ctx, level)
}

func (c closedLog) Handle(ctx context.Context, r slog.Record) error {
	text := r.Message
	if !message.MatchString(text) {
		text = withheld
	}
	clean := slog.NewRecord(r.Time.Truncate(1e9), r.Level, text, 0)
	r.Attrs(func(a slog.Attr) bool {
		if a, ok := closedAttr(a); ok {
			clean.AddAttrs(a)
		}
		return true
	})
	return c.next.Handle(ctx, clean)
}

func (c closedLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	var kept []slog.Attr
	for _, a := range attrs {
		if a, ok := closedAttr(a); ok {
			kept = append(kept, a)
		}
	}
	if len(kept) == 0 {
		return c
	}
	return closedLog{c.next.WithAttrs(kept)}
}

// WithGroup forgets the group: its attributes are held against the same list, and its name could be anything.
func (c closedLog) WithGroup(string) slog.Handler { return c }

func closedAttr(a slog.Attr) (slog.Attr, bool) {
	fits := logged[a.Key]
	if fits == nil {
		return a, false
	}
	a.Value = a.Value.Resolve()
	return a, fits(a.Value)
}
