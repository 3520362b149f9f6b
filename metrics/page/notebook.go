package page

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"haven/metrics/reach"
)

// Limits of what can be entered: more is a slip of the keyboard.
const (
	reachedMost  = 100_000_000
	costMost     = 100_000_000_00 // cents
	activityMost = 10_000
	monthsBack   = 36
)

// option is one of a list to choose from.
type option struct {
	Value, Text string
	Chosen      bool
}

type optionGroup struct {
	Name    string
	Options []option
}

// field is one number of the form, with what is wrong with it.
type field struct {
	Name, Label, Hint, Value, Wrong string
}

type entryRow struct {
	Campaign, Channel, Month, Reached, Cost string
	Activities                              string
	Edit                                    string
}

type notebookView struct {
	frame
	Where       []optionGroup
	WhereWrong  string
	Months      []option
	MonthWrong  string
	Numbers     []field
	Activities  []field
	Entries     []entryRow
	Years       []link // of which there are entries
	Year        string
	EntriesAway bool
	Saved, Gone bool
	Away        bool
	Mistakes    []link
}

// form is what was written in the form, as it was written.
type form struct {
	where, month string
	year         string // of what is listed
	numbers      map[string]string
}

func formOf(v url.Values) form {
	f := form{where: v.Get("where"), month: v.Get("month"), numbers: map[string]string{"reached": v.Get("reached"), "cost": v.Get("cost")}}
	for _, a := range reach.Activities {
		f.numbers[a] = v.Get(a)
	}
	return f
}

// mistakes are said beside the fields, by their names.
type mistakes map[string]string

// read turns what was written into an entry, with everything that is wrong with it.
func (p *Page) read(l lang, f form) (reach.Entered, mistakes) {
	wrong := mistakes{}
	e := reach.Entered{Activities: map[string]int64{}}
	where, channel, _ := strings.Cut(f.where, "|")
	if !p.has(where, channel) {
		wrong["where"] = l.say("Kies een campagne en kanaal uit de lijst.", "Choose a campaign and channel from the list.")
	}
	e.Campaign, e.Channel = where, channel
	month, err := reach.ParsePeriod(f.month)
	if err != nil || !slices.Contains(p.months(), month) {
		wrong["month"] = l.say("Kies een maand uit de lijst.", "Choose a month from the list.")
	}
	e.Month = month
	if e.Reached, err = whole(f.numbers["reached"], reachedMost); err != nil {
		wrong["reached"] = l.number(reachedMost)
	}
	if e.CostCents, err = cents(f.numbers["cost"]); err != nil {
		wrong["cost"] = l.say("Schrijf een bedrag in euro's als 1250 of 1250,50, zonder punt voor de duizendtallen.", "Write an amount in euros as 1250 or 1250.50, without a comma for the thousands.")
	}
	for _, a := range reach.Activities {
		n, err := whole(f.numbers[a], activityMost)
		if err != nil {
			wrong[a] = l.number(activityMost)
		}
		if n > 0 {
			e.Activities[a] = n
		}
	}
	return e, wrong
}

func (l lang) number(most int64) string {
	return l.say("Schrijf een heel getal van 0 tot %s, zonder punten of woorden.", "Write a whole number from 0 to %s, without commas or words.", l.num(most))
}

var errNumber = errors.New("page: not a number")

// whole reads a number as people write it, without signs; nothing is 0.
func whole(s string, most int64) (int64, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return 0, nil
	}
	if strings.Trim(s, "0123456789") != "" || len(s) > 15 {
		return 0, errNumber
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n > most {
		return 0, errNumber
	}
	return n, nil
}

var amount = regexp.MustCompile(`^([0-9]{1,9})(?:[.,]([0-9]{1,2}))?$`)

// cents reads an amount in euros, with a comma or a point before at most two digits; nothing is 0.
func cents(s string) (int64, error) {
	s = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(s), "€"))
	if s == "" {
		return 0, nil
	}
	m := amount.FindStringSubmatch(s)
	if m == nil {
		return 0, errNumber
	}
	euros, err := whole(m[1], costMost/100)
	if err != nil {
		return 0, err
	}
	part, err := whole((m[2] + "00")[:2], 99)
	return 100*euros + part, err
}

