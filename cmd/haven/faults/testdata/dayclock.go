// Package dayclock lets the clock of one node jump, as clock.c lets that of a store: HAVEN_CLOCK names a file with a signed
// number of seconds in eight bytes, which are added to the day that a time tells. What it tells of the time that has gone
// by stays, as when the clock of a machine is set.
package dayclock

import (
	"os"
	"syscall"
	"time"
	"unsafe"
)

var jump *int64

func init() {
	f, err := os.Open(os.Getenv("HAVEN_CLOCK"))
	if err != nil {
		return
	}
	defer f.Close()
	if b, err := syscall.Mmap(int(f.Fd()), 0, 8, syscall.PROT_READ, syscall.MAP_SHARED); err == nil {
		jump = (*int64)(unsafe.Pointer(&b[0]))
	}
}

// Now is time.Now, whose first word has the seconds of the day above thirty bits of nanoseconds.
func Now() time.Time {
	t := time.Now()
	if jump != nil {
		*(*uint64)(unsafe.Pointer(&t)) += uint64(*jump) << 30
	}
	return t
}
