package routing

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"haven/routing/routingtest"
	"haven/routing/simulate"

	"pgregory.net/rapid"
)

// agreeLines leave the clock out of it: whoever waits in jip is over its target at once, in fier never. Who is asked
// about the other line has waited for half an hour (agree.overflows).
var agreeLines = []Line{
	{Name: "jip", Langs: []string{"nl", "en"}, Hours: Hours{Always: true}, CapPerCounsellor: 4, Target: -time.Second,
		Overflow: 20 * time.Minute, Instead: []string{"fier"}},
	{Name: "fier", Langs: []string{"nl"}, Hours: Hours{Always: true}, CapPerCounsellor: 1, Target: time.Hour,
		Overflow: 20 * time.Minute, Instead: []string{"jip"}},
}

// TestModelAgreesWithScripts gives one random sequence of events to the scripts and to the model of routing/simulate,
// and compares all that decides who is offered what after each: places, tickets, rings, rooms, who is free in which
// order, passes, streaks, and who is asked what.
func TestModelAgreesWithScripts(t *testing.T) { agrees(t) }

// TestModelAgreesOnOverflow is the same for what has to do with it, so that more of it happens.
func TestModelAgreesOnOverflow(t *testing.T) {
	agrees(t, "overflow", "overflow too", "consent", "consent too", "drop", "back", "ready", "accept", "decline", "end", "wrap-up",
		"rest", "move", "pause", "time", "code", "ask again")
}

// agrees gives events to both, of some names or of all.
func agrees(t *testing.T, names ...string) {
	rdb, prefix := routingtest.Client(t)
	run, steps, rang, overflowed := 0, 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		run++
		r, err := New(rdb, Config{Prefix: fmt.Sprintf("%s-%d", prefix, run), Node: "node1", Lines: agreeLines, CodeKey: make([]byte, 32)}, nobody{},
			slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		far, err := New(rdb, Config{Prefix: r.cfg.Prefix, Node: "node2", Lines: agreeLines, CodeKey: r.cfg.CodeKey}, nobody{}, r.log)
		if err != nil {
			t.Fatal(err)
		}
		r.legs, far.legs = 0, 0 // the model has no clock: a handover that falls due is over
		a := &agree{bench: &bench{r, t, t.Context()}, nodes: []*Router{r, far}, told: map[int]int64{}, codes: map[int]string{},
			legs: map[int]bool{}}
		var lines []simulate.Line
		for _, l := range agreeLines {
			lines = append(lines, simulate.Line{Name: l.Name, Langs: numbered(l.Langs, agreeLang), CapPerCounsellor: l.CapPerCounsellor, TargetS: int(secs(l.Target))})
		}
		a.model = simulate.NewState(simulate.Haven, 1, len(agreePeople), lines...)
		for _, who := range agreePeople {
			a.enters(who)
			a.readies(who.Name, 1)
		}
		a.holds(t)
		actions := map[string]func(*rapid.T){
			"join": a.joins, "join too": a.joins, "leave": a.leaves, "drop": a.drops, "back": a.backs,
			"enter":  func(t *rapid.T) { a.enters(a.who(t)) },
			"ready":  func(t *rapid.T) { a.readies(a.who(t).Name, rapid.IntRange(1, 3).Draw(t, "capacity")) },
			"rest":   a.rests,
			"take":   a.takes,
			"accept": a.accepts, "decline": a.declines, "ring over": a.missed,
			"end": a.ends, "wrap-up": a.wraps, "desk drop": a.deskDrops, "rekey": a.rekeys, "code": a.reenters,
			"lease, grace": a.deskTimes, "time": a.times, "time too": a.times, "node over": a.nodeOver, "shut": a.shuts,
			"propose": a.proposes, "propose too": a.proposes, "consent": a.consents, "consent too": a.consents, "keep": a.keeps,
			"anyone": a.anybody, "ask again": a.asksAgain, "pause": a.pauses, "move": a.leads, "breather": a.breathers, "overflow": a.overflows, "overflow too": a.overflows,
			"": a.holds,
		}
		maps.DeleteFunc(actions, func(name string, _ func(*rapid.T)) bool {
			return name != "" && len(names) > 0 && !slices.Contains(names, name)
		})
		t.Repeat(actions)
		if len(names) > 0 {
			t.Repeat(actions) // a longer day
			t.Repeat(actions)
		}
		steps, rang, overflowed = steps+a.steps, rang+a.rang, overflowed+a.overflowed
	})
	t.Logf("%d runs, %d events, %d rings, %d asked about another line", run, steps, rang, overflowed)
}