// has says whether something can be entered for a channel of a campaign; Other is the campaign as a whole.
func (p *Page) has(name, channel string) bool {
	for _, c := range p.cfg.Plan.Campaigns {
		if c.Name == name {
			return channel == reach.Other || slices.ContainsFunc(c.Channels, func(ch reach.Channel) bool { return ch.Name == channel })
		}
	}
	return false
}

// months are those that something can be entered for, newest first.
func (p *Page) months() []reach.Period {
	m := reach.PeriodOf(reach.Month, reach.DayOf(p.cfg.Now()))
	var out []reach.Period
	for range monthsBack {
		out = append(out, m)
		m = m.Prev()
	}
	return out
}

func (p *Page) serveNotebook(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	l, err := langOf(q)
	if err != nil {
		return err
	}
	if r.Method == http.MethodPost {
		return p.enter(w, r, l)
	}
	entered, err := p.entries(r)
	f := form{where: q.Get("where"), month: q.Get("month"), year: q.Get("year"), numbers: map[string]string{}}
	for _, e := range entered {
		if e.Campaign+"|"+e.Channel == f.where && e.Month.String() == f.month {
			f.numbers = written(l, e)
		}
	}
	v := p.notebook(l, f, nil, entered, err != nil)
	v.Saved, v.Gone = q.Get("done") == "saved", q.Get("done") == "removed"
	return p.render(w, r, l, http.StatusOK, "notebook", v)
}

// written is an entry as it would have been written.
func written(l lang, e reach.Entered) map[string]string {
	out := map[string]string{}
	put := func(name string, n int64) {
		if n > 0 {
			out[name] = strconv.FormatInt(n, 10)
		}
	}
	put("reached", e.Reached)
	if put("cost", e.CostCents/100); e.CostCents%100 != 0 {
		out["cost"] = strconv.FormatInt(e.CostCents/100, 10) + l.say(",", ".") + strconv.FormatInt(100+e.CostCents%100, 10)[1:]
	}
	for a, n := range e.Activities {
		put(a, n)
	}
	return out
}

// enter keeps what was entered and goes back to the form, so that a reload enters nothing again.
func (p *Page) enter(w http.ResponseWriter, r *http.Request, l lang) error {
	if err := r.ParseForm(); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return problem(w, http.StatusRequestEntityTooLarge, "")
		}
		return problem(w, http.StatusBadRequest, "bad_body")
	}
	f := formOf(r.PostForm)
	e, wrong := p.read(l, f)
	if len(wrong) > 0 {
		entered, err := p.entries(r)
		return p.render(w, r, l, http.StatusUnprocessableEntity, "notebook", p.notebook(l, f, wrong, entered, err != nil))
	}
	switch err := p.cfg.Notebook.Enter(r.Context(), e); {
	case errors.Is(err, reach.ErrEntered): // the lists here and there differ
		return p.render(w, r, l, http.StatusUnprocessableEntity, "notebook",
			p.notebook(l, f, mistakes{"where": l.say("Dit kan hier niet worden ingevuld.", "This cannot be entered here.")}, nil, true))
	case err != nil:
		v := p.notebook(l, f, nil, nil, true)
		v.Away = true
		return p.render(w, r, l, http.StatusServiceUnavailable, "notebook", v)
	}
	done := "saved"
	if e.Reached == 0 && e.CostCents == 0 && len(e.Activities) == 0 {
		done = "removed"
	}
	w.Header().Set("Location", l.href("/reach/notebook", "where", f.where, "month", f.month, "done", done))
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

func (p *Page) entries(r *http.Request) ([]reach.Entered, error) {
	return p.cfg.Notebook.Entered(r.Context())
}

