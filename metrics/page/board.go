package page

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"haven/routing"
)

// boardPatience is how long a page waits for the store.
const boardPatience = 2 * time.Second

// board is how the lines stand now. A small line has no waiting of its own: it stands in that of the small ones together.
type board struct {
	At     string     `json:"at"` // 14:03
	Alerts []string   `json:"alerts"`
	Rows   []boardRow `json:"rows"`
	Away   bool       `json:"-"`
}

type boardRow struct {
	Line    string `json:"line"`
	Name    string `json:"-"`
	State   string `json:"state"` // open, shut, late or alone
	Door    string `json:"door"`
	Waiting string `json:"waiting"`
	Oldest  string `json:"oldest"`
	Duty    string `json:"duty"`
}

// together is the row of the small lines. No line can be called so: it is no code.
const together = "*"

// board asks the store. Without an answer it says that it is away.
func (p *Page) board(ctx context.Context, l lang) board {
	ctx, cancel := context.WithTimeout(ctx, boardPatience)
	defer cancel()
	views, err := p.cfg.Board(ctx)
	now := p.cfg.Now().In(routing.Amsterdam())
	b := board{At: now.Format("15:04"), Alerts: []string{}, Rows: []boardRow{}, Away: err != nil}
	small := boardRow{Line: together, Name: l.say("Kleine lijnen samen", "Small lines together"), Door: "–", Duty: "–"}
	waiting, oldest, smalls := 0, 0, 0
	var alone []string
	for _, v := range views {
		var line Line
		if i := slices.IndexFunc(p.cfg.Lines, func(x Line) bool { return x.Name == v.Line }); i >= 0 {
			line = p.cfg.Lines[i]
		}
		r := boardRow{Line: v.Line, Name: l.name("line", v.Line), Door: l.door(v, now), Duty: l.num(int64(v.OnDuty)), State: "shut"}
		if slices.Contains(p.cfg.Plan.Practice, v.Line) {
			r.Name += l.say(" (oefenen)", " (practice)")
		}
		if v.Open {
			r.State = "open"
		}
		if v.Open && v.OnDuty == 0 {
			r.State = "alone"
			alone = append(alone, r.Name)
		}
		if line.Small {
			r.Waiting, r.Oldest = "–", "–"
			waiting, oldest, smalls = waiting+v.Waiting, max(oldest, v.OldestS), smalls+1
		} else {
			r.Waiting, r.Oldest = l.num(int64(v.Waiting)), l.oldest(v.Waiting, v.OldestS)
			if late(v, line.Target) {
				r.State = "late"
				b.Alerts = append(b.Alerts, l.say("Bij %s wacht iemand langer dan %s.", "Somebody waits at %s for longer than %s.", r.Name, l.seconds(int(line.Target.Seconds()))))
			}
		}
		b.Rows = append(b.Rows, r)
	}
	switch len(alone) {
	case 0:
	case 1:
		b.Alerts = append(b.Alerts, l.say("%s is open, maar er is niemand aan het werk.", "%s is open, but nobody is on duty.", alone[0]))
	default:
		b.Alerts = append(b.Alerts, l.say("%s zijn open, maar er is niemand aan het werk.", "%s are open, but nobody is on duty.", l.list(alone)))
	}
	if smalls > 0 {
		small.Waiting, small.Oldest, small.State = l.num(int64(waiting)), l.oldest(waiting, oldest), "open"
		b.Rows = append(b.Rows, small)
	}
	return b
}

func late(v routing.LineView, target time.Duration) bool {
	return v.Waiting > 0 && target > 0 && time.Duration(v.OldestS)*time.Second > target
}

// oldest is how long somebody has waited, in steps that do not tick.
func (l lang) oldest(waiting, seconds int) string {
	switch {
	case waiting == 0:
		return "–"
	case seconds < 60:
		return l.say("nog geen minuut", "under a minute")
	}
	return fmt.Sprintf("%d\u00a0min", seconds/60)
}

// door is whether a line is open, and until when.
func (l lang) door(v routing.LineView, now time.Time) string {
	at := v.Opens
	if v.Open {
		at = v.Closes
	}
	state := l.say("dicht", "closed")
	if v.Open {
		state = l.say("open", "open")
	}
	if at.IsZero() {
		return state
	}
	at = at.In(routing.Amsterdam())
	when := at.Format("15:04")
	if day := at.YearDay() - now.YearDay(); at.Year() != now.Year() || day < 0 || day > 0 && at.Sub(now) > 18*time.Hour {
		when = dayNames[l][at.Weekday()] + " " + when
	}
	if v.Open {
		return l.say("open tot %s", "open until %s", when)
	}
	return l.say("dicht tot %s", "closed until %s", when)
}

// serveBoard renews the wallboard of an open page.
func (p *Page) serveBoard(w http.ResponseWriter, r *http.Request) error {
	l, err := langOf(r.URL.Query())
	if err != nil {
		return problem(w, http.StatusBadRequest, "bad_lang")
	}
	b := p.board(r.Context(), l)
	if b.Away {
		return problem(w, http.StatusServiceUnavailable, "unavailable")
	}
	body, err := json.Marshal(b)
	if err != nil {
		return err
	}
	return send(w, r, http.StatusOK, "application/json", body)
}
