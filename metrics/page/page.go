package page

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"haven/metrics/reach"
	"haven/routing"
)

// Line is a line as the page shows it.
type Line struct {
	Name   string
	Small  bool          // its exact figures stand in those of all lines together only
	Target time.Duration // of the wait
	Hours  routing.Hours // for posters
}

// Config is what a Page needs.
type Config struct {
	Plan     *reach.Plan
	Releases func() *reach.Releases // asks nothing of a store
	Notebook reach.Notebook
	Lines    []Line // in the order of the configuration
	// Board is how the lines stand now.
	Board func(ctx context.Context) ([]routing.LineView, error)
	// Lost says that the ledger lacks what it held before. nil: it cannot be told.
	Lost   func() bool
	Origin string           // of the young person's page, for links
	Now    func() time.Time // nil: the clock
}

// Page is everything under /reach. It is for people who were let in: it does not ask who they are.
type Page struct {
	cfg   Config
	pages map[lang]*template.Template
	paths map[string]path
}

// path is what one address answers to.
type path struct {
	get  func(w http.ResponseWriter, r *http.Request) error
	post bool // get answers POST too
}

//go:embed *.html
var files embed.FS

// New returns the page. It asks nothing of a store.
func New(cfg Config) (*Page, error) {
	switch {
	case cfg.Plan == nil || cfg.Releases == nil || cfg.Notebook == nil || cfg.Board == nil:
		return nil, errors.New("page: a plan, releases, a notebook and a board are needed")
	case cfg.Origin == "":
		return nil, errors.New("page: an origin is needed")
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	p := &Page{cfg: cfg, pages: map[lang]*template.Template{}}
	for _, l := range []lang{dutch, english} {
		t, err := template.New("").Funcs(template.FuncMap{"w": l.say}).ParseFS(files, "*.html")
		if err != nil {
			return nil, fmt.Errorf("page: %w", err)
		}
		p.pages[l] = t
	}
	p.paths = map[string]path{
		"/reach":            {get: p.serveFigures},
		"/reach/board":      {get: p.serveBoard},
		"/reach/links":      {get: p.serveLinks},
		"/reach/notebook":   {get: p.serveNotebook, post: true},
		"/reach/poster":     {get: p.servePoster},
		"/reach/poster.css": {get: p.servePosterStyle},
		"/reach/qr.svg":     {get: p.serveQR},
		"/reach/report":     {get: p.serveReport},
	}
	return p, nil
}

// ServeHTTP answers /reach and below.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at, known := p.paths[r.URL.Path]
	reading := r.Method == http.MethodGet || r.Method == http.MethodHead
	var err error
	switch {
	case !known:
		l, _ := langOf(r.URL.Query())
		err = wrong{http.StatusNotFound, l, l.say("Deze pagina is er niet", "There is no such page"), l.say("Misschien is het adres oud.", "The address may be an old one.")}
	case !reading && !(at.post && r.Method == http.MethodPost):
		allow := "GET, HEAD"
		if at.post {
			allow += ", POST"
		}
		w.Header().Set("Allow", allow)
		err = problem(w, http.StatusMethodNotAllowed, "")
	default:
		err = at.get(w, r)
	}
	var said wrong
	if errors.As(err, &said) {
		err = p.render(w, r, said.lang, said.status, "wrong", struct {
			frame
			Text string
		}{said.frame("", said.title, "/reach"), said.text})
	}
	if err != nil {
		// Templates and JSON of our own making: a mistake of this package, whose panics the house logs by their place.
		panic(err)
	}
}

// frame is what every page has around it.
type frame struct {
	Lang  lang
	Title string // of the page
	Tab   string // of the document, where it says more
	Nav   []link
	Other link // the same page in the other language
}

// frame is that of a page with a name in the navigation; with are names and values of its address.
func (l lang) frame(name, title, at string, with ...string) frame {
	f := frame{Lang: l, Title: title}
	for _, n := range []struct{ name, at, text string }{
		{"figures", "/reach", l.say("Cijfers", "Figures")},
		{"links", "/reach/links", l.say("Links en posters", "Links and posters")},
		{"notebook", "/reach/notebook", l.say("Invullen", "Enter figures")},
	} {
		f.Nav = append(f.Nav, link{l.href(n.at), n.text, n.name == name})
	}
	other, text := english, "English"
	if l == english {
		other, text = dutch, "Nederlands"
	}
	f.Other = link{Href: other.href(at, with...), Text: text}
	return f
}

// OtherLang is the code of the language that Other leads to.
func (f frame) OtherLang() lang {
	if f.Lang == english {
		return dutch
	}
	return english
}

func (p *Page) render(w http.ResponseWriter, r *http.Request, l lang, status int, name string, data any) error {
	var body bytes.Buffer
	if err := p.pages[l].ExecuteTemplate(&body, name+".html", data); err != nil {
		return err
	}
	return send(w, r, status, "text/html; charset=utf-8", body.Bytes())
}

// send answers with a body, which HEAD leaves out.
func send(w http.ResponseWriter, r *http.Request, status int, mediaType string, body []byte) error {
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		w.Write(body) // who asked may be gone; there is nobody to tell
	}
	return nil
}

// problem answers what is no page, as RFC 9457 has it.
func problem(w http.ResponseWriter, status int, code string) error {
	if code != "" {
		code = fmt.Sprintf(`,"code":%q`, code)
	}
	body := fmt.Appendf(nil, `{"type":"about:blank","title":%q,"status":%d%s}`, http.StatusText(status), status, code)
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	w.Write(body)
	return nil
}

