package reach

import (
	"strconv"
	"testing"

	"haven/chat"
	"haven/routing"
	"haven/routing/routingtest"
)

// TestTwoWorldsOverEverything plays a year with and without one visit, with the noise held still, and adds up over
// everything that is sealed in it by how much the visit changed each cell, times the ε under which that was drawn. That is
// what the visit pays, whatever the arithmetic of the budget says; and the kind that pays most pays all of it.
func TestTwoWorldsOverEverything(t *testing.T) {
	wrapUp := func(line string, w routing.Wrapup) func(*Ledger) {
		return func(l *Ledger) {
			l.ChatArrived(line)
			l.ChatStarted(line, 7)
			l.Count(chat.Visit{Line: line, Campaign: "chatten-helpt", Channel: "poster", Stage: chat.Answered, Block: 12})
			l.HandedOver(line, "moved")
			l.WrappedUp(line, w)
		}
	}
	ends := func(stage chat.Stage) func(*Ledger) {
		return func(l *Ledger) {
			l.Count(chat.Visit{Line: "jip", Campaign: "chatten-helpt", Channel: "poster", Stage: stage, Block: 12})
		}
	}
	contact := routing.Wrapup{Kind: "young_person", Outcome: "report", Topic: "home", Parent: true}
	referred, moved := contact, contact
	referred.Referral = "veilig-thuis"
	moved.From = "fier"
	both := referred
	both.From = "fier"
	kinds := map[string]func(*Ledger){
		"visited": ends(chat.Visited), "refused": ends(chat.Refused), "abandoned": ends(chat.Abandoned), "answered": ends(chat.Answered),
		"wrapped up": wrapUp("jip", contact), "referred": wrapUp("jip", referred), "handed over": wrapUp("jip", moved),
		"handed over and referred": wrapUp("jip", both), "nuisance": wrapUp("jip", routing.Wrapup{Kind: KindNuisance, Outcome: "none"}),
		"in practice": wrapUp("oefen", contact),
	}
	rdb, _ := routingtest.Client(t)
	// A day in the middle of everything, and one in the week that belongs to the year before.
	for _, when := range [][]string{
		{"2026-05-13 12:00", "2026-05-14 00:15", "2026-05-20 10:00", "2026-06-03 10:00", "2026-07-03 10:00", "2027-01-03 10:00"},
		{"2027-01-02 12:00", "2027-01-03 00:15", "2027-01-06 10:00", "2027-02-03 10:00", "2027-04-03 10:00", "2028-01-03 10:00"},
	} {
		for profile, budget := range map[string]Budget{"standard": Standard(), "strict": Strict()} {
			plan := testPlan()
			plan.Budgets.Now = budget
			play := func(visit func(*Ledger)) map[string]map[string]string {
				_, prefix := routingtest.Client(t)
				var c clock
				c.set(when[0])
				l := node(t, rdb, prefix, &c, plan)
				l.tick(t.Context())
				if visit != nil {
					visit(l)
				}
				for _, at := range when[1:] {
					c.set(at)
					l.tick(t.Context())
				}
				all, err := ExportSealed(t.Context(), rdb, prefix)
				if err != nil {
					t.Fatal(err)
				}
				sealed := map[string]map[string]string{}
				for _, rec := range all {
					sealed[rec.Key] = rec.Fields
				}
				return sealed
			}
			total := plan.Budget(PeriodOf(Year, 20_000)).Total()
			without := play(nil)
			for _, table := range []string{"visits:", "outcomes:", "topics:", "unreached:", "referrals:"} {
				found := false
				for key := range without {
					found = found || len(key) > len(table) && key[:len(table)] == table
				}
				if !found {
					t.Fatalf("no %s is sealed", table)
				}
			}
			most := Epsilon{}
			for kind, visit := range kinds {
				with, pays, cells := play(visit), Epsilon{}, 0
				if len(with) != len(without) {
					t.Errorf("%s: %d tables are sealed, and %d without it", kind, len(with), len(without))
				}
				for key, fields := range with {
					if p, _ := parseName(key); p.Table == totals {
						continue // exact, and said to be
					}
					if len(fields) != len(without[key]) {
						t.Errorf("%s: %s has other fields than without it", kind, key)
					}
					e, err := ParseEpsilon(fields[".epsilon"])
					if err != nil {
						t.Fatal(err)
					}
					for field, is := range fields {
						was := without[key][field]
						if is == was {
							continue
						}
						a, errA := strconv.Atoi(is)
						b, errB := strconv.Atoi(was)
						if field[0] == '.' || errA != nil || errB != nil {
							t.Errorf("%s: %s %s is %s, and %s without it", kind, key, field, is, was)
						}
						for range max(a-b, b-a) {
							pays, cells = pays.Add(e), cells+1
						}
					}
				}
				if pays.Cmp(total) > 0 {
					t.Errorf("%s, %s: one that was %s pays %s of %s in %d cells", when[0], profile, kind, pays, total, cells)
				}
				if (cells == 0) != (kind == "in practice") {
					t.Errorf("%s, %s: one that was %s is in %d cells", when[0], profile, kind, cells)
				}
				if most.Cmp(pays) < 0 {
					most = pays
				}
			}
			if most != total {
				t.Errorf("%s, %s: who pays most pays %s, and %s is said", when[0], profile, most, total)
			}
		}
	}
}
