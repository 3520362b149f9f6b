package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"haven/chat"
	"haven/chat/client"
	"haven/chat/frame"
	"haven/metrics/reach"
	"haven/routing"
	"haven/routing/routingtest"
	"haven/web/staff"
)

const keptYAML = `listen: %s
metrics_listen: 127.0.0.1:0
origin: %s
lines:
  - {name: jip, langs: [nl, en], hours: always, cap_per_counsellor: 100, target: 1s, instead: [fier], overflow: 2h}
  - {name: fier, hours: always, cap_per_counsellor: 100, target: 1s}
campaigns:
  - {name: chatten-helpt, channels: [{name: poster, medium: offline}]}
`

// workday is a deployment on which everything happens that leaves something in the store.
type workday struct {
	*deployment
	*census
	ctx  context.Context
	stop func() // ends the watch
}

func (d *workday) must(err error) {
	d.deployment.t.Helper()
	if err != nil {
		d.deployment.t.Fatal(err)
	}
}

// met waits until an entry of the list was found in the store.
func (d *workday) met(key, field string) {
	d.deployment.t.Helper()
	name := key + "  " + field
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for tick := time.Tick(5 * time.Millisecond); !d.has(name); {
		select {
		case <-tick:
		case <-deadline.C:
			d.deployment.t.Fatalf("%s was never in the store", name)
		}
	}
}

const (
	chatsList = "<prefix>:{<prefix>}:chats"
	dueList   = "<prefix>:{<prefix>}:due"
	chatState = "<prefix>:{<chat>}:state"
)

// soon moves the deadlines of a kind into the past, as time would, until none of them is left.
func (d *workday) soon(kinds ...string) {
	d.deployment.t.Helper()
	const key = "haven:{haven}:due"
	until(d.deployment.t, d.ctx, func() bool {
		all, err := d.rdb.ZRange(d.ctx, key, 0, -1).Result()
		d.must(err)
		left := false
		for _, m := range all {
			kind, _, _ := strings.Cut(m, ":")
			if slices.Contains(kinds, kind) {
				left = true
				d.must(d.rdb.ZAddXX(d.ctx, key, redis.Z{Score: 1, Member: m}).Err())
			}
		}
		return !left
	})
}

func (d *workday) youth(w client.Want) *client.Youth {
	d.deployment.t.Helper()
	y := client.NewYouth(client.Options{URL: d.urls[0]})
	d.must(y.Connect(d.ctx))
	d.deployment.t.Cleanup(y.Cut)
	d.must(y.Visit(w.Campaign, w.Channel))
	_, err := y.Join(d.ctx, w)
	d.must(err)
	return y
}

func (d *workday) expect(s interface {
	Expect(context.Context, ...frame.Type) (client.Event, error)
}, t frame.Type) client.Event {
	d.deployment.t.Helper()
	e, err := s.Expect(d.ctx, t)
	d.must(err)
	return e
}

// accept takes the next offer at a desk.
func (d *workday) accept(desk *client.Desk, y *client.Youth) *client.Chat {
	d.deployment.t.Helper()
	c, err := desk.Assigned(d.ctx)
	d.must(err)
	_, err = y.Joined(d.ctx)
	d.must(err)
	return c
}

// newWorkday starts a node that is watched from its first write.
func newWorkday(t *testing.T, list []routing.Kept) *workday {
	ctx, cancel := context.WithTimeout(t.Context(), 6*patience)
	t.Cleanup(cancel)
	dep := &deployment{t: t, store: routingtest.Start(t), config: filepath.Join(t.TempDir(), "haven.yaml"), nodes: []*process{nil},
		urls: []string{"http://" + routingtest.FreeAddr(t)}, priv: []string{"http://" + routingtest.FreeAddr(t)}}
	dep.env = []string{redisEnv + "=unix://" + dep.store.Addr, codeKeyEnv + "=" + base64.StdEncoding.EncodeToString(freshCodeKey())}
	rdb := dep.store.Client()
	t.Cleanup(func() { rdb.Close() })
	if err := os.WriteFile(dep.config, fmt.Appendf(nil, keptYAML, strings.TrimPrefix(dep.urls[0], "http://"), dep.urls[0]), 0o600); err != nil {
		t.Fatal(err)
	}
	c := newCensus(t, rdb, list)
	d := &workday{dep, c, ctx, c.watch()}
	t.Cleanup(d.stop)
	dep.run(0)
	return d
}

