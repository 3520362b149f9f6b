package routing

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"haven/routing/routingtest"

	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"
)

// state is the whole routing state, read at once.
type state struct {
	chats       map[string]*chatRec
	counsellors map[string]*deskRec
	zsets       map[string][]string // waiting free duty held at talking due down asked
	offers      map[string]string
	room        map[string]string
}

type chatRec struct {
	record
	Class  int               `json:"c"`
	Ticket int64             `json:"t"`
	Offer  string            `json:"f"`
	Sock   string            `json:"y"`
	Passed map[string][2]int `json:"x"`
	For    string            `json:"n"`
	An     bool              `json:"an"`
	LetBe  int64             `json:"na"` // Unix time
	No     map[string]bool   `json:"no"`
}

type deskRec struct {
	Lines    []string `json:"L"`
	Langs    []string `json:"G"`
	State    string   `json:"s"`
	Capacity int      `json:"c"`
	Held     int      `json:"h"`
	Sock     string   `json:"k"`
	Offer    string   `json:"f"`
	Ready    int      `json:"r"`
	Idle     int      `json:"i"`
	Breath   int      `json:"b"`
}

func (b *bench) read() *state {
	b.t.Helper()
	key := func(n string) string { return sharedKey(b.cfg.Prefix, n) }
	pipe := b.rdb.TxPipeline()
	chats, desks, offers, room := pipe.HGetAll(b.ctx, key("chats")), pipe.HGetAll(b.ctx, key("counsellors")),
		pipe.HGetAll(b.ctx, key("offers")), pipe.HGetAll(b.ctx, key("room"))
	sets := map[string]*redis.StringSliceCmd{}
	for _, n := range []string{"waiting", "free", "duty", "held", "at", "talking", "due", "down", "asked", "kept"} {
		sets[n] = pipe.ZRange(b.ctx, key(n), 0, -1)
	}
	_, err := pipe.Exec(b.ctx)
	b.ok(err)
	s := &state{chats: map[string]*chatRec{}, counsellors: map[string]*deskRec{}, zsets: map[string][]string{}, offers: offers.Val(), room: room.Val()}
	for c, j := range chats.Val() {
		s.chats[c] = &chatRec{}
		b.ok(json.Unmarshal([]byte(j), s.chats[c]))
	}
	for c, j := range desks.Val() {
		s.counsellors[c] = &deskRec{}
		b.ok(json.Unmarshal([]byte(j), s.counsellors[c]))
	}
	for n, c := range sets {
		s.zsets[n] = c.Val()
	}
	return s
}

// passed says whether a counsellor is passed over for a chat; deadlines are far off in these runs.
func (s *state) passed(chat, name string) bool {
	p, ok := s.chats[chat].Passed[name]
	return ok && p[0] > s.counsellors[name].Ready
}

func (s *state) eligible(chat, name string) bool {
	c := s.chats[chat]
	d := s.counsellors[name]
	if c.Of != "" && (c.By == name || c.For != "" && c.For != name) {
		return false // a handover of hers, or for another by name
	}
	return slices.Contains(d.Lines, c.Line) && slices.Contains(d.Langs, c.Lang)
}

