package simulate

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestFormsHoldWhatMatters: from a world that random steps lead to, and from the one that is made from its form, the same
// forms follow, with what its checks say. So a search that keeps forms passes over nothing.
func TestFormsHoldWhatMatters(t *testing.T) {
	const walks, far = 30, 100
	for _, s := range searches {
		s.prepare()
		r := rand.New(rand.NewPCG(1, 2))
		looked := 0
		for range walks {
			w, next, read := s.world(), s.world(), s.world()
			for range far {
				form := w.form(nil)
				read.read(form)
				if again := read.form(nil); !bytes.Equal(form, again) {
					t.Fatalf("%s: %x is read as %x: %v, %v", s.name, form, again, w, read)
				}
				if a, b := w.follows(next), read.follows(next); !slices.EqualFunc(a, b, bytes.Equal) {
					t.Fatalf("%s: %x is followed by\n%x and read by\n%x\n%v\n%v", s.name, form, a, b, w, read)
				}
				looked++
				steps := w.steps()
				e := steps[r.IntN(len(steps))]
				next.set(w)
				if err := next.step(e, r.IntN(w.ways(e))); err != nil {
					t.Fatal(err)
				}
				w, next = next, w
			}
		}
		t.Logf("%s: %d worlds", s.name, looked)
	}
}

// follows is the forms of all that can follow, in order.
func (w *world) follows(next *world) (all [][]byte) {
	for _, e := range w.steps() {
		for way := range w.ways(e) {
			next.set(w)
			switch err := next.step(e, way); {
			case err != nil:
				all = append(all, []byte(err.Error()))
			case !next.same:
				all = append(all, next.form(nil))
			}
		}
	}
	slices.SortFunc(all, bytes.Compare)
	return slices.CompactFunc(all, bytes.Equal)
}