// TestStoreHoldsWhatTheListSays lets everything happen on a real deployment and looks at the whole store all the while:
// all that stands there is in the list, all that is in the list stood there, and nothing stays longer than it says.
func TestStoreHoldsWhatTheListSays(t *testing.T) {
	cfg, err := parseConfig("", []byte("lines: [{name: jip, hours: always}]"))
	if err != nil {
		t.Fatal(err)
	}
	list := inventory(cfg)
	d := newWorkday(t, list)
	d.chats()
	d.handover()
	d.leads()
	d.overflow()
	d.accounts()
	d.ledger()
	d.theEnd()

	wrong, never := d.faults()
	for _, w := range wrong {
		t.Error(w)
	}
	for _, n := range never {
		t.Errorf("in the list, and never in the store: %s", n)
	}
	t.Logf("%d entries, %d moments", len(d.rules), d.looks)
	d.mutants(list)
}

// chats is two counsellors' morning.
func (d *workday) chats() {
	sanne := d.counsellor("Sanne", 0, 1, nil)
	first := d.youth(client.Want{Line: "jip"})
	withSanne := d.accept(sanne, first)
	noor := d.counsellor("Noor de V.", 0, 1, nil)
	d.met("<prefix>:{<prefix>}:free", "<line>:<lang>:<room>:<idle>:<name>")
	x := d.youth(client.Want{Line: "jip", Lang: "nl", Topic: "school", Campaign: "chatten-helpt", Channel: "poster"})
	o := d.expect(noor, frame.TOffer)
	d.met(chatsList, "<chat>.f")
	d.met(dueList, "ring:<offer>")
	d.must(noor.Decline(o.Offer)) // Sanne has no room, so nobody else is rung and the pass stays
	d.met(chatsList, "<chat>.x.<name>")
	d.must(noor.Take())
	c := d.accept(noor, x)

	m := x.Say("hoi")
	d.expect(noor, frame.TMsg)
	c.Say("dag")
	heard := d.expect(x, frame.TMsg)
	until(d.deployment.t, d.ctx, func() bool { return x.Unacked() == 0 && c.Unacked() == 0 })
	d.must(x.Read(heard.Seq))
	d.must(c.Read(m.Seq))
	d.must(x.Quiet(true))
	d.expect(noor, frame.TQuiet)

	x.Cut()
	d.expect(noor, frame.TGone)
	d.met(dueList, "away:<chat>")
	d.must(x.Connect(d.ctx))
	d.expect(noor, frame.TBack)
	noor.Cut()
	d.expect(x, frame.TAway)
	d.met(chatsList, "<chat>.w8")
	d.met(dueList, "grace:<name>")
	d.must(noor.Reconnect(d.ctx, ""))
	_, err := x.ExpectThat(d.ctx, func(e *client.Event) bool { return e.T == frame.TJoined })
	d.must(err)

	// Somebody in danger goes past somebody who has waited too long already.
	late := d.youth(client.Want{Line: "jip"})
	d.waits(late, 3*time.Second)
	urgent := d.youth(client.Want{Line: "jip", Urgent: true})
	d.must(noor.Ready(2))
	danger := d.accept(noor, urgent)
	d.met("<prefix>:{<prefix>}:streak", "<line>")
	d.must(urgent.Code())
	words := d.expect(urgent, frame.TCode).Words
	d.met(chatsList, "<chat>.m")

	// They leave in a hurry, and are back in it by the code.
	d.must(urgent.Hide())
	d.expect(noor, frame.TGone)
	urgent = d.youth(client.Want{Line: "jip", Return: words})
	d.accept(noor, urgent)
	d.met(chatState, "old.o")
	d.met(chatState, "old.s")
	d.must(urgent.Leave())
	d.wrapsUp(noor, danger.ID())

	// One gives up the place in line, one a chat, and one chat ends before its last word was read.
	late.Cut()
	d.met(dueList, "held:<chat>")
	d.soon("held")

	// One was here before and has the words, another types wrong ones.
	wrong := client.NewYouth(client.Options{URL: d.urls[0]})
	d.must(wrong.Connect(d.ctx))
	d.must(wrong.Ask(client.Want{Line: "jip", Return: "kast boom fiets zee"}))
	d.expect(wrong, frame.TError)
	wrong.Cut()
	again := d.youth(client.Want{Line: "jip", Return: words})
	d.met(dueList, "prefer:<chat>")
	d.met(chatsList, "<chat>.n")
	d.met("<prefix>:{<prefix>}:kept", "<chat>")
	d.must(again.Anyone())
	d.met(chatsList, "<chat>.an")
	rings, err := noor.ExpectThat(d.ctx, func(e *client.Event) bool { return e.T == frame.TOffer && e.Chat == again.ID() })
	d.must(err)
	d.must(noor.Accept(&rings))
	d.expect(noor, frame.TAssigned)
	_, err = again.Joined(d.ctx)
	d.must(err)
	d.must(again.Leave())
	d.wrapsUp(noor, again.ID())

	first.Cut()
	d.expect(sanne, frame.TGone)
	d.soon("away")
	d.met(dueList, "front:<chat>")
	d.soon("front")
	d.wrapsUp(sanne, withSanne.ID())
	c.Say("tot de volgende keer")
	until(d.deployment.t, d.ctx, func() bool { return c.Unacked() == 0 })
	d.must(noor.End(c.ID(), "done"))
	d.met(dueList, "linger:<chat>")
	d.soon("linger")
	d.wrapsUp(noor, c.ID())
	d.met(chatState, "r")
	noor.Cut()
	sanne.Cut()
}

