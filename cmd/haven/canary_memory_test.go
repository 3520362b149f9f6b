//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// region is a mapping of a process that can be read.
type region struct {
	from, to int64
	name     string
}

// regions reads the map of a process. The kernel's own pages, which every process sees, are left out.
func regions(pid int) ([]region, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		return nil, err
	}
	var all []region
	for l := range strings.Lines(string(b)) {
		fields := strings.Fields(l)
		if len(fields) < 5 || fields[1][0] != 'r' {
			continue
		}
		name := "anonymous memory " + fields[1]
		if len(fields) > 5 {
			name = fields[5] + " " + fields[1]
		}
		if strings.HasPrefix(name, "[v") { // vvar, vdso, vsyscall
			continue
		}
		from, to, _ := strings.Cut(fields[0], "-")
		r := region{name: name}
		if r.from, err = strconv.ParseInt(from, 16, 64); err != nil {
			return nil, err
		}
		if r.to, err = strconv.ParseInt(to, 16, 64); err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

const memoryPage = 4096

// span reads a stretch of memory; pages that the kernel does not give out read as nothing.
type span struct {
	mem      *os.File
	from, to int64
}

func (s *span) Read(p []byte) (int, error) {
	if s.from == s.to {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), s.to-s.from)]
	n, err := s.mem.ReadAt(p, s.from)
	if err != nil && n == 0 {
		n = int(min(int64(len(p)), memoryPage-s.from%memoryPage))
		clear(p[:n])
	}
	s.from += int64(n)
	return n, nil
}

// leastMemory is what a Go program has at the least, its code included. Less was read: something is wrong.
const leastMemory = 8 << 20

// memory stops the process and reads all of it, each stretch without gaps as one place.
func (c *canary) memory(f func(place)) {
	c.t.Helper()
	pid := c.serve.Process.Pid
	c.must(syscall.Kill(pid, syscall.SIGSTOP))
	defer syscall.Kill(pid, syscall.SIGCONT)
	c.until("the process stands still", func(context.Context) bool { return stopped(pid) })
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	c.must(err)
	defer mem.Close()
	all, err := regions(pid)
	c.must(err)
	var read int64
	for i := 0; i < len(all); {
		first, to := i, all[i].to
		for i++; i < len(all) && all[i].from == to; i++ {
			to = all[i].to
		}
		read += to - all[first].from
		f(place{func(at int64) string {
			at += all[first].from
			for _, r := range all[first:i] {
				if at < r.to {
					return r.name
				}
			}
			return ""
		}, &span{mem, all[first].from, to}})
	}
	if read < leastMemory {
		c.t.Fatalf("read only %d bytes of memory", read)
	}
}

// stopped says whether every thread of a process stands still.
func stopped(pid int) bool {
	threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		return false
	}
	for _, t := range threads {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/stat", pid, t.Name()))
		if err != nil {
			return false
		}
		if _, state, ok := bytes.Cut(b, []byte(") ")); !ok || state[0] != 'T' {
			return false
		}
	}
	return true
}

// freeAddress picks an address of 127.66.77.0/24 whose four bytes do not lie in the process by chance, before anybody
// called from it.
func (c *canary) freeAddress(not byte) [4]byte {
	c.t.Helper()
	var taken [256]bool
	taken[0], taken[255], taken[not] = true, true, true
	s := newSearch([]needle{{"net", "", []byte{127, 66, 77}}, {"net turned", "", []byte{77, 66, 127}}})
	c.memory(func(p place) {
		_, err := s.stream(p.r, func(_ int64, n *needle, around []byte) {
			for _, x := range around { // more than needed
				taken[x] = true
			}
		})
		c.must(err)
	})
	for x := byte(88); ; x++ {
		if !taken[x] {
			return [4]byte{127, 66, 77, x}
		}
		if x == 87 {
			c.t.Fatal("every address is taken")
		}
	}
}
