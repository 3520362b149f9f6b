package main

import (
	_ "embed"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"haven/metrics"
	"haven/metrics/reach"
	"haven/routing"
	"haven/web"
)

// exampleConfig is the configuration in the repository; `haven demo` runs it with every line open.
//
//go:embed haven.yaml
var exampleConfig []byte

// config is one deployment as the operator wrote it, with the defaults filled in.
type config struct {
	Listen        string // host:port, or unix:/path
	MetricsListen string // host:port
	Origin        string // scheme://host[:port], lower case; "" is that of Listen, on this machine only
	Embedders     []string
	Redis         redisConfig
	Phones        []phone
	JoinRate      int // joins a second of the whole deployment
	JoinBurst     int
	Durations     routing.Durations
	CodeKey       []byte // from the environment; without it there are no return codes
	Lines         []line
	Campaigns     []reach.Campaign
	Partners      []web.Partner
	Topics        []string // of the wrap-up
	Budgets       reach.Budgets

	now func() time.Time // by which lines open and close; nil for this machine's clock
}

// redisConfig is what of Redis is no secret. Addresses and passwords come from the environment.
type redisConfig struct {
	Prefix   string
	Sentinel string // name of the primary at the Sentinels, "" without Sentinel
	Cluster  bool   // one address that stands for a Cluster; several addresses mean one anyway
	Replicas int    // how many have to have a message before it is acked
}

type phone struct{ Name, Number string }

type line struct {
	routing.Line
	Typing bool // "is typing" may be sent
	Small  bool // exported only within line="all"
}

var (
	namePattern   = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)
	prefixPattern = regexp.MustCompile(`^[a-z0-9_-]{1,32}$`)
	numberPattern = regexp.MustCompile(`^[0-9+][0-9 -]{1,18}$`)
	masterPattern = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)
)

// languages are those that the pages speak.
var languages = []string{"nl", "en"}

const (
	defaultMetricsListen = "127.0.0.1:9464"
	defaultListen        = "127.0.0.1:8080"
	maxLines             = 32
)

func loadConfig(path string) (*config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parseConfig(path, data)
}

// parseConfig reads a configuration. Its error joins every mistake, each as file:line: what.
func parseConfig(file string, data []byte) (*config, error) {
	m := &mistakes{file: file}
	c := &config{
		Listen: defaultListen, MetricsListen: defaultMetricsListen,
		Redis:    redisConfig{Prefix: "haven"},
		JoinRate: 1000, JoinBurst: 20000,
		Durations: routing.DefaultDurations(),
		// A young person who is told "no" is always told whom to call.
		Phones: []phone{{"Alarmnummer", "112"}, {"De Kindertelefoon", "0800-0432"}},
		Topics: slices.Clone(reach.DefaultTopics), Budgets: reach.Budgets{Now: reach.Standard()},
	}
	doc, ok := parseYAML(m, data)
	if !ok {
		return nil, m.err()
	}
	listenLine, counted := doc.line, doc
	campaignLines, partnerLines := func() {}, func() {}
	doc.fields(map[string]func(value){
		"listen":         func(v value) { c.Listen, listenLine = v.address(true), v.line },
		"metrics_listen": func(v value) { c.MetricsListen = v.address(false) },
		"origin":         func(v value) { c.Origin = v.origin() },
		"embedders": func(v value) {
			v.list(func(v value) { c.Embedders = append(c.Embedders, v.origin()) })
		},
		"redis":        c.readRedis,
		"phones":       c.readPhones,
		"limits":       c.readLimits,
		"durations":    c.readDurations,
		"return_codes": c.readReturnCodes,
		"lines":        c.readLines,
		"reach":        func(v value) { counted = v; c.readReach(v) },
		"campaigns":    func(v value) { counted = v; campaignLines = c.readCampaigns(v) },
		"partners":     func(v value) { partnerLines = c.readPartners(v) },
	})
	campaignLines()
	partnerLines()
	if c.Origin == "" && c.Listen != "" && !loopback(c.Listen) {
		m.at(listenLine, "origin is missing: needed where listen is not a port of this machine alone")
	}
	if len(c.Lines) == 0 && len(m.errs) == 0 {
		m.at(1, "lines: at least one line is needed")
	}
	if len(m.errs) == 0 {
		wrongEach(counted, c.plan().Check())
	}
	if err := m.err(); err != nil {
		return nil, err
	}
	return c, nil
}