// The model has numbers for lines, for languages, and for counsellors from 1.
func agreeLine(name string) int {
	return slices.IndexFunc(agreeLines, func(l Line) bool { return l.Name == name })
}

func agreeLang(lang string) int { return slices.Index([]string{"nl", "en"}, lang) }

func agreeWho(name string) int {
	return 1 + slices.IndexFunc(agreePeople, func(who OnDuty) bool { return who.Name == name })
}

func agreeName(who int) string {
	if who == 0 {
		return ""
	}
	return agreePeople[who-1].Name
}

func numbered(names []string, number func(string) int) []int {
	var out []int
	for _, name := range names {
		out = append(out, number(name))
	}
	return out
}

type agree struct {
	*bench
	nodes       []*Router
	model       *simulate.State
	chats       []string // by number, and the offers of handovers
	owed        [][2]string
	told        map[int]int64 // what the model had its own state told of a chat
	codes       map[int]string
	legs        map[int]bool
	steps, rang int
	overflowed  int
}

// apply has the model do what the scripts did.
func (a *agree) apply(e simulate.Event) simulate.Outcome {
	a.steps++
	o := a.model.Apply(0, e)
	a.rang += len(a.model.Offers)
	for _, c := range a.model.Changed {
		a.told[c.Chat]++
	}
	return o
}

// swept is apply behind a sweep, which offers all it can and asks those who wait long.
func (a *agree) swept(e simulate.Event) {
	a.apply(e)
	a.matchesAndAsks(nil)
}

func (a *agree) matchesAndAsks(unanswered []int) {
	for a.model.Apply(0, simulate.Event{Kind: simulate.Match}); len(a.model.Offers) > 0; {
		a.model.Apply(0, simulate.Event{Kind: simulate.Match})
	}
	a.asks(unanswered)
}

func (a *agree) same(t fataler, what string, got error, want simulate.Outcome) {
	t.Helper()
	if (got == nil) != (want == simulate.Done) {
		t.Fatalf("%s: the scripts say %v, the model %s", what, got, want)
	}
}

func (a *agree) who(t *rapid.T) OnDuty { return rapid.SampledFrom(agreePeople).Draw(t, "who") }

// some is the number of a chat in one of the phases, or any now and then.
func (a *agree) some(t *rapid.T, phases ...simulate.Phase) int {
	var fit []int
	for i := range a.chats {
		if c := a.model.Chat(i); c != nil && c.Of < 0 && slices.Contains(phases, c.Phase) {
			fit = append(fit, i)
		}
	}
	if len(fit) == 0 || rapid.IntRange(0, 19).Draw(t, "any") == 0 {
		var all []int
		for i := range a.chats {
			if !a.legs[i] {
				all = append(all, i)
			}
		}
		if len(all) == 0 {
			t.Skip("no chat yet")
		}
		return rapid.SampledFrom(all).Draw(t, "chat")
	}
	return rapid.SampledFrom(fit).Draw(t, "chat")
}

func (a *agree) joins(t *rapid.T) {
	a.joinsTo(t, rapid.SampledFrom([]string{"jip", "jip", "fier"}).Draw(t, "line"))
}

