package routing

import (
	"sync"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/aa"
	"github.com/rickar/cal/v2/nl"
)

// everyYear are the Dutch public holidays. Good Friday is none: offices are open. Liberation Day is one in years that
// end in 0 or 5.
var everyYear = []*cal.Holiday{
	nl.Nieuwjaar, aa.Easter, nl.TweedePaasdag, nl.Koningsdag, nl.Hemelvaart, aa.Pentecost, nl.TweedePinksterDag,
	nl.EersteKerstdag, nl.TweedeKerstdag,
}

type monthDay struct {
	month time.Month
	day   int
}

var holidays sync.Map // year -> map[monthDay]bool

// Holiday says whether a civil day, whatever the time on it, is a Dutch public holiday.
func Holiday(day time.Time) bool {
	y, m, d := day.Date()
	of, ok := holidays.Load(y)
	if !ok {
		of, _ = holidays.LoadOrStore(y, holidaysOf(y))
	}
	return of.(map[monthDay]bool)[monthDay{m, d}]
}

func holidaysOf(year int) map[monthDay]bool {
	out := map[monthDay]bool{}
	for _, h := range everyYear {
		// King's Day is kept on the Saturday when it falls on a Sunday; the others stay where they are.
		if _, kept := h.Calc(year); !kept.IsZero() {
			out[monthDay{kept.Month(), kept.Day()}] = true
		}
	}
	if year%5 == 0 {
		out[monthDay{time.May, 5}] = true
	}
	return out
}