const replicasOnCluster = "replicas cannot be counted on a Cluster; leave redis.replicas out, and look at what `haven check` says of an ack there"

func (c *config) readRedis(v value) {
	v.fields(map[string]func(value){
		"prefix":   func(v value) { c.Redis.Prefix = v.match(prefixPattern, "1 to 32 of a-z, 0-9, - and _") },
		"sentinel": func(v value) { c.Redis.Sentinel = v.match(masterPattern, "the name of the primary") },
		"cluster":  func(v value) { c.Redis.Cluster = v.bool() },
		"replicas": func(v value) { c.Redis.Replicas = v.int(0, 5) },
	})
	if c.Redis.Cluster && c.Redis.Replicas > 0 {
		v.wrong("%s", replicasOnCluster)
	}
	if c.Redis.Cluster && c.Redis.Sentinel != "" {
		v.wrong("sentinel and cluster exclude each other")
	}
}

func (c *config) readPhones(v value) {
	c.Phones = nil
	v.list(func(v value) {
		var p phone
		v.fields(map[string]func(value){
			"name":   func(v value) { p.Name = v.short(64) },
			"number": func(v value) { p.Number = v.match(numberPattern, "digits, spaces and dashes") },
		})
		if p.Name == "" || p.Number == "" {
			v.wrong("name and number are both needed")
		}
		c.Phones = append(c.Phones, p)
	})
	if len(c.Phones) == 0 {
		v.wrong("at least one phone number is needed")
	}
}

func (c *config) readLimits(v value) {
	v.fields(map[string]func(value){
		"joins_per_second": func(v value) { c.JoinRate = v.int(1, 1_000_000) },
		"joins_burst":      func(v value) { c.JoinBurst = v.int(1, 10_000_000) },
	})
}

// readDurations takes the times that are a matter of how people work. The others are what the young person's
// page promises.
func (c *config) readDurations(v value) {
	v.fields(map[string]func(value){
		"ring":   func(v value) { c.Durations.Ring = v.duration(5*time.Second, 2*time.Minute) },
		"wrapup": func(v value) { c.Durations.Wrapup = v.duration(time.Second, 2*time.Minute) },
		// A matter of care, and no more than a coffee.
		"breather": func(v value) { c.Durations.Breather = v.duration(0, time.Hour) },
	})
}

func (c *config) readLines(v value) {
	type sisters struct {
		of, name string
		at       value
	}
	var named []sisters
	v.list(func(v value) {
		if len(c.Lines) == maxLines {
			v.wrong("more than %d lines", maxLines)
			return
		}
		l := line{Line: routing.Line{Langs: []string{"nl"}, CapPerCounsellor: 10, Target: 2 * time.Minute}}
		hasHours := false
		var mine []sisters
		overflow := v
		v.fields(map[string]func(value){
			"name": func(v value) {
				l.Name = v.match(namePattern, "1 to 32 of a-z, 0-9 and -")
				if l.Name == metrics.AllLines {
					v.wrong("%s stands for every line in the figures", metrics.AllLines)
				}
				if l.Name == reach.None || l.Name == reach.Other {
					v.wrong("%s stands in the figures for what is no line", l.Name)
				}
				if slices.ContainsFunc(c.Lines, func(o line) bool { return l.Name != "" && o.Name == l.Name }) {
					v.wrong("a second line %q", l.Name)
				}
			},
			"langs": func(v value) { l.Langs = v.langs() },
			"hours": func(v value) {
				hasHours = true
				hours, errs := parseHours(v.words())
				for _, err := range errs {
					v.wrong("%v", err)
				}
				l.Hours.Always, l.Hours.Week = hours.Always, hours.Week
			},
			"holidays": func(v value) {
				day := v.dayHours()
				l.Hours.Holidays = &day
			},
			"exceptions":         func(v value) { l.Hours.Except = v.exceptions() },
			"last_intake":        func(v value) { l.LastIntake = v.duration(0, 12*time.Hour) },
			"cap_per_counsellor": func(v value) { l.CapPerCounsellor = v.int(0, 100_000) },
			"target":             func(v value) { l.Target = v.duration(time.Second, 2*time.Hour) },
			"instead": func(v value) {
				v.list(func(v value) { mine = append(mine, sisters{name: v.string(), at: v}) })
			},
			"overflow": func(v value) { l.Overflow, overflow = v.duration(30*time.Second, 2*time.Hour), v },
			"typing":   func(v value) { l.Typing = v.bool() },
			"small":    func(v value) { l.Small = v.bool() },
			"practice": func(v value) { l.Practice = v.bool() },
		})
		if l.Name == "" {
			v.wrong("a line needs a name")
		}
		if !hasHours {
			v.wrong("a line needs hours")
		}
		for _, s := range mine {
			s.of = l.Name
			named = append(named, s)
			if slices.Contains(l.Instead, s.name) {
				s.at.wrong("%q stands here twice", s.name)
			}
			l.Instead = append(l.Instead, s.name)
		}
		if l.Overflow > 0 && len(mine) == 0 {
			overflow.wrong("nowhere to go: name a sister line in instead")
		}
		c.Lines = append(c.Lines, l)
	})
	at := func(name string) int { return slices.IndexFunc(c.Lines, func(l line) bool { return l.Name == name }) }
	for _, s := range named {
		switch of, to := at(s.of), at(s.name); {
		case s.name == s.of:
			s.at.wrong("%q is the line itself", s.name)
		case to < 0:
			s.at.wrong("there is no line %q", s.name)
		case of >= 0 && c.Lines[of].Practice != c.Lines[to].Practice:
			s.at.wrong("one of %q and %q is for practice: nobody is sent from the one kind to the other", s.of, s.name)
		}
	}
	if len(c.Lines) == 0 {
		v.wrong("at least one line is needed")
	}
}

