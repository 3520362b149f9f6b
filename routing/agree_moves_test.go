package routing

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"haven/routing/simulate"

	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"
)

func (a *agree) deskDrops(t *rapid.T) {
	name := a.who(t).Name
	a.ok(a.DropDesk(a.ctx, name, "d-"+name))
	a.apply(simulate.Event{Kind: simulate.DeskDrop, Who: agreeWho(name)})
}

// deskTimes is a desk that gave no sign of life, or one that stayed away.
func (a *agree) deskTimes(t *rapid.T) {
	name, due := a.who(t).Name, a.read().zsets["due"]
	switch {
	case slices.Contains(due, "grace:"+name):
		a.soon("grace:" + name)
		a.swept(simulate.Event{Kind: simulate.GraceOver, Who: agreeWho(name)})
	case slices.Contains(due, "lease:"+name):
		a.soon("lease:" + name)
		a.swept(simulate.Event{Kind: simulate.DeskDrop, Who: agreeWho(name)})
	default:
		t.Skip("she is at no desk")
	}
}

// times lets one deadline of a chat fall due.
func (a *agree) times(t *rapid.T) {
	kinds := map[string]simulate.Kind{"held": simulate.HeldOver, "away": simulate.AwayOver, "front": simulate.FrontOver,
		"pass": simulate.PassOver, "prefer": simulate.PreferOver, "leg": simulate.LegOver}
	due := a.read().zsets["due"]
	var fit []string
	for i, chat := range a.chats {
		for _, kind := range slices.Sorted(maps.Keys(kinds)) {
			if slices.Contains(due, kind+":"+chat) {
				fit = append(fit, fmt.Sprintf("%s:%d", kind, i))
			}
		}
	}
	if len(fit) == 0 {
		t.Skip("nothing is due")
	}
	kind, number, _ := strings.Cut(rapid.SampledFrom(fit).Draw(t, "due"), ":")
	n := asInt(number)
	if kind == "away" {
		a.owes(n)
	}
	a.soon(kind + ":" + a.chats[n])
	a.swept(simulate.Event{Kind: kinds[kind], Chat: n, Leg: n})
}

// nodeOver has the young people of a node down in the order of the store.
func (a *agree) nodeOver(t *rapid.T) {
	node := rapid.IntRange(1, 2).Draw(t, "node")
	r := a.nodes[node-1]
	_, _, err := r.shared(a.ctx, "beat", 0, r.cfg.Node, secs(nodeLease))
	a.ok(err)
	e := simulate.Event{Kind: simulate.NodeOver, Node: node}
	for _, i := range a.model.Chats() {
		if a.model.Chat(i).Of < 0 {
			e.Chats = append(e.Chats, i)
		}
	}
	slices.SortFunc(e.Chats, func(i, j int) int { return strings.Compare(a.chats[i], a.chats[j]) })
	a.soon("node:" + r.cfg.Node)
	a.swept(e)
}

func (a *agree) shuts(t *rapid.T) {
	line := rapid.SampledFrom([]string{"jip", "fier"}).Draw(t, "line")
	_, _, err := a.shared(a.ctx, "shut", 1, line, shutMost)
	a.ok(err)
	a.apply(simulate.Event{Kind: simulate.Shut, Line: agreeLine(line)})
}

func (a *agree) owner(n int) string {
	if c := a.model.Chat(n); c != nil {
		return agreeName(c.Owner)
	}
	return "ann"
}

func (a *agree) rekeys(t *rapid.T) {
	n := a.some(t, simulate.Talking)
	_, err := a.ResumeDesk(a.ctx, a.owner(n), a.chats[n], fmt.Sprint("k", a.steps), none)
	a.same(t, "rekey", err, a.apply(simulate.Event{Kind: simulate.Rekey, Chat: n}))
}

// reenters enters a chat by a return code, which it asks for first.
func (a *agree) reenters(t *rapid.T) {
	n := a.some(t, simulate.Talking, simulate.Held, simulate.Lost, simulate.Waiting, simulate.Offered)
	if a.model.Chat(n) == nil {
		t.Skip("it is over")
	}
	if a.codes[n] == "" {
		code, err := a.Code(a.ctx, a.chats[n])
		if err != nil {
			t.Skip("it gives no code")
		}
		a.codes[n] = code
	}
	node := rapid.IntRange(1, 2).Draw(t, "node")
	_, _, err := a.nodes[node-1].Reenter(a.ctx, a.codes[n], a.chats[n], fmt.Sprint("pk", a.steps), fmt.Sprint(n, "-", a.steps))
	a.same(t, "reenter", err, a.apply(simulate.Event{Kind: simulate.Reenter, Chat: n, Node: node}))
}

