package reach

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/redis/go-redis/v9"

	"haven/chat"
)

// Lengths of the example's history. Months, quarters and years reach back to the first day of the first year, so that a
// year is what its months are.
const (
	exampleWeeks = 26
	exampleYears = 2
)

// WriteExample seals an invented history of the plan's campaigns, marked as example, over the periods that would have
// been sealed by today, with what a coordinator would have entered. One set of visits is invented, and every table of
// every period is counted from it, the exact totals too, so that no figure contradicts another. The noise on it is real,
// but for one thing: see drawn.
func WriteExample(ctx context.Context, rdb redis.UniversalClient, prefix string, plan *Plan, today Day) error {
	k := keys{prefix}
	back := func(s Span, n int) (out []Period) {
		p := PeriodOf(s, today)
		for len(out) < n {
			if p = p.Prev(); today >= p.SealDay() {
				out = append(out, p)
			}
		}
		return out
	}
	years := back(Year, exampleYears)
	x := invent(plan, years[len(years)-1].From, today)
	of := func(s Span) (out []Period) {
		switch s {
		case Week:
			return back(s, exampleWeeks)
		case Year:
			return years
		}
		for _, p := range back(s, 12*(exampleYears+1)) {
			if p.From >= x.from {
				out = append(out, p)
			}
		}
		return out
	}
	var records []SealedRecord
	for _, t := range Tables {
		if t == Referrals && !plan.Refers() {
			continue
		}
		for _, s := range t.Spent() {
			for _, p := range of(s) {
				e := plan.Budgets.For(p)[t][s]
				f := exampleFields(e.String(), p)
				for c, n := range drawn(plan, t, p, x.counts(t, p), e) {
					f[string(c)] = strconv.FormatInt(n, 10)
				}
				records = append(records, SealedRecord{name(t, p), f})
			}
		}
	}
	months := of(Month)
	for _, p := range months {
		f := exampleFields(exact, p)
		for c, n := range x.counts(totals, p) {
			f[string(c)] = strconv.FormatInt(n, 10)
		}
		records = append(records, SealedRecord{name(totals, p), f})
	}
	for _, rec := range records {
		if err := importSealed(ctx, rdb, k, rec); err != nil {
			return err
		}
	}
	for _, e := range x.entries(months) {
		if err := enter(ctx, rdb, k, e); err != nil {
			return err
		}
	}
	return nil
}

func exampleFields(epsilon string, p Period) map[string]string {
	return map[string]string{".epsilon": epsilon, ".since": p.From.String(), ".lost": "0", ".example": "1"}
}

// drawn is what would be released of the counts of a period: those of every cell that the plan has, with noise. A
// campaign has no cells before its first day. Of the visits, noise is drawn anew while the answered of all lines or of
// one are further from what was counted than their interval says: one in twenty is, as it should be, but beside the
// exact number of an invented line that reads as a mistake of the program.
func drawn(plan *Plan, t Table, p Period, counts map[Cell]int64, e Epsilon) map[Cell]int64 {
	var cells []Cell
	for _, c := range plan.Cells(t) {
		if t != Visits || plan.begun(c.Parts()[1], p.To) {
			cells = append(cells, c)
		}
	}
	for {
		out, off, n := map[Cell]int64{}, map[string]int64{}, map[string]int{}
		for _, c := range cells {
			noise := e.Draw()
			out[c] = counts[c] + noise
			if parts := c.Parts(); t == Visits && parts[3] == Stages[chat.Answered] {
				for _, line := range []string{"", parts[0]} {
					off[line] += noise
					n[line]++
				}
			}
		}
		inside := true
		for line, d := range off {
			half := Figure{Noise: []Term{{e, n[line]}}}.Half()
			inside = inside && -half <= d && d <= half
		}
		if inside {
			return out
		}
	}
}

