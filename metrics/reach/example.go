package reach

import (
	"context"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/redis/go-redis/v9"

	"haven/chat"
)

// Lengths of the example's history.
const (
	exampleWeeks  = 26
	exampleMonths = 14
	exampleYears  = 2
)

// WriteExample seals an invented history of the plan's campaigns, marked as example, over the periods that would have
// been sealed by today, with what a coordinator would have entered. The counts are invented and the noise is real.
func WriteExample(ctx context.Context, rdb redis.UniversalClient, prefix string, plan *Plan, today Day) error {
	k := keys{prefix}
	r := rand.New(rand.NewPCG(uint64(today), 1))
	back := func(s Span, n int) (out []Period) {
		p := PeriodOf(s, today)
		for len(out) < n {
			if p = p.Prev(); today >= p.SealDay() {
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
			n := map[Span]int{Week: exampleWeeks, Month: exampleMonths, Quarter: 5, Year: exampleYears}[s]
			for _, p := range back(s, n) {
				e := plan.Budgets.For(p)[t][s]
				f := exampleFields(e.String(), p)
				for _, c := range plan.Cells(t) {
					f[string(c)] = strconv.FormatInt(exampleCount(r, plan, t, p, c)+e.Draw(), 10)
				}
				records = append(records, SealedRecord{name(t, p), f})
			}
		}
	}
	months := back(Month, exampleMonths)
	for _, p := range months {
		records = append(records, SealedRecord{name(totals, p), exampleTotals(r, plan, p)})
	}
	for _, rec := range records {
		if err := importSealed(ctx, rdb, k, rec); err != nil {
			return err
		}
	}
	for _, e := range exampleEntries(r, plan, months) {
		if err := enter(ctx, rdb, k, e); err != nil {
			return err
		}
	}
	return nil
}

func exampleFields(epsilon string, p Period) map[string]string {
	return map[string]string{".epsilon": epsilon, ".since": p.From.String(), ".lost": "0", ".example": "1"}
}

// exampleCount is a plausible count of a cell: some campaigns go well, most of what comes comes without one.
func exampleCount(r *rand.Rand, plan *Plan, t Table, p Period, c Cell) int64 {
	parts, share := c.Parts(), float64(p.To-p.From+1)/365
	yearly := 0.0
	switch t {
	case Visits:
		yearly = map[string]float64{Stages[chat.Visited]: 900, Stages[chat.Refused]: 70, Stages[chat.Abandoned]: 60, Stages[chat.Answered]: 280}[parts[3]]
		if parts[0] != None {
			yearly *= weight(plan.Lines, parts[0])
		}
		switch parts[1] {
		case None:
			yearly *= 4
		case Other:
			yearly *= 0.05
		default:
			yearly *= channelWeight(plan, parts[1], parts[2])
		}
	case Outcomes:
		kind := map[string]float64{"young_person": 900, "parent": 90, "professional": 130, "other": 25, KindNuisance: 40}[parts[1]]
		yearly = kind * map[string]float64{"none": 0.93, "signal": 0.055, "report": 0.015}[parts[2]] * weight(plan.Lines, parts[0])
		if parts[3] == "parent" {
			yearly *= 0.06
		}
	case Topics:
		yearly = 1100 * weight(plan.Topics, parts[1]) * weight(plan.Lines, parts[0]) / 6
	case Unreached:
		b, _ := strconv.Atoi(parts[1])
		yearly = 4 * weight(plan.Lines, parts[0])
		if b%6 == 5 || b%6 == 0 {
			yearly *= 5 // evenings and nights
		}
	case Referrals:
		yearly = 22 // to a line, or to the first of the partners
		switch parts[1] {
		case None:
			yearly = 1000
		case Other:
			yearly = 6
		default:
			if i := slices.IndexFunc(plan.Partners, func(a Partner) bool { return a.Code == parts[1] }); i >= 0 {
				yearly /= float64(i + 1)
			}
		}
		yearly *= weight(plan.Lines, parts[0])
	}
	return int64(yearly * share * (0.8 + 0.4*r.Float64()))
}

// weight of a name grows smaller down a list.
func weight(names []string, name string) float64 {
	for i, n := range names {
		if n == name {
			return 1.2 / float64(i+1)
		}
	}
	return 0.1
}

func channelWeight(plan *Plan, campaign, channel string) float64 {
	for i, c := range plan.Campaigns {
		for j, ch := range c.Channels {
			if c.Name == campaign && ch.Name == channel {
				return 1.1 / float64((i+1)*(j+1))
			}
		}
	}
	return 0.08
}

func exampleTotals(r *rand.Rand, plan *Plan, p Period) map[string]string {
	f := exampleFields(exact, p)
	days := int(p.To - p.From + 1)
	for _, line := range plan.Lines {
		answered := int(40 * weight(plan.Lines, line) * (0.8 + 0.4*r.Float64()))
		within := 0
		waits := make([]int, len(WaitBounds)+1)
		for range answered {
			i := min(int(r.ExpFloat64()*3), len(waits)-1)
			waits[i]++
			if i < 8 {
				within++
			}
		}
		put := func(what string, n int) { f[line+"|"+what] = strconv.Itoa(n) }
		put("arrived", answered+answered/6)
		put("answered", answered)
		put("within", within)
		put("promised", days*60*8)
		put("attended", days*60*8*(88+r.IntN(11))/100)
		for i, n := range waits {
			put("wait|"+strconv.Itoa(i), n)
		}
	}
	return f
}

func exampleEntries(r *rand.Rand, plan *Plan, months []Period) (out []Entered) {
	for _, c := range plan.Campaigns {
		for _, ch := range c.Channels {
			for _, m := range months {
				e := Entered{Campaign: c.Name, Channel: ch.Name, Month: m, Activities: map[string]int64{}}
				if ch.Medium == Online {
					e.Reached, e.CostCents = int64(4000+r.IntN(9000)), int64(15000+r.IntN(20000))
				} else {
					e.Reached, e.CostCents = int64(100+r.IntN(300)), int64(5000+r.IntN(9000))
					e.Activities["guest_lesson"] = int64(r.IntN(5))
					e.Activities["poster_round"] = int64(r.IntN(3))
				}
				out = append(out, e)
			}
		}
	}
	return out
}
