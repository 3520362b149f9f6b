package page

import (
	"bytes"
	"errors"
	"io"
	"net/http"

	"haven/metrics/reach"
	"haven/metrics/report"
)

// format is one form in which a report is handed out.
type format struct {
	name, file, mediaType string
	nl, en                string
	write                 func(r *report.Report, w io.Writer) error
}

var formats = []format{
	{"html", "html", "text/html; charset=utf-8", "Om te lezen en af te drukken (HTML)", "To read and print (HTML)", (*report.Report).Standalone},
	{"xlsx", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel", "Excel", (*report.Report).XLSX},
	{"csv", "csv", "text/csv; charset=utf-8", "CSV met komma's", "CSV with commas",
		func(r *report.Report, w io.Writer) error { return r.CSV(w, report.Comma) }},
	{"csv-nl", "csv", "text/csv; charset=utf-8", "CSV met puntkomma's, voor Nederlands Excel", "CSV with semicolons, for a Dutch Excel",
		func(r *report.Report, w io.Writer) error { return r.CSV(w, report.Semicolon) }},
	{"json", "json", "application/json", "JSON, voor programma's", "JSON, for programs", (*report.Report).JSON},
}

// downloads are the links to the report of a period.
func (q query) downloads() (out []link) {
	for _, f := range formats {
		out = append(out, link{Href: q.href("/reach/report", "period", q.period.String(), "format", f.name), Text: q.say(f.nl, f.en)})
	}
	return out
}

// serveReport hands out the report of a period as a file.
func (p *Page) serveReport(w http.ResponseWriter, r *http.Request) error {
	v := r.URL.Query()
	l, err := langOf(v)
	if err != nil {
		return err
	}
	var f format
	for _, one := range formats {
		if one.name == v.Get("format") {
			f = one
		}
	}
	if f.write == nil {
		return wrong{http.StatusBadRequest, l, l.say("Zo'n rapport is er niet", "There is no such report"),
			l.say("Een rapport is er als html, xlsx, csv, csv-nl en json.", "There is a report as html, xlsx, csv, csv-nl and json.")}
	}
	releases := p.cfg.Releases()
	q := query{lang: l}
	if v.Get("period") == "" {
		return wrong{http.StatusBadRequest, l, l.say("Het tijdvak ontbreekt", "The period is missing"), l.say("Kies het op de pagina met cijfers.", "Choose it on the page of figures.")}
	}
	if err := p.parsePeriod(&q, v.Get("period"), sealedOf(releases)); err != nil {
		return err
	}
	entered, err := p.entries(r)
	if err != nil {
		return wrong{http.StatusServiceUnavailable, l, l.say("Het rapport is nu niet te maken", "The report cannot be made now"),
			l.say("Er is een storing bij ons: wat met de hand is ingevuld, is niet op te halen. Probeer het zo opnieuw.", "Something is wrong on our side: what was entered by hand cannot be had. Try again in a moment.")}
	}
	data := report.Data{Plan: p.cfg.Plan, Releases: releases, Entered: entered, Now: p.cfg.Now()}
	for _, line := range p.cfg.Lines {
		data.Lines = append(data.Lines, report.Line{Name: line.Name, Small: line.Small, Target: line.Target})
	}
	made, err := report.New(data, q.period, string(l))
	switch early := (report.ErrNotSealed{}); {
	case errors.As(err, &early), errors.Is(err, report.ErrNothing):
		return wrong{http.StatusNotFound, l, l.say("Over %s is er geen rapport", "There is no report of %s", l.period(q.period)),
			l.say("Over dit tijdvak is nog niets vastgelegd.", "Nothing is sealed for this period yet.")}
	case err != nil:
		return err
	}
	var body bytes.Buffer
	if err := f.write(made, &body); err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="`+fileName(q.period, l, f)+`"`)
	return send(w, r, http.StatusOK, f.mediaType, body.Bytes())
}

func fileName(of reach.Period, l lang, f format) string {
	return "haven-" + of.String() + "-" + string(l) + "." + f.file
}
