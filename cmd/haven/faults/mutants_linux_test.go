package faults

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"haven/chat/fault"
	"haven/cmd/haven/haventest"
)

// faultMutant is a fault that is put into the program. Of its many runs one at least has to break a promise.
type faultMutant struct {
	name  string
	rules string // any of which names it
	// Of a script, which is changed when it is loaded; where lua is "", Mutant of mutable is asked for name.
	lua, old, new string
	plan          plan
	choose        func(*yard, *fault.Cast) // who plays, nil for what is drawn
}

// plan is what breaks in a run, nil for nothing.
type plan func(seed uint64, nodes int) []fault.Step

// mutable is what makes the program under test one of faultMutants, by its environment: it is built once for all.
var mutable = []change{
	{"routing/scripts.go", `"path"`, "\"os\"\n\t\"path\""},
	{"routing/scripts.go", `luaFiles.ReadFile("lua/prelude/" + part + ".lua")`, `mutated("lua/prelude/" + part + ".lua")`},
	{"routing/scripts.go", `luaFiles.ReadFile(f)`, `mutated(f)`},
	{"routing/scripts.go", "func must(name string) *script {", `func mutated(file string) ([]byte, error) {
	src, err := luaFiles.ReadFile(file)
	if file == os.Getenv("HAVEN_MUTANT_LUA") {
		src = []byte(strings.Replace(string(src), os.Getenv("HAVEN_MUTANT_OLD"), os.Getenv("HAVEN_MUTANT_NEW"), 1))
	}
	return src, err
}

func Mutant(name string) bool { return os.Getenv("HAVEN_MUTANT") == name }

func must(name string) *script {`},

	{"chat/youth.go", "case a.Err != nil: code", `case a.Err != nil && !(Mutant("acked before it is kept") && errors.Is(a.Err, routing.ErrUnavailable)):
		code`},
	{"chat/youth.go", "case liveSend: y.end", `case liveSend:
		if Mutant("delivered twice") {
			y.end(frame.AppendMsg(y.begin(), m.seq, m.body))
		}
		y.end`},
	{"chat/youth_code.go", `if err == nil && to.Chat != "" {`, `if err == nil && to.Chat != "" && !Mutant("a code leads to another chat") {`},
	{"chat/youth.go", "type youth struct {", "var Mutant = routing.Mutant\n\ntype youth struct {"},
	{"routing/batch.go", "func (r *Router) post(j *job) {", `func (r *Router) post(j *job) {
	if Mutant("two ways to the store") && j.add != nil {
		r.batch[maphash.String(seed, j.add.ID)%shards] <- j
		return
	}`},
	{"routing/router.go", "func (r *Router) storeNow() time.Time {", `func (r *Router) storeNow() time.Time {
	if Mutant("lines go by the clock of a node") {
		return time.Unix(0, r.clock.Load()+int64(time.Since(r.born))).Add(r.Ahead())
	}`},
	{"routing/youth.go", "func (r *Router) unknown(ctx context.Context) error {", `func (r *Router) unknown(ctx context.Context) error {
	if Mutant("an emptied store is not noticed") {
		return ErrNoChat
	}`},
}

// drawn draws what breaks.
func drawn(kinds map[fault.Kind]int) plan {
	return func(seed uint64, nodes int) []fault.Step { return fault.Plan(seed, 8, nodes, kinds) }
}

var (
	lagging   = drawn(map[fault.Kind]int{fault.PageDelayed: 3, fault.StoreDelayed: 1, fault.PageCut: 1})
	linesCut  = drawn(map[fault.Kind]int{fault.PageCut: 2, fault.StoreCut: 2, fault.StoreKilled: 1})
	storeAway = drawn(map[fault.Kind]int{fault.StoreCut: 2, fault.StoreFull: 2, fault.StoreKilled: 2, fault.StoreSilent: 1})
	storeLate = drawn(map[fault.Kind]int{fault.StoreDelayed: 3, fault.StoreSilent: 1, fault.StoreStopped: 1})
	emptied   = drawn(map[fault.Kind]int{fault.StoreEmptied: 1, fault.PageCut: 2})
)

// lateAcks has the store late for the first node all the time, so that acks are always under way, and lines to pages cut in it.
func lateAcks(cuts int) plan {
	return func(seed uint64, nodes int) (all []fault.Step) {
		rng := rand.New(rand.NewPCG(seed, 2))
		all = append(all, fault.Step{Kind: fault.StoreDelayed, Phase: fault.InLine, For: 10 * time.Second, Hurt: fault.Hurt{Delay: 150 * time.Millisecond}})
		for range cuts {
			all = append(all, fault.Step{Kind: fault.PageCut, Node: rng.IntN(nodes), Phase: fault.Talking, For: 50 * time.Millisecond,
				Hurt: fault.Hurt{Refused: true}, Apart: true})
		}
		return all
	}
}

// handsOver has counsellors with room hand their chats on and on: all there are, where one line is asked for.
func handsOver(r *yard, c *fault.Cast) {
	c.Handovers, c.Capacity = 250, 3
	if len(c.Lines) == 1 {
		c.Staff = r.people.answering(c.Lines[0])
	}
}

// queues has many wait for one.
func queues(_ *yard, c *fault.Cast) { c.Youths, c.Staff, c.Capacity = 6, c.Staff[:1], 1 }

// bothLines has many ask for either line, and a lead who moves them.
func bothLines(r *yard, c *fault.Cast) {
	c.Lines, c.Youths, c.Staff, c.Lead = lines, 6, r.people.staff, &r.people.lead
}

// handOverLines has chats handed on and on between two lines.
func handOverLines(r *yard, c *fault.Cast) {
	bothLines(r, c)
	handsOver(r, c)
}