func (p *Page) notebook(l lang, f form, wrong mistakes, entered []reach.Entered, away bool) notebookView {
	title := l.say("Invullen", "Enter figures")
	v := notebookView{
		frame: l.frame("notebook", title, "/reach/notebook"), WhereWrong: wrong["where"], MonthWrong: wrong["month"], EntriesAway: away,
	}
	for _, c := range p.cfg.Plan.Campaigns {
		g := optionGroup{Name: c.Name}
		add := func(channel, text string) {
			value := c.Name + "|" + channel
			g.Options = append(g.Options, option{value, c.Name + ": " + text, value == f.where})
		}
		for _, ch := range c.Channels {
			add(ch.Name, l.name("channel", ch.Name))
		}
		add(reach.Other, l.wholeCampaign())
		v.Where = append(v.Where, g)
	}
	for _, m := range p.months() {
		v.Months = append(v.Months, option{m.String(), l.period(m), m.String() == f.month})
	}
	number := func(name, label, hint string) field {
		return field{name, label, hint, f.numbers[name], wrong[name]}
	}
	v.Numbers = []field{
		number("reached", l.say("Bereik volgens het platform", "Reach according to the platform"), l.say("Hoeveel mensen het zagen, zoals Instagram of de drukker dat zegt.", "How many people saw it, as Instagram or the printer says.")),
		number("cost", l.say("Kosten in euro", "Cost in euros"), l.say("Bijvoorbeeld 1250 of 1250,50.", "For example 1250 or 1250.50.")),
	}
	for _, a := range reach.Activities {
		v.Activities = append(v.Activities, number(a, l.name("activity", a), ""))
	}
	v.Mistakes = listed(l, v, wrong)
	if len(wrong) > 0 {
		v.Tab = l.say("Fout: ", "Mistake: ") + title
	}
	v.list(l, f.year, entered)
	return v
}

// list shows what was entered for one year, by default the newest: newest month first.
func (v *notebookView) list(l lang, year string, entered []reach.Entered) {
	entered = slices.Clone(entered)
	slices.SortStableFunc(entered, func(a, b reach.Entered) int { return int(b.Month.From - a.Month.From) })
	for _, e := range entered {
		of := e.Month.String()[:4]
		if year == "" {
			year = of
		}
		if n := len(v.Years); n == 0 || v.Years[n-1].Text != of {
			v.Years = append(v.Years, link{l.href("/reach/notebook", "year", of) + "#entries-title", of, of == year})
		}
		if of == year {
			v.Entries = append(v.Entries, l.entry(e))
		}
	}
	v.Year = year
}

func (l lang) wholeCampaign() string {
	return l.say("hele campagne, geen apart kanaal", "whole campaign, no channel by itself")
}

// listed are the mistakes at the top of the form, each with a link to its field, in the order of the fields.
func listed(l lang, v notebookView, wrong mistakes) (out []link) {
	add := func(name, label string) {
		if wrong[name] != "" {
			out = append(out, link{Href: "#" + name, Text: label + ": " + wrong[name]})
		}
	}
	add("where", l.say("Campagne en kanaal", "Campaign and channel"))
	add("month", l.say("Maand", "Month"))
	for _, f := range slices.Concat(v.Numbers, v.Activities) {
		add(f.Name, f.Label)
	}
	return out
}

func (l lang) entry(e reach.Entered) entryRow {
	var acts []string
	for _, a := range reach.Activities {
		if n := e.Activities[a]; n > 0 {
			acts = append(acts, l.name("activity", a)+": "+l.num(n))
		}
	}
	channel := l.name("channel", e.Channel)
	if e.Channel == reach.Other {
		channel = l.wholeCampaign()
	}
	r := entryRow{
		Campaign: e.Campaign, Channel: channel, Month: l.period(e.Month), Reached: "–", Cost: "–", Activities: "–",
		Edit: l.href("/reach/notebook", "where", e.Campaign+"|"+e.Channel, "month", e.Month.String()) + "#where",
	}
	if e.Reached > 0 {
		r.Reached = l.num(e.Reached)
	}
	if e.CostCents > 0 {
		r.Cost = l.euro(e.CostCents)
	}
	if len(acts) > 0 {
		r.Activities = strings.Join(acts, ", ")
	}
	return r
}
