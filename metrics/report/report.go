package report

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"haven/metrics/reach"
)

// Line is a line as far as the report goes.
type Line struct {
	Name   string
	Small  bool          // exact figures within all lines together only
	Target time.Duration // the wait that it aims for, 0 when none is set
}

// Data is what a report is made of.
type Data struct {
	Plan     *reach.Plan
	Releases *reach.Releases
	Entered  []reach.Entered
	Lines    []Line // of the configuration
	Now      time.Time
}

// Report is everything that is to be said about one period.
type Report struct {
	Title    string    `json:"title"`
	Period   string    `json:"period"` // 2026-W48, 2026-11, 2026-Q4 or 2026
	From     string    `json:"from"`   // first and last day, 2026-11-01
	To       string    `json:"to"`
	Made     string    `json:"made"` // the day on which the report was made
	Lang     string    `json:"lang"`
	Example  bool      `json:"example"` // invented figures
	Notices  []string  `json:"notices"` // what has to be read before the figures
	Sections []Section `json:"sections"`
}

// Section is a chapter, and a sheet of a workbook.
type Section struct {
	Key   string `json:"key"`
	Title string `json:"title"`
	Short string `json:"short"` // at most 31 characters
	Parts []Part `json:"parts"`
}

// Part is one question or subject of a section.
type Part struct {
	Key    string   `json:"key"`
	Title  string   `json:"title"`
	Text   []string `json:"text,omitempty"` // paragraphs
	Tables []Table  `json:"tables,omitempty"`
}

// Table has rows with a name of one or more parts and a cell for each column.
type Table struct {
	Key     string   `json:"key"`
	Title   string   `json:"title"`
	Heads   []Column `json:"heads"` // what the parts of a row's name are
	Columns []Column `json:"columns"`
	Rows    []Row    `json:"rows"`
	// Listed tables are short lists of sentences; their cells are read with their notes in place.
	Listed bool `json:"-"`
	// Chart asks for a chart of this column above the table: its key, "" for none.
	Chart string `json:"-"`
}

// Column is one kind of figure. Figure is its entry in the data dictionary.
type Column struct {
	Key    string `json:"key"`
	Name   string `json:"name"`
	Figure string `json:"figure"`
}

// Row is one line of a table.
type Row struct {
	Key   string   `json:"key"` // the same in every language
	Name  []string `json:"name"`
	Cells []Cell   `json:"cells"`
	Total bool     `json:"total,omitempty"` // a sum of rows above it
}

// ErrNotSealed says that a period's figures do not stand yet.
type ErrNotSealed struct {
	Period reach.Period
	Day    reach.Day // the first on which they do
}

func (e ErrNotSealed) Error() string {
	return fmt.Sprintf("report: %s is not sealed: it is on %s", e.Period, e.Day)
}

// ErrNothing says that a period is over and that nothing was released for it.
var ErrNothing = errors.New("report: nothing was released for this period")

// ErrLang says that there is no report in a language.
var ErrLang = errors.New("report: no such language")

// New puts the report of a period together, in one of Languages. Errors: ErrNotSealed, ErrNothing, ErrLang.
func New(d Data, p reach.Period, lang string) (*Report, error) {
	if !slices.Contains(Languages, lang) {
		return nil, ErrLang
	}
	if today := reach.DayOf(d.Now); today < p.SealDay() {
		return nil, ErrNotSealed{p, p.SealDay()}
	}
	b := &build{tongue: tongue(lang), d: d, p: p}
	b.exact = NewServices(d.Releases, d.Plan.Practice, b.small)
	if !b.anything() {
		return nil, fmt.Errorf("%w: %s", ErrNothing, p)
	}
	b.lines = b.names(0, d.Plan.Lines, func(t reach.Table, name string) bool {
		return name != reach.None && !slices.Contains(d.Plan.Practice, name)
	})
	r := &Report{
		Title:  b.f("Bereik van de chat: %s", "Reach of the chat: %s", b.period(p)),
		Period: p.String(), From: p.From.String(), To: p.To.String(),
		Made: reach.DayOf(d.Now).String(), Lang: lang,
		Notices: []string{},
	}
	r.Example, r.Notices = b.notices()
	r.Sections = []Section{b.council(), b.funder(), b.campaigns(), b.details(), b.method()}
	for _, s := range r.Sections {
		for _, p := range s.Parts {
			for i := range p.Tables {
				b.fold(&p.Tables[i])
			}
		}
	}
	r.Sections = append(r.Sections, b.dictionary(r.Sections))
	return r, nil
}