// begun says whether a campaign has begun by a day; what came without one always has.
func (p *Plan) begun(campaign string, by Day) bool {
	i := slices.IndexFunc(p.Campaigns, func(c Campaign) bool { return c.Name == campaign })
	return i < 0 || p.Campaigns[i].From <= by
}

// history is what was invented, counted by day as a ledger counts it.
type history struct {
	plan *Plan
	from Day
	r    *rand.Rand
	days []counted // from is the first
}

// counted is what happened on one day.
type counted map[Table]map[Cell]int64

func (c counted) add(t Table, where Cell, n int64) {
	if c[t] == nil {
		c[t] = map[Cell]int64{}
	}
	c[t][where] += n
}

// link is a way by which visits come.
type link struct {
	campaign, channel string
	from, to          Day // 0 when not said
	share             float64
}

// invent makes a history from a day up to today, the same for the same plan and day.
func invent(plan *Plan, from, today Day) *history {
	x := &history{plan: plan, from: from, r: rand.New(rand.NewPCG(uint64(today), 1))}
	links := []link{{campaign: None, channel: None, share: 1}, {campaign: Other, channel: Other, share: 0.02}}
	for i, c := range plan.Campaigns {
		for j, ch := range c.Channels {
			links = append(links, link{c.Name, ch.Name, c.From, c.To, 0.5 / float64((i+1)*(j+1))})
		}
		links = append(links, link{c.Name, Other, c.From, c.To, 0.02})
	}
	for d := from; d < today; d++ {
		c := counted{}
		x.days = append(x.days, c)
		for _, l := range links {
			if l.from != 0 && d < l.from || l.to != 0 && d > l.to {
				continue
			}
			x.visits(c, d, l)
		}
		for _, line := range plan.Lines {
			promised := 8 * 60
			c.add(totals, cell(line, "promised"), int64(promised))
			c.add(totals, cell(line, "attended"), int64(promised*(88+x.r.IntN(11))/100))
		}
	}
	return x
}

// Visits of a day that came without a campaign: how many looked and left, and, on the first line of the plan, how many
// were answered, turned away, or left while waiting.
const (
	exampleLooked    = 9.0
	exampleAnswered  = 2.6
	exampleRefused   = 0.5
	exampleAbandoned = 0.4
)

// visits invents the visits of one day that came by a link.
func (x *history) visits(c counted, d Day, l link) {
	add := func(n int64, line string, stage chat.Stage) {
		c.add(Visits, cell(line, l.campaign, l.channel, Stages[stage]), n)
	}
	add(x.some(exampleLooked*l.share), None, chat.Visited)
	for i, line := range x.plan.Lines {
		share := l.share / (1 + 0.8*float64(i))
		missed := func(stage chat.Stage, mean float64) int64 {
			n := x.some(mean * share)
			add(n, line, stage)
			for range n {
				c.add(Unreached, cell(line, strconv.Itoa(x.block(d)), Stages[stage]), 1)
			}
			return n
		}
		missed(chat.Refused, exampleRefused)
		c.add(totals, cell(line, "arrived"), missed(chat.Abandoned, exampleAbandoned))
		n := x.some(exampleAnswered * share)
		add(n, line, chat.Answered)
		c.add(totals, cell(line, "arrived"), n)
		for range n {
			x.answered(c, line, i)
		}
	}
}

