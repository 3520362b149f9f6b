package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/term"

	"haven/metrics/reach"
	figures "haven/metrics/report"
)

// reportCommand hands out the released figures of one period.
type reportCommand struct {
	configFile
	Period    string `required:"" placeholder:"PERIOD" help:"A year as 2026, quarter as 2026-Q4, month as 2026-11, week as 2026-W48, or last-year, last-quarter, last-month, last-week."`
	Format    string `default:"html" enum:"csv,xlsx,html,json" placeholder:"FORMAT" help:"html (default), csv, xlsx or json."`
	Lang      string `default:"nl" enum:"nl,en" help:"nl or en."`
	Separator string `default:"comma" enum:"comma,semicolon" help:"Of csv: comma, or semicolon for a Dutch Excel, with commas in numbers."`
	Out       string `placeholder:"FILE" help:"Where to write it; left out: standard output."`
}

func (c reportCommand) Run(w *world) error {
	now := time.Now()
	period, err := reportPeriod(c.Period, now)
	if err != nil {
		return usageError{err}
	}
	if c.Separator != "comma" && c.Format != "csv" {
		return usageError{fmt.Errorf("--separator is for csv; %s has none", c.Format)}
	}
	if out, ok := w.stdout.(*os.File); ok && c.Format == "xlsx" && c.Out == "" && term.IsTerminal(int(out.Fd())) {
		return usageError{errors.New("standard output is a terminal, and a workbook is not text: give --out FILE")}
	}
	cfg, err := c.load()
	if err != nil {
		return err
	}
	var body []byte
	if err := withLedger(w, cfg, func(ctx context.Context, rdb redis.UniversalClient) error {
		d := figures.Data{Plan: cfg.plan(), Now: now}
		var err error
		if d.Releases, err = reach.Load(ctx, rdb, cfg.Redis.Prefix); err != nil {
			return err
		}
		if d.Entered, err = reach.ReadEntered(ctx, rdb, cfg.Redis.Prefix); err != nil {
			return err
		}
		for _, l := range cfg.Lines {
			d.Lines = append(d.Lines, figures.Line{Name: l.Name, Small: l.Small, Target: l.Target})
		}
		body, err = c.write(d, period)
		return err
	}); err != nil {
		return err
	}
	if c.Out == "" {
		if _, err := w.stdout.Write(body); err != nil {
			return errors.New("standard output cannot be written")
		}
		return nil
	}
	return replace(c.Out, body)
}

// write makes the report in its format, whole before any of it goes out.
func (c reportCommand) write(d figures.Data, p reach.Period) ([]byte, error) {
	r, err := figures.New(d, p, c.Lang)
	switch early := (figures.ErrNotSealed{}); {
	case errors.As(err, &early):
		return nil, fmt.Errorf("%s is not sealed: it is on %s", early.Period, early.Day)
	case errors.Is(err, figures.ErrNothing):
		return nil, fmt.Errorf("nothing was released for %s: nothing was counted then, or no node has run since to seal it", p)
	case err != nil:
		return nil, err
	}
	var b bytes.Buffer
	switch c.Format {
	case "csv":
		sep := figures.Comma
		if c.Separator == "semicolon" {
			sep = figures.Semicolon
		}
		err = r.CSV(&b, sep)
	case "xlsx":
		err = r.XLSX(&b)
	case "html":
		err = r.Standalone(&b)
	default:
		err = r.JSON(&b)
	}
	return b.Bytes(), err
}

// reportPeriod reads a period's name, or that of the last whole one.
func reportPeriod(name string, now time.Time) (reach.Period, error) {
	if span, ok := strings.CutPrefix(name, "last-"); ok {
		for _, s := range reach.Spans {
			if string(s) == span {
				return reach.PeriodOf(s, reach.DayOf(now)).Prev(), nil
			}
		}
	}
	p, err := reach.ParsePeriod(name)
	if err != nil {
		return p, fmt.Errorf("--period: %s; last-year, last-quarter, last-month and last-week do too", strings.TrimPrefix(err.Error(), "reach: "))
	}
	return p, nil
}

// replace writes a file whole or not at all, over what was there.
func replace(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".haven-report-")
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", path, bareFault(err))
	}
	defer os.Remove(f.Name())
	if _, err = io.Copy(f, bytes.NewReader(data)); err == nil {
		err = f.Chmod(0o644)
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
		if moved := (*os.LinkError)(nil); errors.As(err, &moved) {
			err = moved.Err // without the name of the other file
		}
	}
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", path, bareFault(err))
	}
	return nil
}
