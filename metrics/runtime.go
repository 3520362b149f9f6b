package metrics

import (
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Build says which build this is.
type Build struct {
	Version  string // "v1.2.3" or "(devel)"
	Revision string // of the source, "" where the build does not know it
	Go       string // version of the Go toolchain
}

// ReadBuild is the build of this binary, as the Go toolchain wrote it there.
func ReadBuild() Build {
	b := Build{Version: "(devel)", Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if info.Main.Version != "" {
		b.Version = info.Main.Version
	}
	if i := slices.IndexFunc(info.Settings, func(s debug.BuildSetting) bool { return s.Key == "vcs.revision" }); i >= 0 {
		b.Revision = info.Settings[i].Value
	}
	return b
}

func (b Build) collector() prometheus.Collector {
	g := prometheus.NewGauge(prometheus.GaugeOpts{
		Name:        "haven_build_info",
		Help:        "Always 1; the labels say which build this is.",
		ConstLabels: prometheus.Labels{"version": b.Version, "revision": b.Revision, "goversion": b.Go},
	})
	g.Set(1)
	return g
}

// runtimeCollectors tell about the process as a whole. The process's network bytes are left out: with one chat going
// on, two scrapes apart, they are the size of what was just said.
func runtimeCollectors() []prometheus.Collector {
	return []prometheus.Collector{
		collectors.NewGoCollector(),
		newWithout(collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), `"process_network_`),
	}
}

// without passes on a collector's metrics except those whose description holds a text.
type without struct {
	inner prometheus.Collector
	kept  map[*prometheus.Desc]bool
}

func newWithout(inner prometheus.Collector, text string) *without {
	w := &without{inner: inner, kept: make(map[*prometheus.Desc]bool)}
	descs := make(chan *prometheus.Desc)
	go func() {
		defer close(descs)
		inner.Describe(descs)
	}()
	for d := range descs {
		if !strings.Contains(d.String(), text) {
			w.kept[d] = true
		}
	}
	return w
}

func (w *without) Describe(out chan<- *prometheus.Desc) {
	for d := range w.kept {
		out <- d
	}
}

func (w *without) Collect(out chan<- prometheus.Metric) {
	all := make(chan prometheus.Metric)
	go func() {
		defer close(all)
		w.inner.Collect(all)
	}()
	for m := range all {
		if w.kept[m.Desc()] {
			out <- m
		}
	}
}
