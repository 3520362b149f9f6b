package chat

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"haven/routing"
)

// fake is a store in memory that does what the router promises, and no more. Its wakes and the Done of its appends
// come from one goroutine each, like the router's.
type fake struct {
	mu     sync.Mutex
	wakes  routing.Wakes
	chats  map[string]*fakeChat
	desks  map[string]*routing.DeskView
	boards []routing.LineView
	closed map[string]bool // lines
	closes time.Time       // of every line that is not, zero for the usual
	store  string
	down   bool            // the store is away
	refuse error           // of Join
	ahead  int             // of those who join, 0 for three
	loses  bool            // the answers of Join get lost
	joined routing.Join    // the newest
	moved  []string        // places that a lead moved
	over   map[string]bool // places that came from another line
	kept   map[string]routing.KeptFor
	// instead is what Instead names, nil for the usual
	instead []string
	page    int
	noted   []routing.Wrapup
	calls   map[string]int
	renew   [][]string
	next    int
	jobs    chan func()
	wake    chan func()
	parked  []*routing.Append // while park is set
	park    bool
	onView  func() // called inside View, before it looks
	// onResume answers the next Resume, with mu held
	onResume func(*routing.View) error
	after    func(call string) // called when the store has answered, before the caller hears it
}

type fakeChat struct {
	routing.View
	token string
	ids   map[string]int64
	last  map[routing.Side]int64
	owner string
	log   []routing.Stored
}

const node = "n1"

func newFake() *fake {
	f := &fake{
		chats: map[string]*fakeChat{}, desks: map[string]*routing.DeskView{}, closed: map[string]bool{},
		store: "life-1", page: 256, calls: map[string]int{}, jobs: make(chan func(), 4096), wake: make(chan func(), 4096),
	}
	for _, l := range testLines {
		f.boards = append(f.boards, routing.LineView{Line: l.Name, Open: true, OnDuty: 1, Pace: 120})
	}
	go run(f.jobs)
	go run(f.wake)
	return f
}

func run(c chan func()) {
	for do := range c {
		do()
	}
}

func (f *fake) stop() { close(f.jobs); close(f.wake) }

// id makes the n-th id of its kind, as it is in frames.
func id(kind string, n int) string {
	sum := sha256.Sum256(fmt.Append(nil, kind, n))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

func (f *fake) fresh(kind string) string { f.next++; return id(kind, f.next) }

// enter counts a call and says whether the store answers.
func (f *fake) enter(call string) error {
	f.calls[call]++
	if f.down {
		return routing.ErrUnavailable
	}
	return nil
}

// answered runs the hook of this test, which may call the store again.
func (f *fake) answered(call string) {
	f.mu.Lock()
	do := f.after
	f.mu.Unlock()
	if do != nil {
		do(call)
	}
}

// once has do run when the store has answered the next call of that name.
func (f *fake) once(call string, do func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.after = func(got string) {
		if got != call {
			return
		}
		f.mu.Lock()
		f.after = nil
		f.mu.Unlock()
		do()
	}
}

func (f *fake) count(call string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls[call]
}

// do changes something and wakes those whom it concerns.
func (f *fake) do(chat string, change func(c *fakeChat)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f.chats[chat])
	f.changed(chat)
}

func (f *fake) changed(chat string) { f.wake <- func() { f.wakes.ChatChanged(chat) } }
func (f *fake) deskChanged(n string) {
	f.wake <- func() { f.wakes.DeskChanged(n) }
}

func (f *fake) Node() string { return node }

func (f *fake) Store() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.store
}

func (f *fake) LineState(line string, now time.Time) (bool, time.Time, time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed[line] {
		return false, time.Date(2026, 11, 24, 8, 0, 30, 0, time.UTC), time.Time{}
	}
	switch {
	case f.closes.IsZero():
		return true, time.Time{}, time.Date(2026, 11, 24, 17, 0, 0, 0, time.UTC)
	case now.Before(f.closes):
		return true, time.Time{}, f.closes
	}
	return false, f.closes.Add(16 * time.Hour), time.Time{}
}

func (f *fake) Instead(line string) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.instead != nil {
		return slices.Clone(f.instead)
	}
	if line == "jip" && !f.closed["fier"] {
		return []string{"fier"}
	}
	return nil
}

