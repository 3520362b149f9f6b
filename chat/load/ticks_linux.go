package load

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// ticks wakes at even intervals. Go's own timers fire up to a millisecond late in a process that is otherwise idle,
// which would be counted as the server's; a timer that the poller waits for is exact.
type ticks struct{ f *os.File }

func newTicks(every time.Duration) (*ticks, error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("load: timer: %w", err)
	}
	t := unix.NsecToTimespec(int64(every))
	if err := unix.TimerfdSettime(fd, 0, &unix.ItimerSpec{Interval: t, Value: t}, nil); err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("load: timer: %w", err)
	}
	return &ticks{os.NewFile(uintptr(fd), "timer")}, nil
}

func (t *ticks) wait() {
	var expired [8]byte
	_, _ = t.f.Read(expired[:])
}

func (t *ticks) close() { _ = t.f.Close() }