func (v value) match(pattern *regexp.Regexp, what string) string {
	s, ok := text(v.node)
	if !ok || !pattern.MatchString(s) {
		v.wrong("%s is expected here", what)
		return ""
	}
	return s
}

func (v value) short(max int) string {
	s := v.string()
	if len(s) > max || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' }) {
		v.wrong("at most %d bytes of one line are expected here", max)
	}
	return s
}

func (v value) langs() []string {
	var langs []string
	v.list(func(v value) {
		switch s := v.string(); {
		case !slices.Contains(languages, s):
			v.wrong("the pages speak %s", strings.Join(languages, " and "))
		case slices.Contains(langs, s):
			v.wrong("%q stands here twice", s)
		default:
			langs = append(langs, s)
		}
	})
	if len(langs) == 0 {
		v.wrong("at least one language is needed")
	}
	return langs
}

// address is host:port, and unix:/path where a socket is allowed. "" after a mistake.
func (v value) address(unix bool) string {
	s := v.string()
	if s == "" {
		return ""
	}
	if err := checkAddress(s, unix); err != "" {
		v.wrong("%s", err)
		return ""
	}
	return s
}

// checkAddress says what is wrong with an address to listen on, "" for nothing.
func checkAddress(s string, unix bool) string {
	if path, ok := strings.CutPrefix(s, "unix:"); ok && unix {
		if !strings.HasPrefix(path, "/") || len(path) > 100 {
			return "unix: takes an absolute path of at most 100 bytes"
		}
		return ""
	}
	_, port, err := net.SplitHostPort(s)
	n, perr := strconv.Atoi(port)
	if err != nil || perr != nil || n < 0 || n > 65535 {
		if unix {
			return "an address such as 127.0.0.1:8080 or unix:/run/haven/haven.sock is expected here"
		}
		return "an address such as 127.0.0.1:9464 is expected here"
	}
	return ""
}

// loopback says whether only this machine reaches an address.
func loopback(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// origin is what a browser sends as Origin, so it is held to that spelling.
func (v value) origin() string {
	s := v.string()
	if s == "" {
		return ""
	}
	if err := checkOrigin(s); err != "" {
		v.wrong("%s", err)
		return ""
	}
	return s
}

func checkOrigin(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Hostname() == "" || (u.Scheme != "https" && u.Scheme != "http") ||
		s != u.Scheme+"://"+strings.ToLower(u.Host) {
		return "an origin such as https://chat.example.nl is expected here: scheme and host in lower case, no path"
	}
	switch port := u.Port(); {
	case u.Scheme == "https" && port == "443", u.Scheme == "http" && port == "80":
		return "browsers leave the usual port out of an origin: write it without :" + port
	}
	if u.Scheme == "http" && !loopback(net.JoinHostPort(u.Hostname(), "0")) {
		return "http is for this machine only: browsers seal nothing on a page that came without TLS"
	}
	return ""
}