var agreeOpen = []string{"jip", "fier"}

func (a *agree) proposes(t *rapid.T) {
	n := a.some(t, simulate.Talking)
	e := simulate.Event{Kind: simulate.Propose, Chat: n, Leg: len(a.chats), Lines: numbered(agreeOpen, agreeLine)}
	to := a.where(t, "colleague", &e)
	offer, err := a.Propose(a.ctx, a.owner(n), a.chats[n], to, "")
	a.same(t, "propose", err, a.apply(e))
	if err == nil {
		a.legs[e.Leg] = true
		a.chats = append(a.chats, offer)
	}
}

// where is a line or a counsellor that something goes to.
func (a *agree) where(t *rapid.T, who string, e *simulate.Event) (to To) {
	if rapid.Bool().Draw(t, who) {
		to.Name = a.who(t).Name
		e.Who = agreeWho(to.Name)
	} else {
		to.Line = rapid.SampledFrom(agreeOpen).Draw(t, "line")
		e.Line = agreeLine(to.Line)
	}
	return to
}

// asked is a chat whose young person is asked something.
func (a *agree) asked(t *rapid.T) int {
	var fit []int
	for i := range a.chats {
		if c := a.model.Chat(i); c != nil && c.Ask.Open {
			fit = append(fit, i)
		}
	}
	if len(fit) == 0 {
		t.Skip("nothing is asked")
	}
	return rapid.SampledFrom(fit).Draw(t, "chat")
}

func (a *agree) keeps(t *rapid.T) {
	n := a.asked(t)
	a.same(t, "keep", a.Keep(a.ctx, a.owner(n), a.chats[n]), a.apply(simulate.Event{Kind: simulate.Keep, Chat: n}))
}

func (a *agree) consents(t *rapid.T) {
	n := a.asked(t)
	c := a.model.Chat(n)
	e := simulate.Event{Kind: simulate.Consent, Chat: n, Leg: c.Ask.Leg, Lines: numbered(agreeOpen, agreeLine), Yes: rapid.IntRange(0, 3).Draw(t, "yes") > 0}
	again := c.Ask.Yes && e.Yes
	r, sock := a.at(n)
	err := r.Consent(a.ctx, a.chats[n], sock, a.chats[e.Leg], e.Yes)
	if o := a.apply(e); !again || !c.Up {
		a.same(t, "consent", err, o)
	}
}

// agreePeople are as in TestMachine, with a lead of both lines.
var agreePeople = []OnDuty{people[0], {Name: "bea", Lines: []string{"jip", "fier"}, Langs: []string{"nl", "en"}, Lead: true}, people[2]}

func (a *agree) pauses(t *rapid.T) {
	line, on := rapid.SampledFrom(agreeOpen).Draw(t, "line"), rapid.Bool().Draw(t, "on")
	if c := a.model.Counsellor(agreeWho("bea")); c == nil || !c.Up {
		t.Skip("no lead is there")
	}
	a.ok(a.Pause(a.ctx, "bea", line, on))
	a.apply(simulate.Event{Kind: simulate.Pause, Line: agreeLine(line), Yes: on})
}

// leads has a lead move somebody in line.
func (a *agree) leads(t *rapid.T) {
	n := a.some(t, simulate.Waiting, simulate.Held)
	if c := a.model.Counsellor(agreeWho("bea")); c == nil || !c.Up {
		t.Skip("no lead is there")
	}
	e := simulate.Event{Kind: simulate.Move, Chat: n, Leg: len(a.chats), Lines: numbered(agreeOpen, agreeLine)}
	to := a.where(t, "to a counsellor", &e)
	a.same(t, "move", a.Move(a.ctx, "bea", a.chats[n], to.Line, to.Name), a.apply(e))
	if c := a.model.Chat(n); c != nil && c.Ask.Open && c.Ask.Leg == e.Leg {
		a.legs[e.Leg] = true
		a.chats = append(a.chats, a.read().chats[a.chats[n]].Asked.Offer)
	}
}

