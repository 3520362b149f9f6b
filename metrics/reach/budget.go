package reach

import (
	"errors"
	"fmt"
	"maps"
)

// Table is one of the five tables of noisy counts.
type Table string

const (
	Visits    Table = "visits"    // V: line × campaign × channel × furthest stage
	Outcomes  Table = "outcomes"  // O: line × kind × outcome × parent involved
	Topics    Table = "topics"    // T: line × main topic
	Unreached Table = "unreached" // H: line × block of four hours of the week × refused or abandoned
	Referrals Table = "referrals" // R: line × where a wrap-up says that it led to; see Plan.Refers
)

// Tables are all of them.
var Tables = []Table{Visits, Outcomes, Topics, Unreached, Referrals}

// Spent says over which spans a table is published. Each is a release of its own, for which a visit pays.
func (t Table) Spent() []Span {
	switch t {
	case Visits:
		return []Span{Week, Month, Year}
	case Unreached:
		return []Span{Quarter, Year}
	}
	return []Span{Year}
}

// Budget is the ε that one visit pays for each release in which it stands.
type Budget map[Table]map[Span]Epsilon

// Total is what one visit pays at most over everything that is published for ever: it stands in one cell of the visits,
// and either in one of the outcomes, one of the topics and one of the referrals or in one of the unreached.
func (b Budget) Total() Epsilon {
	reached, missed := b.sum(Outcomes).Add(b.sum(Topics)).Add(b.sum(Referrals)), b.sum(Unreached)
	if reached.Cmp(missed) < 0 {
		reached = missed
	}
	return b.sum(Visits).Add(reached)
}

func (b Budget) sum(t Table) Epsilon {
	var sum Epsilon
	for _, s := range t.Spent() {
		sum = sum.Add(b[t][s])
	}
	return sum
}

// Declared is what the standard budget promises: no visit pays more. Where referrals are counted as well, a visit pays
// at most DeclaredReferrals on top.
var Declared, DeclaredReferrals = Epsilon{2, 1}, Epsilon{1, 4}

// Standard is the budget of the design, section 7, and beside it that of the referrals, which the design does not know.
func Standard() Budget {
	return Budget{
		Visits:    {Week: {3, 20}, Month: {1, 4}, Year: {3, 5}},
		Outcomes:  {Year: {3, 4}},
		Topics:    {Year: {1, 4}},
		Unreached: {Quarter: {2, 5}, Year: {3, 5}},
		Referrals: {Year: {1, 4}},
	}
}

// Strict is half of Standard.
func Strict() Budget {
	b := Standard()
	for _, spans := range b {
		for s, e := range spans {
			spans[s] = e.Half()
		}
	}
	return b
}

// Budgets are the budget in force and, where one follows at a new year, that one.
type Budgets struct {
	Now      Budget
	NextYear int // 0: none follows
	Next     Budget
	Declared Epsilon // no visit may pay more; the zero value is the package's
}

// For is the budget under which a period is opened: that of the year in its name.
func (b Budgets) For(p Period) Budget {
	if b.NextYear != 0 && p.year() >= b.NextYear {
		return b.Next
	}
	return b.Now
}

// declared is what no visit may pay more than, with the referrals or without.
func (b Budgets) declared(refers bool) Epsilon {
	declared := b.Declared
	if declared == (Epsilon{}) {
		declared = Declared
	}
	if refers {
		return declared.Add(DeclaredReferrals)
	}
	return declared
}

// check says what is wrong with the budgets. Where one follows another, a visit around the new year pays for a week of
// one year, and a month and a year of the other. What the referrals leave of theirs nothing else may have.
func (b Budgets) check(refers bool) error {
	var errs []error
	within := func(x Budget, say func(pays, declared Epsilon) error) {
		if pays, most := x.without(Referrals).Total(), b.declared(false); pays.Cmp(most) > 0 {
			errs = append(errs, say(pays, most))
		} else if pays, most := x.Total(), b.declared(true); refers && pays.Cmp(most) > 0 {
			errs = append(errs, say(pays, most))
		}
	}
	one := func(name string, x Budget) {
		for _, t := range Tables {
			for _, s := range t.Spent() {
				if x[t][s] == (Epsilon{}) && (t != Referrals || refers) {
					errs = append(errs, fmt.Errorf("reach: %s has no ε for %s by %s", name, t, s))
				}
			}
		}
		within(x, func(pays, most Epsilon) error {
			return fmt.Errorf("reach: %s spends %s on one visit, more than the %s declared", name, pays, most)
		})
	}
	one("the budget", b.Now)
	if b.NextYear != 0 {
		one("the next budget", b.Next)
		if len(errs) == 0 {
			for _, mixed := range []Budget{b.Now.withWeek(b.Next), b.Next.withWeek(b.Now)} {
				within(mixed, func(pays, most Epsilon) error {
					return fmt.Errorf("reach: in the week of the new year a visit would pay %s, more than the %s declared", pays, most)
				})
			}
		}
	}
	return errors.Join(errs...)
}

// without is b where a table is not counted.
func (b Budget) without(t Table) Budget {
	out := maps.Clone(b)
	delete(out, t)
	return out
}

// withWeek is b with the week of another year's budget.
func (b Budget) withWeek(of Budget) Budget {
	out := maps.Clone(b)
	out[Visits] = map[Span]Epsilon{Week: of[Visits][Week], Month: b[Visits][Month], Year: b[Visits][Year]}
	return out
}