// figuresView is the page of figures.
type figuresView struct {
	frame
	Board     board
	BoardURL  string
	Lost      bool
	Empty     []string // nothing is sealed yet: why, and when
	Period    string
	Days      string
	Example   bool
	Spans     []link
	Periods   []option
	Campaign  string
	Campaigns []link
	Earlier   *link
	Later     *link
	Sections  []section
	Downloads []link
	Margins   string // of one figure by itself, and what a visit pays
}

func (p *Page) serveFigures(w http.ResponseWriter, r *http.Request) error {
	releases := p.cfg.Releases()
	sealed := sealedOf(releases)
	q, err := p.parse(r.URL.Query(), sealed)
	if err != nil {
		return err
	}
	out := figuresView{Board: p.board(r.Context(), q.lang), BoardURL: q.href("/reach/board"), Campaign: q.campaign}
	out.Lost = p.cfg.Lost != nil && p.cfg.Lost()
	for _, s := range reach.Spans {
		of := sealed[s]
		l := link{Text: q.lang.span(s), Current: s == q.span}
		if len(of) > 0 {
			l.Href = q.at(of[0], q.campaign)
		}
		out.Spans = append(out.Spans, l)
	}
	if q.period == (reach.Period{}) {
		out.frame = q.frame("figures", q.say("Bereik", "Reach"), "/reach", "span", string(q.span))
		out.Empty = p.empty(q)
		return p.render(w, r, q.lang, http.StatusOK, "figures", out)
	}
	out.Period, out.Days = q.lang.period(q.period), q.days(q.period)
	out.frame = q.frame("figures", q.say("Bereik: ", "Reach: ")+out.Period, "/reach", "period", q.period.String(), "campaign", q.campaign)
	of := sealed[q.span]
	for i, x := range of {
		out.Periods = append(out.Periods, option{x.String(), q.lang.period(x), x == q.period})
		if x != q.period {
			continue
		}
		if i+1 < len(of) {
			out.Earlier = &link{Href: q.at(of[i+1], q.campaign), Text: q.lang.period(of[i+1])}
		}
		if i > 0 {
			out.Later = &link{Href: q.at(of[i-1], q.campaign), Text: q.lang.period(of[i-1])}
		}
	}
	if cs := p.cfg.Plan.Campaigns; len(cs) > 1 {
		out.Campaigns = []link{{q.at(q.period, ""), q.say("Alle campagnes", "All campaigns"), q.campaign == ""}}
		for _, c := range cs {
			out.Campaigns = append(out.Campaigns, link{q.at(q.period, c.Name), c.Name, c.Name == q.campaign})
		}
	}
	v := &view{query: q, page: p, releases: releases, sealed: sealed}
	visits := v.visits(q.period)
	out.Downloads, out.Margins = q.downloads(), v.margins()
	out.Sections = []section{v.short(visits), v.campaigns(visits), v.trend(), v.byLine(visits), v.outcomes()}
	if v.refers() {
		out.Sections = append(out.Sections, v.referrals())
	}
	out.Sections = append(out.Sections, v.topics(), v.unreached(), v.service())
	for _, s := range out.Sections {
		out.Example = out.Example || s.Example
		for _, b := range s.Blocks {
			b.quieten()
		}
	}
	return p.render(w, r, q.lang, http.StatusOK, "figures", out)
}

// margins says how large the noise of one figure is in this period, and what all of them give away of one visit.
func (v *view) margins() string {
	var of []string
	for _, t := range []struct {
		table reach.Table
		name  string
	}{
		{reach.Visits, v.say("bezoeken", "visits")}, {reach.Outcomes, v.say("uitkomsten", "outcomes")},
		{reach.Referrals, v.say("doorverwijzingen", "referrals")},
		{reach.Topics, v.say("onderwerpen", "topics")}, {reach.Unreached, v.say("niet bereikt", "not reached")},
	} {
		a, ok := v.releases.About(t.table, v.period)
		if !ok {
			continue
		}
		one := reach.Figure{Noise: []reach.Term{{Eps: a.Epsilon, N: 1}}}
		of = append(of, v.say("%s ±\u00a0%s (ε = %s)", "%s ±\u00a0%s (ε = %s)", t.name, v.num(one.Half()), a.Epsilon))
	}
	if len(of) == 0 {
		return ""
	}
	return v.say("De marge van één los geteld cijfer in dit tijdvak: %s. Een optelling heeft een grotere marge. Alles bij elkaar geeft over één bezoek nooit meer weg dan ε = %s.",
		"The margin of one figure counted by itself in this period: %s. A sum has a wider margin. All of it together never gives away more about one visit than ε = %s.",
		strings.Join(of, ", "), v.page.cfg.Plan.Budget(v.period).Total())
}

// empty says why there are no figures yet, and when there will be.
func (p *Page) empty(q query) []string {
	week := reach.PeriodOf(reach.Week, reach.DayOf(p.cfg.Now()))
	month := reach.PeriodOf(reach.Month, reach.DayOf(p.cfg.Now()))
	return []string{
		q.say("Cijfers worden vastgelegd twee dagen nadat een tijdvak voorbij is. Vóór die tijd is er niets te zien, ook niet voor ons.",
			"Figures are sealed two days after a period is over. Before that there is nothing to see, for us neither."),
		q.say("%s (%s) staat hier vanaf %s.", "%s (%s) is here from %s.", upper(q.lang.period(week)), q.days(week), q.weekday(week.SealDay())),
		q.say("%s staat hier vanaf %s.", "%s is here from %s.", upper(q.lang.period(month)), q.weekday(month.SealDay())),
	}
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
