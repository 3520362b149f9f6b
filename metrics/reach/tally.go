package reach

import (
	"slices"
	"strconv"
	"strings"

	"haven/chat"
	"haven/routing"
)

// totals is the table beside them: exact, by month, without campaign, topic or outcome.
const totals Table = "totals"

// exact stands as ε beside the totals.
const exact = "exact"

// slotMinutes is how long one stretch of a line's attendance is.
const (
	slotMinutes = 5
	slots       = 25 * 60 / slotMinutes // the longest day
)

// tally is what was counted on one day of this node, until it is flushed.
type tally struct {
	batch      string // names it in the ledger
	life       string // of the ledger in which the batch is pending; "" when it is not
	cells      map[Table]map[Cell]int64
	attendance map[string]*[slots]byte // line -> '0' or '1'
}

func newTally() *tally {
	c := &tally{batch: newID(), cells: map[Table]map[Cell]int64{}, attendance: map[string]*[slots]byte{}}
	for _, t := range append(slices.Clone(Tables), totals) {
		c.cells[t] = map[Cell]int64{}
	}
	return c
}

func (c *tally) add(t Table, where Cell) { c.cells[t][where]++ }

// attended notes that somebody is on duty on an open line.
func (c *tally) attended(line string, slot int) {
	a := c.attendance[line]
	if a == nil {
		a = new([slots]byte)
		for i := range a {
			a[i] = '0'
		}
		c.attendance[line] = a
	}
	a[slot] = '1'
}

// totalCells are the additive ones of a line.
func totalCells(line string) []Cell {
	out := []Cell{cell(line, "arrived"), cell(line, "answered"), cell(line, "within"), cell(line, "attended"), cell(line, "promised")}
	for i := range len(WaitBounds) + 1 {
		out = append(out, cell(line, "wait", strconv.Itoa(i)))
	}
	return out
}

// Count implements chat.Reach.
func (l *Ledger) Count(v chat.Visit) {
	if int(v.Stage) >= len(Stages) || v.Block < 0 || v.Block >= Blocks {
		return
	}
	line := v.Line
	if v.Stage == chat.Visited {
		line = None
	} else if !slices.Contains(l.plan.Lines, line) {
		return // practice
	}
	stage := Stages[v.Stage]
	campaign, channel := l.plan.campaign(v.Campaign, v.Channel)
	l.today(func(c *tally) {
		c.add(Visits, cell(line, campaign, channel, stage))
		if v.Stage == chat.Refused || v.Stage == chat.Abandoned {
			c.add(Unreached, cell(line, strconv.Itoa(v.Block), stage))
		}
	})
}

// Block implements chat.Reach.
func (l *Ledger) Block() int { return Block(l.now()) }

// WrappedUp implements routing.Observer: kind, outcome, topic and referral come from here and from nowhere else.
func (l *Ledger) WrappedUp(line string, w routing.Wrapup) {
	if !slices.Contains(l.plan.Lines, line) {
		return
	}
	if w.Kind == KindNuisance {
		l.today(func(c *tally) { c.add(Outcomes, cell(line, KindNuisance, "none", "alone")) })
		return
	}
	if !slices.Contains(Kinds, w.Kind) || !slices.Contains(WrapupResults, w.Outcome) {
		return
	}
	parent, topic := "alone", w.Topic
	if w.Parent {
		parent = "parent"
	}
	if !slices.Contains(l.plan.Topics, topic) {
		topic = Other
	}
	l.today(func(c *tally) {
		c.add(Outcomes, cell(line, w.Kind, w.Outcome, parent))
		c.add(Topics, cell(line, topic))
		if l.plan.Refers() {
			c.add(Referrals, l.plan.referral(line, w))
		}
	})
}

// ChatArrived implements routing.Observer.
func (l *Ledger) ChatArrived(line string) {
	if slices.Contains(l.plan.Lines, line) {
		l.today(func(c *tally) { c.add(totals, cell(line, "arrived")) })
	}
}

// ChatStarted implements routing.Observer.
func (l *Ledger) ChatStarted(line string, waitS int) {
	if !slices.Contains(l.plan.Lines, line) {
		return
	}
	bound, _ := slices.BinarySearch(WaitBounds, waitS) // the first bound that is not smaller
	l.today(func(c *tally) {
		c.add(totals, cell(line, "answered"))
		c.add(totals, cell(line, "wait", strconv.Itoa(bound)))
		if waitS <= l.cfg.Targets[line] {
			c.add(totals, cell(line, "within"))
		}
	})
}

// ChatEnded, ChatRefused and HandedOver implement routing.Observer. How a visit ended is counted with its campaign, by
// Count, and where it was handed over to is counted once for a visit, with its wrap-up.
func (l *Ledger) ChatEnded(string, string)   {}
func (l *Ledger) ChatRefused(string, string) {}
func (l *Ledger) HandedOver(string, string)  {}

// today calls f with the counts of the day that it is.
func (l *Ledger) today(f func(*tally)) {
	day := DayOf(l.now())
	l.mu.Lock()
	defer l.mu.Unlock()
	f(l.day(day))
}

// day is the counts of a day, made if need be. mu is held.
func (l *Ledger) day(d Day) *tally {
	c := l.days[d]
	if c == nil {
		c = newTally()
		l.days[d] = c
	}
	return c
}

// parseTotals reads the totals of a sealed month.
func parseTotals(month Period, fields map[string]string) []Totals {
	byLine := map[string]*Totals{}
	for field, text := range fields {
		parts := strings.Split(field, "|")
		n, err := strconv.ParseInt(text, 10, 64)
		if len(parts) < 2 || err != nil {
			continue
		}
		t := byLine[parts[0]]
		if t == nil {
			t = &Totals{Line: parts[0], Month: month, Waits: make([]int64, len(WaitBounds)+1), Example: fields[".example"] == "1"}
			byLine[parts[0]] = t
		}
		switch parts[1] {
		case "arrived":
			t.Arrived = n
		case "answered":
			t.Answered = n
		case "within":
			t.Within = n
		case "attended":
			t.AttendedMinutes = n
		case "promised":
			t.PromisedMinutes = n
		case "wait":
			if len(parts) != 3 {
				continue
			}
			if i, err := strconv.Atoi(parts[2]); err == nil && i >= 0 && i < len(t.Waits) {
				t.Waits[i] = n
			}
		}
	}
	var out []Totals
	for _, t := range byLine {
		out = append(out, *t)
	}
	slices.SortFunc(out, func(a, b Totals) int { return strings.Compare(a.Line, b.Line) })
	return out
}