// anybody has a young person wait for one counsellor no longer.
func (a *agree) anybody(t *rapid.T) {
	n := a.some(t, simulate.Waiting, simulate.Offered)
	rec := a.read().chats[a.chats[n]]
	again := rec != nil && rec.An // said before, which is answered alike and changes nothing
	r, sock := a.at(n)
	err, o := r.Anyone(a.ctx, a.chats[n], sock), a.apply(simulate.Event{Kind: simulate.Anyone, Chat: n})
	if !again {
		a.same(t, "anyone", err, o)
	}
}

// asksAgain has the time be over in which somebody is asked nothing.
func (a *agree) asksAgain(t *rapid.T) {
	n := a.some(t, simulate.Waiting, simulate.Held)
	if c := a.model.Chat(n); c == nil || !c.LetBe {
		t.Skip("they may be asked")
	}
	a.record(a.chats[n], func(r map[string]any) { r["na"] = 1 })
	a.apply(simulate.Event{Kind: simulate.AskAgain, Chat: n})
}

// breathers ends a breather, by the clock.
func (a *agree) breathers(t *rapid.T) {
	name := a.who(t).Name
	if c := a.model.Counsellor(agreeWho(name)); c == nil || !c.Breather {
		t.Skip("she is in none")
	}
	a.soon("breath:" + name)
	a.swept(simulate.Event{Kind: simulate.BreathOver, Who: agreeWho(name)})
}

const halfAnHourS = 1800 // longer than any line's overflow, shorter than the target of fier

var placed = []simulate.Phase{simulate.Waiting, simulate.Offered, simulate.Held}

// overflows has a crowd come, then somebody, and all whose tickets are older, wait for half an hour, and some who were
// asked not answer.
func (a *agree) overflows(t *rapid.T) {
	line := rapid.SampledFrom([]string{"jip", "jip", "jip", "jip", "fier"}).Draw(t, "line")
	for range rapid.IntRange(0, 4).Draw(t, "crowd") {
		a.joinsTo(t, line)
	}
	if c := a.model.Chat(a.some(t, simulate.Waiting)); c != nil {
		for i := range a.chats {
			if k := a.model.Chat(i); k != nil && k.Of < 0 && k.Ticket <= c.Ticket && k.ArrivedS == 0 && slices.Contains(placed, k.Phase) {
				k.ArrivedS = -halfAnHourS
				a.record(a.chats[i], func(r map[string]any) { r["a"] = r["a"].(float64) - halfAnHourS })
			}
		}
	}
	var unanswered []int
	for i := range a.chats {
		if c := a.model.Chat(i); c != nil && c.Asked() && rapid.IntRange(0, 2).Draw(t, "no answer") == 0 {
			unanswered = append(unanswered, i)
		}
	}
	for _, q := range a.read().zsets["asked"] {
		if slices.ContainsFunc(unanswered, func(i int) bool { return strings.Contains(q, ":"+a.chats[i]+":") }) {
			a.ok(a.rdb.ZAdd(a.ctx, sharedKey(a.cfg.Prefix, "asked"), redis.Z{Score: 1, Member: q}).Err())
		}
	}
	a.sweep(a.ctx)
	a.matchesAndAsks(unanswered)
}

// asks has the model ask as a sweep does, and gives numbers to the offers that the scripts made.
func (a *agree) asks(unanswered []int) {
	s := a.read()
	for i := range agreeLines {
		a.apply(simulate.Event{Kind: simulate.Overflow, Line: i, Lines: []int{1 - i}, WaitS: int(secs(agreeLines[i].Overflow)), Leg: len(a.chats),
			Chats: unanswered})
		unanswered = nil
		for found := true; found; {
			found = false
			for _, n := range a.model.Chats() {
				if c := a.model.Chat(n); c.Asked() && c.Ask.Leg == len(a.chats) {
					offer := fmt.Sprint("not asked ", n)
					if r := s.chats[a.chats[n]]; r != nil && r.Asked != nil {
						offer = r.Asked.Offer
					}
					a.legs[len(a.chats)] = true
					a.chats = append(a.chats, offer)
					a.overflowed++
					found = true
				}
			}
		}
	}
}