func (f *fake) Touch(_ context.Context, chats []string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.enter("touch")
}

func (f *fake) Snapshot(context.Context) ([]routing.LineView, error) {
	defer f.answered("snapshot")
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.boards), f.enter("snapshot")
}

func (f *fake) Places(_ context.Context, some []string) (p routing.Places, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p.Kept = maps.Clone(f.kept)
	for _, chat := range some {
		if f.over[chat] {
			p.Moved = append(p.Moved, chat)
		}
	}
	return p, f.enter("places")
}

func (f *fake) Anyone(_ context.Context, chat, sock string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.kept[chat]; !ok {
		return errors.Join(routing.ErrNotNow, f.enter("anyone"))
	}
	delete(f.kept, chat)
	return f.enter("anyone")
}

func (f *fake) Join(_ context.Context, j routing.Join) (routing.Joined, error) {
	defer f.answered("join")
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.enter("join"); err != nil {
		return routing.Joined{}, err
	}
	if f.refuse != nil {
		return routing.Joined{}, f.refuse
	}
	f.joined = j
	c := &fakeChat{token: f.fresh("token"), ids: map[string]int64{}, last: map[routing.Side]int64{}}
	c.View = routing.View{Chat: f.fresh("chat"), Line: j.Line, Phase: routing.Waiting, Sock: node + "/" + j.Sock,
		PKY: j.PK, Share: f.fresh("share"), Holder: node}
	f.chats[c.Chat] = c
	if f.loses {
		return routing.Joined{Chat: c.Chat}, routing.ErrUnavailable
	}
	return routing.Joined{Chat: c.Chat, Token: c.token, Share: c.Share, Ahead: cmp.Or(f.ahead, 3)}, nil
}

func (f *fake) view(chat string, after int64) (routing.View, error) {
	c := f.chats[chat]
	if c == nil {
		return routing.View{}, routing.ErrNoChat
	}
	v := c.View
	v.Epochs, v.LastY, v.LastC = slices.Clone(c.Epochs), c.last[routing.Youth], c.last[routing.Counsellor]
	for _, m := range c.log {
		if m.Seq > after && len(v.Messages) < f.page {
			v.Messages = append(v.Messages, m)
		}
	}
	v.More = len(v.Messages) == f.page
	return v, nil
}