func (a *agree) joinsTo(t *rapid.T, line string) {
	n := len(a.chats)
	j := Join{Line: line, Lang: "nl", Urgent: rapid.Bool().Draw(t, "urgent"),
		PK: "pk", Sock: strconv.Itoa(n), Prefer: rapid.SampledFrom([]string{"", "", "", "ann", "cas"}).Draw(t, "for")}
	if j.Line == "jip" && rapid.Bool().Draw(t, "en") {
		j.Lang = "en"
	}
	joined, err := a.Join(a.ctx, j)
	e := simulate.Event{Kind: simulate.Join, Chat: n, Line: agreeLine(j.Line), Lang: agreeLang(j.Lang), Urgent: j.Urgent, Node: 1}
	if j.Prefer != "" {
		e.For = agreeWho(j.Prefer)
	}
	o := a.apply(e)
	var refused *Refusal
	if errors.As(err, &refused) && string(o) != refused.Reason {
		t.Fatalf("join: refused as %s, the model says %s", refused.Reason, o)
	}
	a.same(t, "join", err, o)
	if err == nil {
		a.chats = append(a.chats, joined.Chat)
	}
}

func (a *agree) leaves(t *rapid.T) {
	n := a.some(t, simulate.Waiting, simulate.Offered, simulate.Held, simulate.Talking)
	a.owes(n)
	a.ok(a.Leave(a.ctx, a.chats[n]))
	a.apply(simulate.Event{Kind: simulate.Leave, Chat: n})
}

func (a *agree) owes(n int) {
	c := a.model.Chat(n)
	if c == nil || c.Phase != simulate.Talking {
		return
	}
	if w := [2]string{agreeName(c.Owner), a.chats[n]}; !slices.Contains(a.owed, w) {
		a.owed = append(a.owed, w)
	}
}

// at is the node of a chat's socket, and the socket.
func (a *agree) at(n int) (*Router, string) {
	var node, sock string
	if c := a.read().chats[a.chats[n]]; c != nil {
		node, sock, _ = strings.Cut(c.Sock, "/")
	}
	for _, r := range a.nodes {
		if r.cfg.Node == node {
			return r, sock
		}
	}
	return a.Router, "none"
}

func (a *agree) drops(t *rapid.T) {
	n := a.some(t, simulate.Waiting, simulate.Offered, simulate.Talking)
	r, sock := a.at(n)
	a.ok(r.Drop(a.ctx, a.chats[n], sock))
	a.apply(simulate.Event{Kind: simulate.Drop, Chat: n})
}

func (a *agree) backs(t *rapid.T) {
	n, node := a.some(t, simulate.Held, simulate.Lost, simulate.Talking), rapid.IntRange(1, 2).Draw(t, "node")
	_, _, err := a.shared(a.ctx, "back", -1, a.chats[n], fmt.Sprintf("node%d/%d-%d", node, n, a.steps), a.langs, "[]")
	a.ok(err)
	a.apply(simulate.Event{Kind: simulate.Back, Chat: n, Node: node})
}

func (a *agree) enters(who OnDuty) {
	_, err := a.Enter(a.ctx, who, "d-"+who.Name)
	a.ok(err)
	a.apply(simulate.Event{Kind: simulate.Enter, Who: agreeWho(who.Name), Lines: numbered(who.Lines, agreeLine), Langs: numbered(who.Langs, agreeLang)})
}

func (a *agree) readies(name string, capacity int) {
	a.same(a.t, "ready", a.SetReady(a.ctx, name, capacity), a.apply(simulate.Event{Kind: simulate.Ready, Who: agreeWho(name), Capacity: capacity}))
}

func (a *agree) rests(t *rapid.T) {
	name := a.who(t).Name
	a.same(t, "rest", a.Rest(a.ctx, name), a.apply(simulate.Event{Kind: simulate.Rest, Who: agreeWho(name)}))
}

func (a *agree) takes(t *rapid.T) {
	name := a.who(t).Name
	_, err := a.Take(a.ctx, name)
	a.same(t, "take", err, a.apply(simulate.Event{Kind: simulate.Take, Who: agreeWho(name)}))
}

// ringing is somebody whose desk rings, and the offer.
func (a *agree) ringing(t *rapid.T) (string, string) {
	name, s := a.who(t).Name, a.read()
	if d := s.counsellors[name]; d == nil || d.Offer == "" {
		t.Skip("nothing rings")
	}
	return name, s.counsellors[name].Offer
}

func (a *agree) accepts(t *rapid.T) {
	name, offer := a.ringing(t)
	_, err := a.Accept(a.ctx, name, offer, "k")
	a.same(t, "accept", err, a.apply(simulate.Event{Kind: simulate.Accept, Who: agreeWho(name)}))
}

