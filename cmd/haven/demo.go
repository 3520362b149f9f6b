package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"haven/metrics/reach"
	"haven/routing"
	"haven/web"
	"haven/web/staff"
)

// demoCommand is the whole thing on one machine, to look at and to try clients against.
type demoCommand struct {
	Listen        string `default:"127.0.0.1:8080" placeholder:"ADDRESS" help:"For the pages and the chats; port 0 takes any."`
	MetricsListen string `default:"127.0.0.1:9464" placeholder:"ADDRESS" help:"For metrics and health; port 0 takes any."`
	JSON          bool   `name:"json" help:"Print one object with addresses and logins on standard output, then serve."`
}

// demoInfo is what --json prints.
type demoInfo struct {
	URL     string      `json:"url"`
	Metrics string      `json:"metrics"`
	Staff   []demoStaff `json:"staff"`
}

type demoStaff struct {
	Name     string   `json:"name"`
	Password string   `json:"password"`
	Role     string   `json:"role"`
	Lines    []string `json:"lines"`
}

// demoCap is room to see what a long line looks like: places beyond twenty, and still an end of it.
const demoCap = 100

// demoConfig is the example configuration with every door open, and with campaigns that ran as far back as the invented
// history goes, in whatever year somebody tries it.
func demoConfig() (*config, error) {
	c, err := parseConfig("haven.yaml", exampleConfig)
	if err != nil {
		return nil, err
	}
	for i := range c.Lines {
		l := &c.Lines[i]
		l.Hours, l.LastIntake, l.CapPerCounsellor = routing.Hours{Always: true}, 0, demoCap
	}
	year := reach.PeriodOf(reach.Year, reach.DayOf(time.Now()))
	for i := range c.Campaigns {
		c.Campaigns[i].From, c.Campaigns[i].To = year.Prev().Prev().From, year.To
	}
	return c, nil
}

func (c demoCommand) Run(w *world) error {
	cfg, err := demoConfig()
	if err != nil {
		return err
	}
	if err := (listenFlags{c.Listen, c.MetricsListen}).override(cfg); err != nil {
		return err
	}
	cfg.CodeKey = freshCodeKey()
	store, err := startEmbedded()
	if err != nil {
		return errors.New("the embedded store does not start")
	}
	defer store.close()
	rdb := store.client()
	defer rdb.Close()
	// A demo has no past: that of the reach pages is invented, and they say so.
	if err := reach.WriteExample(w.ctx, rdb, cfg.Redis.Prefix, cfg.plan(), reach.DayOf(time.Now())); err != nil {
		return err
	}
	log := slog.New(web.ClosedLog(slog.NewTextHandler(w.stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	n, err := startNode(cfg, rdb, rdb, log)
	if err != nil {
		return err
	}
	info := demoInfo{URL: n.url, Metrics: n.metricsURL}
	info.Staff, err = hire(w.ctx, n.accounts, cfg)
	if err == nil {
		err = n.untilReady(w.ctx)
	}
	if err == nil {
		err = info.print(w.stdout, c.JSON)
	}
	if err == nil {
		err = n.wait(w.ctx)
	}
	return errors.Join(err, n.drain())
}

// hire makes the demo's accounts. Both counsellors serve every line, so that whatever line somebody tries first, one
// of them can be at the desk. The lead is there for who wants to see what a lead sees.
func hire(ctx context.Context, accounts *staff.Staff, cfg *config) ([]demoStaff, error) {
	lines, langs, err := cfg.served(nil, nil)
	if err != nil {
		return nil, err
	}
	people := []demoStaff{
		{Name: "Sanne", Role: string(staff.RoleCounsellor)},
		{Name: "Daan", Role: string(staff.RoleCounsellor)},
		{Name: "Marit", Role: string(staff.RoleCoordinator)},
		{Name: "Ilse", Role: string(staff.RoleLead)},
	}
	errs := make([]error, len(people))
	var wg sync.WaitGroup
	for i := range people {
		p := &people[i]
		p.Password, p.Lines = staff.NewPassword(), lines
		wg.Go(func() {
			errs[i] = accounts.Add(ctx, staff.Account{Name: p.Name, Role: staff.Role(p.Role), Lines: lines, Langs: langs}, p.Password)
		})
	}
	wg.Wait()
	return people, errors.Join(errs...)
}

// untilReady returns when a first chat is possible.
func (n *node) untilReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !n.ready() {
		select {
		case <-ctx.Done():
			return errors.New("the store does not answer")
		case <-tick.C:
		}
	}
	return nil
}

func (d *demoInfo) print(out io.Writer, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(out).Encode(d)
	}
	fmt.Fprintf(out, "Haven is up, with everything in this process's memory.\n\n")
	t := tabwriter.NewWriter(out, 2, 0, 3, ' ', 0)
	fmt.Fprintf(t, "  young person\t%s/\n  counsellor\t%s/staff\n  metrics\t%s/metrics\n\n", d.URL, d.URL, d.Metrics)
	for _, s := range d.Staff {
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\n", s.Name, s.Password, s.Role, strings.Join(s.Lines, ", "))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "\nLog in as a counsellor and say how many chats you take; then be the young person in another window.\n"+
		"Ctrl-C ends it, and nothing is left.\n")
	return err
}