func (f *fake) View(_ context.Context, chat string, after int64, _ int) (routing.View, error) {
	defer f.answered("view")
	f.mu.Lock()
	hook := f.onView
	f.mu.Unlock()
	if hook != nil {
		hook()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if after == noMessages {
		f.calls["view of a visit"]++
	}
	if err := f.enter("view"); err != nil {
		return routing.View{}, err
	}
	return f.view(chat, after)
}

func (f *fake) Resume(_ context.Context, chat, token, sock string, after int64) (routing.View, int, error) {
	defer f.answered("resume")
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.enter("resume"); err != nil {
		return routing.View{}, 0, err
	}
	if do := f.onResume; do != nil {
		f.onResume = nil
		var v routing.View
		err := do(&v)
		return v, 0, err
	}
	c := f.chats[chat]
	if c == nil || c.token != token || c.Phase == routing.Over {
		return routing.View{}, 0, routing.ErrNoChat
	}
	c.Sock = node + "/" + sock
	took := !c.Answered
	if took {
		c.Holder = node
	}
	f.changed(chat)
	v, err := f.view(chat, after)
	v.Took = took
	return v, 5, err
}

func (f *fake) Drop(_ context.Context, chat, sock string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.enter("drop"); err != nil {
		return err
	}
	if c := f.chats[chat]; c != nil && c.Sock == node+"/"+sock {
		c.Sock = ""
		f.changed(chat)
	}
	return nil
}

func (f *fake) Sockets(context.Context) (map[string]string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.enter("sockets"); err != nil {
		return nil, err
	}
	open := map[string]string{}
	for id, c := range f.chats {
		if sock, here := strings.CutPrefix(c.Sock, node+"/"); here {
			open[id] = sock
		}
	}
	return open, nil
}

func (f *fake) Leave(_ context.Context, chat string) error {
	defer f.answered("leave")
	return f.finish("leave", chat, routing.Over, routing.ReasonLeft)
}

func (f *fake) finish(call, chat string, p routing.Phase, reason string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.enter(call); err != nil {
		return err
	}
	c := f.chats[chat]
	if c == nil || c.Phase == routing.Over {
		return routing.ErrNoChat
	}
	c.Phase, c.Reason = p, reason
	if p == routing.Over {
		c.log, c.Epochs, c.token, c.Share, c.Sock = nil, nil, "", "", ""
	}
	f.changed(chat)
	return nil
}

func (f *fake) Hide(_ context.Context, chat, sock string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.enter("hide"); err != nil {
		return err
	}
	c := f.chats[chat]
	if c.Sock != "" && c.Sock != node+"/"+sock {
		return nil
	}
	c.token, c.Share, c.Sock = "", "", ""
	f.changed(chat)
	return nil
}

func (f *fake) Quiet(_ context.Context, chat string, on bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.enter("quiet"); err != nil {
		return err
	}
	f.chats[chat].Quiet = on
	f.changed(chat)
	return nil
}

func (f *fake) Append(a *routing.Append) {
	f.jobs <- func() {
		f.mu.Lock()
		if f.park {
			f.parked = append(f.parked, a)
			f.mu.Unlock()
			return
		}
		f.add(a)
		f.mu.Unlock()
		a.Done(a)
	}
}

// unpark stores what was held back, as one batch would.
func (f *fake) unpark() {
	f.jobs <- func() {
		f.mu.Lock()
		f.park = false
		parked := f.parked
		f.parked = nil
		for _, a := range parked {
			f.add(a)
		}
		f.mu.Unlock()
		for _, a := range parked {
			a.Done(a)
		}
	}
}

func (f *fake) add(a *routing.Append) {
	if a.Err = f.enter("append"); a.Err != nil {
		return
	}
	c := f.chats[a.Chat]
	switch {
	case c == nil || c.Phase != routing.Talking && c.Phase != routing.Away && c.Phase != routing.Waiting:
		a.Err = routing.ErrNoChat
	case c.ids[a.ID] > 0:
		a.Seq, a.Dup = c.ids[a.ID], true
	case a.From == routing.Counsellor && c.owner != a.Owner:
		a.Err = routing.ErrNoChat
	case c.Current() == nil || c.Current().E != a.E:
		a.Err = routing.ErrStaleEpoch
	case a.Known > c.Seq || a.Last != "" && c.ids[a.Last] == 0:
		a.Err = routing.ErrUnavailable
	case a.Typing:
	default:
		a.Prev, c.Seq = c.last[a.From], c.Seq+1
		a.Seq = c.Seq
		c.last[a.From], c.ids[a.ID] = a.Seq, a.Seq
		c.log = append(c.log, routing.Stored{Seq: a.Seq, Body: slices.Clone(a.Body)})
	}
}

func (f *fake) Confirm(_ context.Context, chat string, from routing.Side, owner string, e int, tag string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.enter("confirm"); err != nil {
		return err
	}
	c := f.chats[chat]
	if c == nil {
		return routing.ErrNoChat
	}
	cur := c.Current()
	switch {
	case cur == nil || cur.E != e:
		return routing.ErrStaleEpoch
	case from == routing.Youth:
		cur.TagY = tag
	default:
		cur.TagC = tag
	}
	f.changed(chat)
	return nil
}

func (f *fake) Read(_ context.Context, chat string, from routing.Side, owner string, seq int64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.enter("read"); err != nil {
		return err
	}
	c := f.chats[chat]
	if c == nil {
		return routing.ErrNoChat
	}
	seq = min(seq, c.Seq)
	if from == routing.Youth {
		c.ReadY = max(c.ReadY, seq)
	} else {
		c.ReadC = max(c.ReadC, seq)
	}
	f.changed(chat)
	return nil
}

var (
	_ Queue   = (*fake)(nil)
	_ Desk    = (*fake)(nil)
	_ Tickets = (*fake)(nil)
	_ Queue   = (*routing.Router)(nil)
	_ Desk    = (*routing.Router)(nil)
)