func (a *agree) declines(t *rapid.T) {
	name, offer := a.ringing(t)
	a.same(t, "decline", a.Decline(a.ctx, name, offer), a.apply(simulate.Event{Kind: simulate.Decline, Who: agreeWho(name)}))
}

func (a *agree) missed(t *rapid.T) {
	name, offer := a.ringing(t)
	a.soon("ring:" + offer)
	a.swept(simulate.Event{Kind: simulate.RingOver, Who: agreeWho(name)})
}

func (a *agree) ends(t *rapid.T) {
	n := a.some(t, simulate.Talking)
	c := a.model.Chat(n)
	if c == nil || c.Phase != simulate.Talking {
		t.Skip("no conversation")
	}
	a.owes(n)
	reason := rapid.SampledFrom([]string{ReasonDone, ReasonStopped}).Draw(t, "reason")
	a.same(t, "end", a.End(a.ctx, agreeName(c.Owner), a.chats[n], reason), a.apply(simulate.Event{Kind: simulate.End, Chat: n}))
}

// wraps gives a wrap-up or lets its time run out: either frees the place.
func (a *agree) wraps(t *rapid.T) {
	if len(a.owed) == 0 {
		t.Skip("no wrap-up is owed")
	}
	i := rapid.IntRange(0, len(a.owed)-1).Draw(t, "owed")
	name, chat := a.owed[i][0], a.owed[i][1]
	a.owed = slices.Delete(a.owed, i, i+1)
	e := simulate.Event{Kind: simulate.WrapOver, Who: agreeWho(name), Chat: slices.Index(a.chats, chat)}
	if rapid.Bool().Draw(t, "given") {
		e.Heavy = rapid.IntRange(0, 2).Draw(t, "heavy") == 0
		a.ok(a.Wrapup(a.ctx, name, chat, Wrapup{Heavy: e.Heavy}))
		a.apply(e)
	} else {
		a.soon("wrap:" + name + ":" + chat)
		a.swept(e)
	}
}