// waits lets somebody stand in line for a while, by the store's own clock.
func (d *workday) waits(y *client.Youth, long time.Duration) {
	d.deployment.t.Helper()
	chat := y.ID()
	until(d.deployment.t, d.ctx, func() bool {
		now, err := d.rdb.Time(d.ctx).Result()
		d.must(err)
		raw, err := d.rdb.HGet(d.ctx, "haven:{haven}:chats", chat).Result()
		d.must(err)
		var since int64
		_, after, _ := strings.Cut(raw, `"a":`)
		fmt.Sscan(after, &since)
		return since > 0 && now.Unix()-since >= int64(long/time.Second)
	})
}

func (d *workday) wrapsUp(desk *client.Desk, chat string) {
	d.deployment.t.Helper()
	_, err := desk.ExpectThat(d.ctx, func(e *client.Event) bool { return e.T == frame.TEnded && e.Chat == chat })
	d.must(err)
	d.met(dueList, "wrap:<name>:<chat>")
	d.must(desk.Wrapup(chat, frame.Inbound{Kind: "young_person", Outcome: "signal", Topic: "school"}))
	d.must(desk.Beat())
	d.expect(desk, frame.TBeat)
}

// accounts is what an administrator does, and somebody who guesses passwords.
func (d *workday) accounts() {
	s := staff.New(d.rdb, staff.Config{})
	d.must(s.Add(d.ctx, staff.Account{Name: "Zoë", Role: staff.RoleLead, Lines: []string{"jip"}, Langs: []string{"nl"}}, "correct horse"))
	if _, err := s.Login(d.ctx, "Zoë", "wrong horse"); err != staff.ErrLogin {
		d.deployment.t.Fatal(err)
	}
	d.must(d.look(d.ctx))
	session, err := s.Login(d.ctx, "Zoë", "correct horse")
	d.must(err)
	_, err = s.Ticket(d.ctx, session)
	d.must(err)
	d.must(d.look(d.ctx))
	d.must(s.Disable(d.ctx, "Zoë"))
}

// ledger is a node's reach over a year, on a clock of its own.
func (d *workday) ledger() {
	at := time.Date(2090, 3, 1, 12, 0, 0, 0, time.UTC)
	plan := &reach.Plan{
		Lines: []string{"jip"}, Topics: reach.DefaultTopics, Budgets: reach.Budgets{Now: reach.Standard()},
		Partners:  []reach.Partner{{Code: "veilig-thuis", Name: "Veilig Thuis"}},
		Campaigns: []reach.Campaign{{Name: "chatten-helpt", Lines: []string{"jip"}, Channels: []reach.Channel{{Name: "poster", Medium: reach.Offline}}}},
	}
	const prefix = "reach"
	node := func() *reach.Ledger {
		l, err := reach.New(d.rdb, reach.Config{
			Prefix: prefix, Plan: plan, Beside: d.rdb, Now: func() time.Time { return at }, Promised: func(string, reach.Day) int { return 480 },
			StoreNow: func(context.Context) (time.Time, error) { return at, nil },
			Board: func(context.Context) ([]routing.LineView, error) {
				return []routing.LineView{{Line: "jip", Open: true, OnDuty: 1}}, nil
			},
		})
		d.must(err)
		return l
	}
	l := node()
	running, stop := context.WithCancel(d.ctx)
	stop()
	d.must(l.Begin(d.ctx))
	l.Count(chat.Visit{Line: "jip", Campaign: "chatten-helpt", Channel: "poster", Stage: chat.Answered, Block: l.Block()})
	l.ChatArrived("jip")
	d.must(l.Run(running)) // notes who is on duty, once
	d.must(l.Flush(d.ctx))
	d.must(l.Enter(d.ctx, reach.Entered{Campaign: "chatten-helpt", Channel: "poster", Month: reach.PeriodOf(reach.Month, reach.DayOf(at)),
		Reached: 12000, CostCents: 25000, Activities: map[string]int64{"guest_lesson": 3}}))
	d.must(d.rdb.HSet(d.ctx, prefix+":{"+prefix+":reach}:meta", "flushes", 0).Err()) // an old copy is put back
	d.must(l.Begin(d.ctx))
	d.must(d.look(d.ctx))
	d.must(d.rdb.HSet(d.ctx, prefix+":{"+prefix+":reach}:meta", "life", strings.Repeat("A", 22)).Err()) // it was emptied and opened anew
	d.must(l.Begin(d.ctx))
	d.must(d.look(d.ctx))
	at = at.AddDate(1, 1, 0)
	l = node() // which cannot know whether this is an old copy, and draws noise once more
	d.must(l.Begin(d.ctx))
	d.must(d.look(d.ctx))
	tick, end := context.WithCancel(d.ctx)
	ran := make(chan error, 1)
	go func() { ran <- l.Run(tick) }()
	until(d.deployment.t, d.ctx, func() bool {
		open := d.rdb.SMembers(d.ctx, prefix+":{"+prefix+":reach}:opened").Val()
		return !slices.ContainsFunc(open, func(name string) bool { return strings.Contains(name, ":2090") })
	})
	end()
	d.must(<-ran)
	d.must(d.look(d.ctx))
	d.must(reach.WriteExample(d.ctx, d.rdb, "example", plan, reach.DayOf(at)))
}