// check is every invariant of the routing state (routing/doc.go), whatever happened before.
func (s *state) check() error {
	var want struct{ waiting, down, duty, held, talking []string }
	load, room := map[string]int{}, map[string]int{}
	for _, m := range s.zsets["due"] {
		if name, ok := strings.CutPrefix(m, "wrap:"); ok {
			name, _, _ = strings.Cut(name, ":")
			load[name]++
		}
	}
	for chat, c := range s.chats {
		if of := s.chats[c.Of]; c.Of != "" && (of == nil || of.State != "t" || of.Asked == nil || of.Asked.Offer != chat || !of.Asked.Agreed || of.Owner != c.By) {
			return fmt.Errorf("%s is a handover of nothing: %+v", chat, of)
		}
		switch c.State {
		case "w":
			want.waiting = append(want.waiting, fmt.Sprintf("%s:%s:%d:%012d:%s", c.Line, c.Lang, c.Class, c.Ticket, chat))
			if c.Sock == "" {
				return fmt.Errorf("%s is in line with its socket down", chat)
			}
		case "h":
			if c.Of == "" { // a handover has no place of its own
				want.down = append(want.down, fmt.Sprintf("%s:%s:%d:%012d:%s", c.Line, c.Lang, c.Class, c.Ticket, chat))
			}
		case "o":
			d := s.counsellors[c.Owner]
			if d == nil || d.Offer != c.Offer || s.offers[c.Offer] != "r:"+chat+":"+c.Owner || !slices.Contains(s.zsets["due"], "ring:"+c.Offer) {
				return fmt.Errorf("%s rings at nobody: %+v", chat, c)
			}
			if d.Sock == "" || c.Sock == "" {
				return fmt.Errorf("%s rings with a side down", chat)
			}
			load[c.Owner]++
		case "t":
			want.held = append(want.held, c.Owner+":c:"+chat)
			want.talking = append(want.talking, c.Line+":"+chat)
			load[c.Owner]++
			if s.counsellors[c.Owner] == nil {
				return fmt.Errorf("%s is owned by %s, who is at no desk", chat, c.Owner)
			}
		}
	}
	for _, m := range s.zsets["held"] {
		if !strings.Contains(m, ":c:") {
			want.held = append(want.held, m)
		}
	}
	for name, d := range s.counsellors {
		if d.Held != load[name] {
			return fmt.Errorf("%s holds %d places, counted %d", name, load[name], d.Held)
		}
		left := 0
		if d.State == "ready" {
			if d.Sock != "" && d.Breath == 0 {
				left = max(0, d.Capacity-d.Held)
			}
			for _, l := range d.Lines {
				want.duty = append(want.duty, l+":"+name)
				room[l] += left
			}
		}
		for _, m := range s.zsets["free"] {
			if strings.HasSuffix(m, ":"+name) && (left == 0 || d.Offer != "") {
				return fmt.Errorf("%s is free with room %d and ring %q", name, left, d.Offer)
			}
		}
		if left > 0 && d.Offer == "" {
			for chat, c := range s.chats {
				if c.State == "w" && s.eligible(chat, name) && !s.passed(chat, name) {
					return fmt.Errorf("%s is passed over while %s is free", chat, name)
				}
			}
		}
	}
	for _, x := range []struct {
		name string
		want []string
	}{{"waiting", want.waiting}, {"down", want.down}, {"duty", want.duty}, {"held", want.held}, {"talking", want.talking}} {
		slices.Sort(x.want)
		if !slices.Equal(x.want, s.zsets[x.name]) {
			return fmt.Errorf("%s is %v, want %v", x.name, s.zsets[x.name], x.want)
		}
	}
	for l, v := range s.room {
		if n, _ := strconv.Atoi(v); n != room[l] {
			return fmt.Errorf("room of %s is %s, want %d", l, v, room[l])
		}
	}
	return nil
}

// fair says that a ring that began between two states went to the oldest of its class that could ring there.
func fair(before, after *state, took bool) error {
	for chat, c := range after.chats {
		if c.State != "o" || before.chats[chat] != nil && before.chats[chat].Offer == c.Offer {
			continue
		}
		for other, o := range after.chats {
			if o.State == "w" && o.Class == c.Class && o.Ticket < c.Ticket && after.eligible(other, c.Owner) &&
				(took || !after.passed(other, c.Owner)) {
				return fmt.Errorf("%s rings at %s before the older %s", chat, c.Owner, other)
			}
		}
	}
	return nil
}

// TestMachine drives random days of a small deployment and checks every invariant after every step.
func TestMachine(t *testing.T) {
	rdb, prefix := routingtest.Client(t)
	run := 0
	rapid.Check(t, func(t *rapid.T) {
		run++
		m := &machine{bench: newBench(t, rdb, fmt.Sprintf("%s-%d", prefix, run)), socks: map[string]string{}, joined: map[string]Joined{}}
		m.last = m.read()
		t.Repeat(map[string]func(*rapid.T){
			"join": m.joins, "drop": m.drops, "back": m.backs, "leave": m.leaves, "enter": m.enters, "ready": m.readies,
			"rest": m.rests, "take": m.takes, "accept": m.accepts, "decline": m.declines, "end": m.ends,
			"propose": m.proposes, "consent": m.consents, "keep": m.keeps, "wrapup": m.wraps,
			"desk drop": m.deskDrops, "time": m.times, "": m.holds,
		})
	})
}

type machine struct {
	*bench
	socks  map[string]string // chat -> its live socket, "" while down
	joined map[string]Joined
	order  []string // chats as they joined, so that a run can be repeated
	n      int
	took   bool
	last   *state
}

var people = []OnDuty{
	{Name: "ann", Lines: []string{"jip"}, Langs: []string{"nl"}},
	{Name: "bea", Lines: []string{"jip", "fier"}, Langs: []string{"nl", "en"}},
	{Name: "cas", Lines: []string{"fier"}, Langs: []string{"nl"}},
}

func (m *machine) holds(t *rapid.T) {
	now := m.read()
	if err := now.check(); err != nil {
		t.Fatal(err)
	}
	if err := fair(m.last, now, m.took); err != nil {
		t.Fatal(err)
	}
	for name, d := range now.counsellors {
		if was := m.last.counsellors[name]; was != nil && d.Held > was.Held && d.Held > d.Capacity {
			t.Fatalf("%s holds %d with a capacity of %d", name, d.Held, d.Capacity)
		}
	}
	for chat, c := range now.chats {
		if c.Of != "" {
			continue // a handover has no state of its own
		}
		v, err := m.View(m.ctx, chat, none, EveryEpoch)
		m.ok(err)
		if v.Phase != c.phase() {
			t.Fatalf("%s stands as %c, its state says %c", chat, c.phase(), v.Phase)
		}
		if e := v.Current(); v.Phase == Talking && (e.Owner != c.Owner || e.E != c.Epoch) {
			t.Fatalf("%s is owned by %s in epoch %d, its state says %+v", chat, c.Owner, c.Epoch, e)
		}
	}
	m.last, m.took = now, false
}