// answered invents one chat: its wait, and what the counsellor noted after it.
func (x *history) answered(c counted, line string, i int) {
	bound := min(int(x.r.ExpFloat64()*3), len(WaitBounds))
	c.add(totals, cell(line, "answered"), 1)
	c.add(totals, cell(line, "wait", strconv.Itoa(bound)), 1)
	if bound < len(WaitBounds) && WaitBounds[bound] <= 120 {
		c.add(totals, cell(line, "within"), 1)
	}
	// The second line of the plan hears of more that reaches further than the talk.
	signal, report := 0.02, 0.005
	if i == 1 {
		signal, report = 0.035, 0.015
	}
	kind, outcome, parent := x.one(0.80, 0.06, 0.09, 0.02), x.one(1-signal-report, signal, report), "alone"
	if kind == len(Kinds) {
		c.add(Outcomes, cell(line, KindNuisance, "none", "alone"), 1)
		return
	}
	if x.r.Float64() < 0.05 {
		parent = "parent"
	}
	c.add(Outcomes, cell(line, Kinds[kind], WrapupResults[min(outcome, 2)], parent), 1)
	topic := Other
	if n := len(x.plan.Topics); n > 0 && x.r.Float64() < 0.98 {
		topic = x.plan.Topics[min(int(x.r.ExpFloat64()*float64(n)/3), n-1)]
	}
	c.add(Topics, cell(line, topic), 1)
	if x.plan.Refers() {
		c.add(Referrals, cell(line, x.referral(line)), 1)
	}
}

// referral is where a contact was led to: mostly nowhere, else to a partner, to another line, or to what is not listed.
func (x *history) referral(line string) string {
	var to []string
	for _, p := range x.plan.Partners {
		to = append(to, p.Code)
	}
	for _, l := range x.plan.Lines {
		if l != line {
			to = append(to, LineReferral(l))
		}
	}
	switch at := x.r.Float64(); {
	case at < 0.005:
		return Other
	case at < 0.12 && len(to) > 0:
		return to[min(int(x.r.ExpFloat64()*float64(len(to))/3), len(to)-1)]
	}
	return None
}

// block is one of the six blocks of a day: the first and the last, which are at night and in the evening, more often.
func (x *history) block(d Day) int {
	h := x.r.IntN(6)
	if h > 0 && h < 5 && x.r.Float64() < 0.7 {
		h = 5 * x.r.IntN(2)
	}
	return 6*sinceMonday(d.Weekday()) + h
}

// some is a number of things that happen by chance with that mean.
func (x *history) some(mean float64) (n int64) {
	for p := x.r.Float64(); p > math.Exp(-mean); n++ {
		p *= x.r.Float64()
	}
	return n
}

// one is which of several happened, by their chances; len(of) for none of them.
func (x *history) one(of ...float64) int {
	at := x.r.Float64()
	for i, p := range of {
		if at -= p; at < 0 {
			return i
		}
	}
	return len(of)
}

// counts are those of a table over a period, without noise.
func (x *history) counts(t Table, p Period) map[Cell]int64 {
	out := map[Cell]int64{}
	for d := p.From; d <= p.To; d++ {
		if i := int(d - x.from); i >= 0 && i < len(x.days) {
			for c, n := range x.days[i][t] {
				out[c] += n
			}
		}
	}
	if t == totals {
		for _, line := range x.plan.Lines { // what did not happen is a count too
			for _, what := range []string{"arrived", "answered", "within"} {
				out[cell(line, what)] += 0
			}
		}
	}
	return out
}

// entries are what a coordinator would have entered: of each channel, every month in which its campaign ran.
func (x *history) entries(months []Period) (out []Entered) {
	for _, c := range x.plan.Campaigns {
		for _, ch := range c.Channels {
			for _, m := range months {
				if c.From != 0 && c.From > m.To || c.To != 0 && c.To < m.From {
					continue
				}
				e := Entered{Campaign: c.Name, Channel: ch.Name, Month: m, Activities: map[string]int64{}}
				if ch.Medium == Online {
					e.Reached, e.CostCents = int64(4000+x.r.IntN(9000)), int64(15000+x.r.IntN(20000))
				} else {
					e.Reached, e.CostCents = int64(100+x.r.IntN(300)), int64(5000+x.r.IntN(9000))
					e.Activities["guest_lesson"] = int64(x.r.IntN(5))
					e.Activities["poster_round"] = int64(x.r.IntN(3))
				}
				out = append(out, e)
			}
		}
	}
	return out
}
