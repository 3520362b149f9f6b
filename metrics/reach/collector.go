package reach

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// exported are the tables on /metrics/reach, by span. The newest period of a span is shown once all of these are sealed
// for it. Weeks are on the page and in the report only: three spans of three lines, twenty campaigns and five channels
// would not fit into the 300 kB that a scrape may have, and a week of one channel says next to nothing. For the same
// reason the cell of a campaign's unknown channels (a link that was printed wrong) is not here either. Topics and the
// unreached demand stay on the page too. Tables beside are shown with a period where they were sealed for it: a year from
// before referrals were counted has none.
var exported = []struct {
	span   Span
	tables []Table
	beside []Table
}{
	{Month, []Table{Visits}, nil},
	{Year, []Table{Visits, Outcomes}, []Table{Referrals}},
}

var (
	descVisits = prometheus.NewDesc("haven_reach_released_visits",
		"Visits as released for the newest sealed period, each in the cell of its furthest stage; a campaign's unknown channels "+
			"are left out. Noise is in every figure, so that it can be below zero: cutting that off would make sums too high. "+
			"The same on every node.",
		[]string{"line", "campaign", "channel", "stage", "period"}, nil)
	descOutcomes = prometheus.NewDesc("haven_reach_released_outcomes",
		"Contacts and nuisance by wrap-up as released for the newest sealed year, never by campaign. Noise is in every figure, "+
			"so that it can be below zero: cutting that off would make sums too high. The same on every node.",
		[]string{"line", "kind", "outcome", "parent", "period"}, nil)
	descReferrals = prometheus.NewDesc("haven_reach_released_referrals",
		"Contacts by where the wrap-up says that they were led to, as released for the newest sealed year: the code of a partner, "+
			"line- and a line that they were handed over to, other or none; never by campaign. Noise is in every figure, so that it "+
			"can be below zero: cutting that off would make sums too high. The same on every node.",
		[]string{"line", "referral", "period"}, nil)
	descStart = prometheus.NewDesc("haven_reach_period_start_timestamp_seconds",
		"When the newest sealed period began, in Amsterdam.", []string{"period"}, nil)
	descEnd = prometheus.NewDesc("haven_reach_period_end_timestamp_seconds",
		"When the newest sealed period ended, in Amsterdam.", []string{"period"}, nil)
	descSince = prometheus.NewDesc("haven_reach_counted_since_timestamp_seconds",
		"When counting began; later than the period's start where that was in its middle.", []string{"period"}, nil)
	descStdDev = prometheus.NewDesc("haven_reach_noise_stddev",
		"Standard deviation of the noise in one figure; in a sum of n figures it is the square root of n times as large.",
		[]string{"table", "period"}, nil)
	descEpsilon = prometheus.NewDesc("haven_reach_privacy_epsilon",
		"What one visit pays of its privacy for this release.", []string{"table", "period"}, nil)
	descLost = prometheus.NewDesc("haven_reach_lost_daily_counts",
		"What a node counted on one day and was lost with it: how many of these, in the newest sealed period.", []string{"period"}, nil)
	descExample = prometheus.NewDesc("haven_reach_example",
		"1 where the figures of the period are invented, for a demonstration, else 0.", []string{"period"}, nil)
	descAll = []*prometheus.Desc{descVisits, descOutcomes, descReferrals, descStart, descEnd, descSince, descStdDev, descEpsilon, descLost, descExample}

	// cellDescs have the parts of a cell for their labels, and the span behind them.
	cellDescs = map[Table]struct {
		desc  *prometheus.Desc
		parts int
	}{Visits: {descVisits, 4}, Outcomes: {descOutcomes, 4}, Referrals: {descReferrals, 2}}
)

// collector shows released figures. Its metrics are made once for each reading of the ledger, so that a scrape asks
// nothing of the store and computes nothing.
type collector struct {
	releases func() *Releases

	mu   sync.Mutex
	of   *Releases // those from which made was made
	made []prometheus.Metric
}

// NewCollector shows what releases gives on /metrics/reach: sealed figures of the newest month and the newest year, with
// what has to be said beside them, and nothing that a visit changes before its period is sealed. Cells are those of the
// release and not of the configuration: a campaign that was taken out stays published. It belongs on a registry of its
// own. Releases is called for each scrape and may return nil, and then there is nothing to show; as long as it returns
// the same pointer, the figures are the same.
func NewCollector(releases func() *Releases) prometheus.Collector {
	return &collector{releases: releases}
}

func (c *collector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range descAll {
		out <- d
	}
}

func (c *collector) Collect(out chan<- prometheus.Metric) {
	for _, m := range c.metrics() {
		out <- m
	}
}

func (c *collector) metrics() []prometheus.Metric {
	r := c.releases()
	c.mu.Lock()
	defer c.mu.Unlock()
	if r != c.of {
		c.of, c.made = r, exposed(r)
	}
	return c.made
}

// newest is the newest period of a span that has every one of these tables.
func (r *Releases) newest(s Span, tables []Table) (found []*Release) {
	for _, p := range r.Periods(tables[0], s) {
		found = found[:0]
		for _, t := range tables {
			if one := r.Get(t, p); one != nil {
				found = append(found, one)
			}
		}
		if len(found) == len(tables) {
			return found
		}
	}
	return nil
}

// exposed makes the metrics of one reading of the ledger.
func exposed(r *Releases) []prometheus.Metric {
	if r == nil {
		return nil
	}
	var made []prometheus.Metric
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		made = append(made, prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...))
	}
	for _, e := range exported {
		found := r.newest(e.span, e.tables)
		if found == nil {
			continue
		}
		for _, t := range e.beside {
			if one := r.Get(t, found[0].Period); one != nil {
				found = append(found, one)
			}
		}
		span := string(e.span)
		since, lost, example := found[0].Since, 0, 0.0
		for _, one := range found {
			gauge(descStdDev, one.Epsilon.StdDev()*math.Sqrt(float64(max(one.Draws, 1))), string(one.Table), span)
			gauge(descEpsilon, one.Epsilon.Float(), string(one.Table), span)
			since, lost = max(since, one.Since), max(lost, one.LostDays)
			if one.Example {
				example = 1
			}
			of := cellDescs[one.Table]
			for _, cell := range slices.Sorted(maps.Keys(one.Cells)) {
				parts, n := cell.Parts(), one.Cells[cell]
				if len(parts) != of.parts {
					made = append(made, prometheus.NewInvalidMetric(of.desc, fmt.Errorf("reach: %s of %s has a cell of %d parts", one.Table, one.Period, len(parts))))
					continue
				}
				if one.Table == Visits && parts[1] != Other && parts[2] == Other {
					continue
				}
				gauge(of.desc, float64(n), append(parts, span)...)
			}
		}
		p := found[0].Period
		gauge(descStart, float64(p.Start().Unix()), span)
		gauge(descEnd, float64(p.End().Unix()), span)
		gauge(descSince, float64(max(since, p.From).Start().Unix()), span)
		gauge(descLost, float64(lost), span)
		gauge(descExample, example, span)
	}
	return made
}