func (m *machine) expect(err error, allowed ...error) {
	var refused *Refusal
	if err == nil || errors.As(err, &refused) {
		return
	}
	for _, a := range allowed {
		if errors.Is(err, a) {
			return
		}
	}
	m.t.Fatalf("unexpected: %v", err)
}

func (m *machine) who(t *rapid.T) OnDuty { return rapid.SampledFrom(people).Draw(t, "who") }

func (m *machine) chat(t *rapid.T) string {
	if len(m.joined) == 0 {
		t.Skip("no chat yet")
	}
	return m.order[rapid.IntRange(0, len(m.order)-1).Draw(t, "chat")]
}

func (m *machine) joins(t *rapid.T) {
	m.n++
	j, err := m.Join(m.ctx, Join{Line: rapid.SampledFrom([]string{"jip", "fier"}).Draw(t, "line"),
		Lang: rapid.SampledFrom([]string{"nl", "en"}).Draw(t, "lang"), Urgent: rapid.Bool().Draw(t, "urgent"), PK: "pk", Sock: strconv.Itoa(m.n)})
	m.expect(err)
	if err == nil {
		m.joined[j.Chat] = j
		m.order = append(m.order, j.Chat)
		m.socks[j.Chat] = strconv.Itoa(m.n)
	}
}

func (m *machine) drops(t *rapid.T) {
	chat := m.chat(t)
	m.expect(m.Drop(m.ctx, chat, m.socks[chat]))
}

func (m *machine) backs(t *rapid.T) {
	chat := m.chat(t)
	m.n++
	_, _, err := m.Resume(m.ctx, chat, m.joined[chat].Token, strconv.Itoa(m.n), 0)
	m.expect(err, ErrNoChat)
	if err == nil {
		m.socks[chat] = strconv.Itoa(m.n)
	}
}

func (m *machine) leaves(t *rapid.T) { m.expect(m.Leave(m.ctx, m.chat(t))) }

func (m *machine) enters(t *rapid.T) {
	who := m.who(t)
	_, err := m.Enter(m.ctx, who, "d-"+who.Name)
	m.expect(err)
}

func (m *machine) readies(t *rapid.T) {
	m.expect(m.SetReady(m.ctx, m.who(t).Name, rapid.IntRange(1, 3).Draw(t, "capacity")), ErrNotNow)
}

func (m *machine) rests(t *rapid.T) { m.expect(m.Rest(m.ctx, m.who(t).Name), ErrNotNow) }

func (m *machine) takes(t *rapid.T) {
	m.took = true
	_, err := m.Take(m.ctx, m.who(t).Name)
	m.expect(err, ErrNotNow)
}

func (m *machine) offer(t *rapid.T) (string, string) {
	name := m.who(t).Name
	d := m.last.counsellors[name]
	if d == nil || d.Offer == "" {
		t.Skip("nothing rings")
	}
	return name, d.Offer
}

func (m *machine) accepts(t *rapid.T) {
	name, offer := m.offer(t)
	v, err := m.Accept(m.ctx, name, offer, "k")
	m.ok(err)
	again, err := m.Accept(m.ctx, name, offer, "k")
	m.ok(err)
	if again.Chat != v.Chat || len(again.Epochs) != len(v.Epochs) {
		t.Fatalf("accepted twice: %+v and %+v", v, again)
	}
}

func (m *machine) declines(t *rapid.T) {
	name, offer := m.offer(t)
	m.ok(m.Decline(m.ctx, name, offer))
}

// held is a chat (kind c) or an owed wrap-up (w) of somebody, in the order of joining; now and then any.
func (m *machine) held(t *rapid.T, kind string) (string, string) {
	var all [][2]string
	for _, chat := range m.order {
		for _, p := range people {
			if slices.Contains(m.last.zsets["held"], p.Name+":"+kind+":"+chat) {
				all = append(all, [2]string{p.Name, chat})
			}
		}
	}
	if len(all) == 0 || rapid.IntRange(0, 9).Draw(t, "any") == 0 {
		return m.who(t).Name, m.chat(t)
	}
	h := all[rapid.IntRange(0, len(all)-1).Draw(t, "held")]
	return h[0], h[1]
}

func (m *machine) ends(t *rapid.T) {
	reason := rapid.SampledFrom([]string{ReasonDone, ReasonStopped}).Draw(t, "reason")
	name, chat := m.held(t, "c")
	m.expect(m.End(m.ctx, name, chat, reason), ErrNoChat)
}

func (m *machine) wraps(t *rapid.T) {
	name, chat := m.held(t, "w")
	m.expect(m.Wrapup(m.ctx, name, chat, Wrapup{Heavy: rapid.Bool().Draw(t, "heavy")}), ErrNoChat)
}

func (m *machine) deskDrops(t *rapid.T) {
	name := m.who(t).Name
	m.expect(m.DropDesk(m.ctx, name, "d-"+name))
}