// holds compares everything that stands.
func (a *agree) holds(t *rapid.T) {
	s, m := a.read(), a.model
	number := map[string]int{"": -1}
	for i, chat := range a.chats {
		number[chat] = i
	}
	for i, chat := range a.chats {
		got, want := "over", "over"
		if c := s.chats[chat]; c != nil && c.State != "x" && c.State != "d" {
			got = fmt.Sprintf("%s class %d ticket %d owner %q passed %v epoch %d version %d for %q", c.State, c.Class, c.Ticket, c.Owner,
				tickets(c.Passed), c.Epoch, c.Version, c.For)
			if c.Of == "" {
				got += fmt.Sprintf(" up %v, let be %v, asked no more about %v", c.Sock != "", c.LetBe > 1, slices.Sorted(maps.Keys(c.No)))
			}
			if a := c.Asked; a != nil {
				got += fmt.Sprintf(" asked %d %s %q %v", number[a.Offer], a.Line, a.Name, a.Agreed)
			}
		}
		if c := m.Chat(i); c != nil {
			want = fmt.Sprintf("%c class %d ticket %d owner %q passed %v epoch %d version %d for %q", c.Phase, c.Class, c.Ticket, agreeName(c.Owner),
				passes(m, c), c.Epoch, a.told[i], agreeName(c.For))
			if c.Of < 0 {
				want += fmt.Sprintf(" up %v, let be %v, asked no more about %v", c.Up, c.LetBe, noMore(c.Refused))
			}
			if a := c.Ask; a.Open {
				want += fmt.Sprintf(" asked %d %s %q %v", a.Leg, agreeLines[a.Line].Name, agreeName(a.Who), a.Yes)
			}
		}
		if got != want {
			t.Fatalf("chat %d: the scripts have %s, the model has %s", i, got, want)
		}
	}
	for i, who := range agreePeople {
		if m.Counsellor(i+1) != nil && s.counsellors[who.Name] == nil {
			t.Fatalf("the scripts have no %s", who.Name)
		}
	}
	for name, d := range s.counsellors {
		c := m.Counsellor(agreeWho(name))
		if c == nil {
			t.Fatalf("the model has no %s", name)
		}
		_, rest, _ := strings.Cut(s.offers[d.Offer], ":")
		chat, _, _ := strings.Cut(rest, ":")
		got := fmt.Sprintf("up %v ready %v breather %v capacity %d places %d rings %d ready at %d idle %d", d.Sock != "",
			d.State == StateReady, d.Breath != 0, d.Capacity,
			d.Held, number[chat], d.Ready, d.Idle)
		want := fmt.Sprintf("up %v ready %v breather %v capacity %d places %d rings %d ready at %d idle %d", c.Up, c.Ready, c.Breather, c.Capacity,
			c.Places, c.Rings, c.ReadyAt, c.Idle)
		if got != want {
			t.Fatalf("%s: the scripts have %s, the model has %s", name, got, want)
		}
	}
	for i, l := range agreeLines {
		for _, g := range l.Langs {
			p := l.Name + ":" + g + ":"
			var got, want []string
			for _, m := range s.zsets["waiting"] {
				if strings.HasPrefix(m, p) {
					got = append(got, strconv.Itoa(number[m[strings.LastIndexByte(m, ':')+1:]]))
				}
			}
			for _, m := range s.zsets["free"] {
				if strings.HasPrefix(m, p) {
					got = append(got, m[strings.LastIndexByte(m, ':')+1:])
				}
			}
			for _, c := range m.InLine(i, agreeLang(g)) {
				want = append(want, strconv.Itoa(c.ID))
			}
			for _, c := range m.Free(i, agreeLang(g)) {
				want = append(want, agreeName(c.Number))
			}
			if !slices.Equal(got, want) {
				t.Fatalf("%s waiting and free: the scripts have %v, the model has %v", p, got, want)
			}
		}
	}
	var got, want []string
	for _, q := range s.zsets["asked"] {
		f := strings.Split(q, ":") // line, language, chat, offer; one that does not stand is dropped by the next look
		if r := s.chats[f[2]]; r != nil && r.Asked != nil && r.Asked.Offer == f[3] {
			got = append(got, fmt.Sprintf("%d about %s in %s", number[f[2]], f[0], f[1]))
		}
	}
	for _, n := range m.Chats() {
		if c := m.Chat(n); c.Asked() {
			want = append(want, fmt.Sprintf("%d about %s in %s", n, agreeLines[c.Ask.Line].Name, []string{"nl", "en"}[c.Lang]))
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Fatalf("asked: the scripts have %v, the model has %v", got, want)
	}
	var kept, keeps []string
	for _, chat := range s.zsets["kept"] {
		kept = append(kept, strconv.Itoa(number[chat]))
	}
	for _, n := range m.Chats() {
		if c := m.Chat(n); c.Of < 0 && c.For != 0 {
			keeps = append(keeps, strconv.Itoa(n))
		}
	}
	slices.Sort(kept)
	slices.Sort(keeps)
	if !slices.Equal(kept, keeps) {
		t.Fatalf("kept for one: the scripts have %v, the model has %v", kept, keeps)
	}
	streak, err := a.rdb.HGetAll(a.ctx, sharedKey(a.cfg.Prefix, "streak")).Result()
	a.ok(err)
	rows := map[string]int{}
	for i, n := range m.Streak {
		if n > 0 {
			rows[agreeLines[i].Name] = n
		}
	}
	if got, want := fmt.Sprint(streak), fmt.Sprint(rows); got != want {
		t.Fatalf("streaks: the scripts have %s, the model has %s", got, want)
	}
}

func passes(m *simulate.State, c *simulate.Chat) map[string]int {
	out := map[string]int{}
	for who, ticket := range m.Passes(c) {
		out[agreeName(who)] = ticket
	}
	return out
}

func tickets(x map[string][2]int) map[string]int {
	out := map[string]int{}
	for name, p := range x {
		out[name] = p[0]
	}
	return out
}

func noMore(refused uint) (lines []string) {
	for i, l := range agreeLines {
		if refused>>i&1 == 1 {
			lines = append(lines, l.Name)
		}
	}
	slices.Sort(lines)
	return lines
}