// theEnd lets every deadline fall due. What then is left is what the list says stays, what expires by itself, and the
// node that still runs.
func (d *workday) theEnd() {
	t := d.deployment.t
	kinds := []string{"held", "away", "front", "linger", "pass", "tomb", "code", "apply", "ring", "offer", "lease", "grace", "wrap", "owed"}
	for range 3 { // one leads to another
		d.soon(kinds...)
	}
	d.stop()
	before := d.census.found
	d.census.found = map[string]bool{}
	d.must(d.look(d.ctx))
	for _, r := range d.rules {
		if d.census.found[r.name] && r.Place == routing.InChats && (r.By == routing.Event || r.By == routing.Deadline) && r.Field != "node:<node>" {
			t.Errorf("still there when all is over: %s", r.name)
		}
	}
	for n := range before {
		d.census.found[n] = true
	}
}

// mutants shows that the census would see an entry that is missing from the list, and one that nobody writes.
func (d *workday) mutants(list []routing.Kept) {
	t := d.deployment.t
	for i := range d.rules {
		without := &census{t: t, rules: slices.Delete(slices.Clone(d.rules), i, i+1), found: map[string]bool{}, known: map[string]*rule{}, wrong: map[string]bool{}}
		missed := false
		for at, r := range d.known {
			if r != nil && r.name == d.rules[i].name {
				key, field, _ := strings.Cut(at, "\x00")
				missed = missed || without.rule(spot{key: key, field: field}) == nil
			}
		}
		if !missed {
			t.Errorf("without %s nothing would be missed", d.rules[i].name)
		}
	}
	invented := append(slices.Clone(list), routing.Kept{Place: routing.InChats, Key: chatState, Field: "address", By: routing.Expiry, Longest: time.Hour})
	c := newCensus(t, d.rdb, invented)
	c.found = d.census.found
	if _, never := c.faults(); len(never) != 1 || never[0] != chatState+"  address" {
		t.Errorf("an entry that nobody writes is told as %q", never)
	}
	for what, s := range map[string]spot{
		"a longer life":      {key: "haven:{" + strings.Repeat("A", 22) + "}:state", field: "tok", value: "x", ttl: 4 * time.Hour},
		"a life for ever":    {key: "haven:{" + strings.Repeat("A", 22) + "}:state", field: "tok", value: "x", ttl: -1},
		"a late deadline":    {key: "haven:{haven}:due", field: "held:" + strings.Repeat("A", 22), value: "x", ttl: -1, due: 1000 + 902},
		"no number":          {key: "haven:{haven}:tickets", value: "Sanne", ttl: -1},
		"a key of its own":   {key: "haven:{" + strings.Repeat("A", 22) + "}:peer", value: "127.0.0.1", ttl: time.Hour},
		"a field of its own": {key: "haven:{haven}:chats", field: strings.Repeat("A", 22) + ".ip", value: "127.0.0.1", ttl: -1},
	} {
		if wrong := c.judge(1000, []spot{s}); len(wrong) != 1 {
			t.Errorf("%s: %q", what, wrong)
		}
	}
	after := []spot{
		{key: "haven:{haven}:chats", field: strings.Repeat("A", 22) + ".s", value: "x", ttl: -1},
		{key: "haven:{haven}:chats", field: strings.Repeat("A", 22) + ".a", value: "12", ttl: -1},
	}
	if wrong := c.judge(1000, after); len(wrong) != 2 {
		t.Errorf("an arrival kept after the end, and no end of it: %q", wrong)
	}
}
