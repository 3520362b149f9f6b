package faults

import (
	"fmt"
	"sync"

	"haven/chat/fault"
)

// faultFigures sums runs up.
type faultFigures struct {
	mu                   sync.Mutex
	runs, faults, broken int
	kinds                map[fault.Kind]int
	phases               map[fault.Phase]int
	acked, chats         int
	counts               fault.Counts
}

func (f *faultFigures) add(o *outcome) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.kinds == nil {
		f.kinds, f.phases = map[fault.Kind]int{}, map[fault.Phase]int{}
	}
	f.runs++
	f.broken += len(o.found)
	for k, n := range o.faults {
		f.faults += n
		f.kinds[k] += n
	}
	f.counts.Add(fault.Count(o.entries))
	for p, n := range o.phases {
		f.phases[p] += n
	}
	for i := range o.entries {
		switch o.entries[i].What {
		case fault.Acked:
			f.acked++
		case fault.Joined:
			f.chats++
		}
	}
}

func (f *faultFigures) String() string {
	return fmt.Sprintf("%d runs, %d faults, %d violations; %d acks, %d times joined; %+v; by kind %v; while a chat was in %v",
		f.runs, f.faults, f.broken, f.acked, f.chats, f.counts, f.kinds, f.phases)
}
