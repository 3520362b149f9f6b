package page

import (
	"net/http"
	"net/url"
	"slices"

	"haven/metrics/reach"
)

// query is what an address asks for.
type query struct {
	lang
	span     reach.Span
	period   reach.Period // the zero value where nothing is sealed
	campaign string       // "" for all
}

// wrong is an address, or a form, that asks for what is not there.
type wrong struct {
	status int
	lang
	title, text string
}

func (w wrong) Error() string { return "page: " + w.title }

// langOf is the language that an address asks for.
func langOf(q url.Values) (lang, error) {
	switch l := lang(q.Get("lang")); l {
	case "":
		return dutch, nil
	case dutch, english:
		return l, nil
	}
	return dutch, wrong{http.StatusBadRequest, dutch, "Die taal is er niet", "Deze pagina is er in het Nederlands (nl) en het Engels (en)."}
}

// parse reads the address of a page of figures. sealed are the periods by span, newest first.
func (p *Page) parse(q url.Values, sealed map[reach.Span][]reach.Period) (query, error) {
	l, err := langOf(q)
	out := query{lang: l, campaign: q.Get("campaign")}
	if err != nil {
		return out, err
	}
	if out.campaign != "" && !slices.ContainsFunc(p.cfg.Plan.Campaigns, func(c reach.Campaign) bool { return c.Name == out.campaign }) {
		return out, wrong{http.StatusNotFound, l, l.say("Die campagne is er niet", "There is no such campaign"),
			l.say("De campagnes staan in de configuratie van deze server.", "Campaigns stand in the configuration of this server.")}
	}
	switch s := reach.Span(q.Get("span")); {
	case slices.Contains(reach.Spans, s):
		out.span = s
	case s != "":
		return out, wrong{http.StatusBadRequest, l, l.say("Dat soort tijdvak is er niet", "There is no such span"),
			l.say("Er zijn cijfers per week, maand, kwartaal en jaar.", "There are figures by week, month, quarter and year.")}
	}
	if name := q.Get("period"); name != "" {
		return out, p.parsePeriod(&out, name, sealed)
	}
	if out.span == "" {
		out.span = newest(sealed)
	}
	if of := sealed[out.span]; len(of) > 0 {
		out.period = of[0]
	}
	return out, nil
}

func (p *Page) parsePeriod(out *query, name string, sealed map[reach.Span][]reach.Period) error {
	l := out.lang
	period, err := reach.ParsePeriod(name)
	if err != nil || out.span != "" && out.span != period.Span {
		return wrong{http.StatusBadRequest, l, l.say("Dat tijdvak bestaat niet", "There is no such period"),
			l.say("Een tijdvak heet 2026-W48, 2026-11, 2026-Q4 of 2026.", "A period is called 2026-W48, 2026-11, 2026-Q4 or 2026.")}
	}
	out.span, out.period = period.Span, period
	if slices.Contains(sealed[period.Span], period) {
		return nil
	}
	title := l.say("Over %s zijn er geen cijfers", "There are no figures of %s", l.period(period))
	if day := period.SealDay(); day > reach.DayOf(p.cfg.Now()) {
		return wrong{http.StatusNotFound, l, title,
			l.say("Ze worden vastgelegd op %s, twee dagen na het einde.", "They are sealed on %s, two days after its end.", l.weekday(day))}
	}
	return wrong{http.StatusNotFound, l, title, l.say("Er werd toen nog niet geteld.", "Counting had not begun then.")}
}

// newest is the span that is shown first: the month, and while there is none yet, the week.
func newest(sealed map[reach.Span][]reach.Period) reach.Span {
	if len(sealed[reach.Month]) == 0 {
		return reach.Week
	}
	return reach.Month
}

// sealedOf are the periods for which anything was released, newest first.
func sealedOf(r *reach.Releases) map[reach.Span][]reach.Period {
	out := map[reach.Span][]reach.Period{}
	for _, s := range reach.Spans {
		var all []reach.Period
		for _, t := range reach.Tables {
			all = append(all, r.Periods(t, s)...)
		}
		slices.SortFunc(all, func(a, b reach.Period) int { return int(b.From - a.From) })
		out[s] = slices.Compact(all)
	}
	return out
}

// href is the address of a page in the language at hand; with are names and values, of which empty ones are left out.
func (l lang) href(path string, with ...string) string {
	v := url.Values{}
	for i := 0; i+1 < len(with); i += 2 {
		if with[i+1] != "" {
			v.Set(with[i], with[i+1])
		}
	}
	if l == english {
		v.Set("lang", string(l))
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

// at is the address of the figures of another period or campaign.
func (q query) at(period reach.Period, campaign string) string {
	return q.href("/reach", "period", period.String(), "campaign", campaign)
}
