package chat

import (
	"errors"
	"sync"
	"unique"

	"haven/chat/frame"
	"haven/routing"
)

// visit is one that was not counted yet. The codes of the link are shared by all visits that came by it, and nothing of
// the frame that they came in is kept.
type visit struct {
	campaign, channel unique.Handle[string]
	line              string
	stage             Stage
	block             int
}

func visitOf(f *frame.Inbound) visit {
	return visit{campaign: unique.Make(f.Campaign), channel: unique.Make(f.Channel)}
}

func (v *visit) at(s Stage) Visit {
	out := Visit{Line: v.line, Campaign: v.campaign.Value(), Channel: v.channel.Value(), Stage: s}
	if s == Refused || s == Abandoned {
		out.Block = v.block
	}
	return out
}

// visits are those of this node that have a place in line. A chat's own state names the node that counts its visit, and
// keeps to it from the moment a counsellor first accepts (routing.View.Holder): so of all nodes that a chat was on, one
// counts it, however late each of them looks.
type visits struct {
	hub *Hub

	mu   sync.Mutex
	held map[string]*heldVisit // by chat; nil once the node is drained
	turn uint64                // counts what was taken
	// coming is the chats that are being resumed here, with whether their visit was counted meanwhile: the store may
	// have said to the one that somebody accepted, and before that to the other that nobody had.
	coming map[string]bool
	down   []hold // in the order in which they run out
}

type heldVisit struct {
	visit
	visits *visits
	chat   string
	// counted once before, in a life of the store that is over: it is not counted again.
	counted bool
	// unheard: its page joined anew, unless somebody came back or answered after all. It is no abandoned visit.
	unheard bool
	since   uint64 // turn when it was last taken: whoever began to look before says nothing of it
	until   int32  // end of its newest hold, 0 while a socket is here
	look    syncState
}

// hold is until when the node waits for a young person whose line is down. All are equally long.
type hold struct {
	chat  string
	until int32 // Hub.tick
}

// take has this node count the visit of a chat. It returns the turn that names this taking.
func (vs *visits) take(chat string, v visit, counted bool) uint64 {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	return vs.keep(chat, v, counted)
}

// keep is take, or goes on with what was taken before. mu is held.
func (vs *visits) keep(chat string, v visit, counted bool) uint64 {
	if vs.hub.cfg.Reach == nil || vs.held == nil {
		return 0
	}
	h := vs.held[chat]
	if h == nil {
		h = &heldVisit{visit: v, visits: vs, chat: chat, counted: counted}
		vs.held[chat] = h
	}
	vs.turn++
	h.since, h.until, h.unheard = vs.turn, 0, false
	return vs.turn
}

// comes begins a resume of a chat. One at a time: whoever resumes has the chat's turn.
func (vs *visits) comes(chat string) {
	vs.mu.Lock()
	vs.coming[chat] = false
	vs.mu.Unlock()
}

// came ends a resume. With took this node counts the visit, unless it did since the resume began.
func (vs *visits) came(chat string, took bool, v visit, counted bool) {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	if took && !vs.coming[chat] {
		vs.keep(chat, v, counted)
	}
	delete(vs.coming, chat)
}

// doubt notes of what was taken at this turn, and not since, that its page may not have heard of its place.
func (vs *visits) doubt(chat string, turn uint64) {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	if h := vs.held[chat]; h != nil && h.since == turn {
		h.unheard = true
	}
}

// hold begins to wait for a young person whose line went down. A repeated one waits longer.
func (vs *visits) hold(chat string) {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	if h := vs.held[chat]; h != nil {
		h.wait(vs.hub.tick.Load())
	}
}

// wait begins a hold. mu is held.
func (h *heldVisit) wait(now int32) {
	h.until = now + h.visits.hub.holdTicks
	h.visits.down = append(h.visits.down, hold{h.chat, h.until})
}

// now is the turn to hand to saw: it is asked before looking.
func (vs *visits) now() uint64 {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	return vs.turn
}

// saw settles the visit of a chat by a look at it that began at a turn. It reports whether it was counted as answered.
func (vs *visits) saw(chat string, began uint64, v *routing.View, err error) bool {
	vs.mu.Lock()
	h := vs.held[chat]
	keep, stage := h == nil || h.since > began, Visited
	if l := vs.hub.lines[v.Line]; !keep && err == nil && l != nil {
		h.line = l.Name // it counts on the line that answers, or in which it ends; what is over names none
	}
	switch {
	case keep:
	case errors.Is(err, routing.ErrNoChat): // the store was emptied: the page joins anew, and that is counted
	case err != nil:
		keep = true
	case v.Holder != vs.hub.node: // it went on elsewhere
	case v.Answered:
		stage = Answered
	case v.Phase == routing.Over:
		if !h.unheard {
			stage = Abandoned
		}
	default:
		keep = true
	}
	if !keep {
		delete(vs.held, chat)
	}
	if _, coming := vs.coming[chat]; coming && stage != Visited {
		vs.coming[chat] = true
	}
	vs.mu.Unlock()
	if stage != Visited && !h.counted {
		vs.hub.cfg.Reach.Count(h.at(stage))
	}
	return stage == Answered
}

// stir has a visit looked at for which no socket here does that.
func (vs *visits) stir(chat string) {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	if h := vs.held[chat]; h != nil && h.look.mark() {
		vs.hub.work.add(h)
	}
}

// sync implements syncer.
func (h *heldVisit) sync() {
	vs := h.visits
	vs.mu.Lock()
	if !h.look.begin() {
		vs.mu.Unlock()
		return
	}
	if vs.held[h.chat] != h {
		h.look.end(false)
		vs.mu.Unlock()
		return
	}
	began := vs.turn
	vs.mu.Unlock()

	ctx, cancel := vs.hub.call()
	v, err := vs.hub.queue.View(ctx, h.chat, noMessages, routing.EveryEpoch)
	cancel()
	vs.saw(h.chat, began, &v, err)

	vs.mu.Lock()
	defer vs.mu.Unlock()
	if away(err) {
		h.look = syncQueued
		vs.hub.work.later(h)
		return
	}
	if now := vs.hub.tick.Load(); vs.held[h.chat] == h && h.until != 0 && h.until <= now {
		h.wait(now) // its deadline in the store is late, which was away when it fell
	}
	if h.look.end(false) {
		vs.hub.work.add(h)
	}
}

// beat looks at the visits whose young person did not come back in time.
func (vs *visits) beat(now int32) {
	var due []hold
	vs.mu.Lock()
	for len(vs.down) > 0 && vs.down[0].until <= now {
		d := vs.down[0]
		vs.down = vs.down[1:]
		if h := vs.held[d.chat]; h != nil && h.until == d.until {
			due = append(due, d)
		}
	}
	if len(vs.down) == 0 {
		vs.down = nil
	}
	vs.mu.Unlock()
	for _, d := range due {
		if !vs.hub.atYouth(d.chat) { // else it came back while its old socket was let go of
			vs.stir(d.chat)
		}
	}
}

// resync looks at every visit without a socket here: it may have gone on elsewhere unheard.
func (vs *visits) resync() {
	vs.mu.Lock()
	chats := make([]string, 0, len(vs.held))
	for chat := range vs.held {
		chats = append(chats, chat)
	}
	vs.mu.Unlock()
	for _, chat := range chats {
		if !vs.hub.atYouth(chat) {
			vs.stir(chat)
		}
	}
}

// drain drops all visits, for good: their pages go on elsewhere, and bring the campaign along.
func (vs *visits) drain() {
	vs.mu.Lock()
	vs.held, vs.down = nil, nil
	vs.mu.Unlock()
}