// queueOnLines has many wait on two lines, each for one counsellor or for who answers both.
func queueOnLines(r *yard, c *fault.Cast) {
	bothLines(r, c)
	c.Capacity = 1
}

// faultMutants are the faults that the harness is known to see.
var faultMutants = []faultMutant{
	{"no fence of the epoch", "fence sealed order lost", "lua/chat/append.lua", "if ph == 'w' or s[3] ~= epoch then return 0, 1 end", "", lagging, handsOver},
	{"no dedupe by id", "doubled", "lua/chat/append.lua", "if s[6] then return -tonumber(s[6]), 0 end", "", lateAcks(8), nil},
	{"capacity is one more", "capacity", "lua/prelude/records.lua", "c.c - c.h or 0 -- none in a breather", "c.c - c.h + 1 or 0", nil, nil},
	{"a clock instead of a ticket", "turn starved stuck", "lua/shared/arrive.lua", "t = call('INCR', TICKETS)", "t = 4000000000 - now", nil, queues},
	{"a declined chat is not in line again", "starved stuck waits keys", "lua/shared/decline.lua", "unrung(chat, r)", "keep(chat, r)", nil, nil},
	{"a place does not outlast a dropped line", "ended", "lua/prelude/moves.lua", "if r.s == 'w' or r.s == 'o' then\n    local name, c", "if r.s == 'w' or r.s == 'o' then\n    finish(chat, r, 'abandoned', 0)\n  elseif r.s == 'never' then\n    local name, c", linesCut, nil},
	{"a counsellor who does not return keeps her chats", "keys stuck", "lua/shared/grace_over.lua", "if not fallen('grace:' .. name) then return {'none'} end", "if true then return {'none'} end", nil, nil},
	{"a tombstone stays", "keys", "lua/prelude/moves.lua", "call('ZADD', DUE, wholehour(3600), 'tomb:' .. chat)", "", nil, nil},
	{"a wrap-up holds no place", "capacity", "lua/prelude/moves.lua", "if again then c.h = c.h - 1 end", "c.h = c.h - 1", nil, nil},
	{"acked before it is kept", "lost order doubled", "", "", "", storeAway, nil},
	{"delivered twice", "again", "", "", "", nil, nil},
	{"two ways to the store", "order", "", "", "", storeLate, nil},
	{"a no is taken for a yes", "consent", "lua/shared/consent.lua", "local there = yes and someone_at", "local there = someone_at", nil, handOverLines},
	{"a place that goes to another line loses its ticket", "turn", "lua/shared/consent.lua", "r.s = 'w'\n  project(chat, r)", "r.s, r.t = 'w', call('INCR', TICKETS)\n  project(chat, r)", nil, queueOnLines},
	{"a code leads to another chat", "return", "", "", "", nil, bothLines},
	{"lines go by the clock of a node", "ended refused", "", "", "", drawn(map[fault.Kind]int{fault.NodeJumps: 1}), queues},
	{"an emptied store is not noticed", "ended lost", "", "", "", emptied, nil},
}

// rareMutant takes many runs, and is left to the long form: a message has to be under way in the moment of a handover.
const rareMutant = "no fence of the epoch"

// mutantRuns bound how many runs a mutant may pass before it is caught.
const (
	mutantRuns = 40
	rareRuns   = 200
)

// TestFaultMutants puts one fault after another into the program: a few runs have to find it, by the right name.
func TestFaultMutants(t *testing.T) {
	haventest.Tool(t, "redis-server")
	haven, clock := shortened(t, mutable...), shim(t)
	accounts, people := faultStaff(t, haven)
	yards := make(chan *yard, atOnce)
	for range atOnce {
		yards <- newYard(t, haven, accounts, people, clock)
	}
	t.Run("each", func(t *testing.T) {
		for i, m := range faultMutants {
			if m.lua != "" {
				src, err := os.ReadFile(filepath.Join(haventest.Top(t), "routing", m.lua))
				if err != nil || !strings.Contains(string(src), m.old) {
					t.Fatalf("%q does not stand in %s (%v)", m.old, m.lua, err)
				}
			}
			if m.name == rareMutant && os.Getenv("HAVEN_LONG") != "1" {
				continue
			}
			t.Run(m.name, func(t *testing.T) {
				t.Parallel()
				y := <-yards
				defer func() { yards <- y }()
				y.mutant = []string{"HAVEN_MUTANT=" + m.name, "HAVEN_MUTANT_LUA=" + m.lua, "HAVEN_MUTANT_OLD=" + m.old, "HAVEN_MUTANT_NEW=" + m.new}
				var seen []string
				runs := mutantRuns
				if m.name == rareMutant {
					runs = rareRuns
				}
				for run := range runs {
					seed := uint64(1000*i + run)
					y.begin(2 - run%2)
					var plan []fault.Step
					if m.plan != nil {
						plan = m.plan(seed, len(y.nodes))
					}
					o := y.play(seed, rand.New(rand.NewPCG(seed, 0)), plan, func(c *fault.Cast) {
						if m.choose != nil {
							m.choose(y, c)
						}
					})
					if strings.Contains(m.rules, "keys") && len(o.found) == 0 {
						o.found = append(o.found, y.keysLeft()...)
					}
					y.end()
					for _, v := range o.found {
						if strings.Contains(m.rules, v.Rule) {
							t.Logf("after %d runs: %.200s", run+1, v)
							return
						}
						seen = append(seen, fmt.Sprint(v))
					}
				}
				t.Errorf("nobody noticed in %d runs; what was seen: %.1000s", runs, strings.Join(seen, "\n"))
			})
		}
	})
}
