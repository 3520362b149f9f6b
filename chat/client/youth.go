package client

import (
	"context"
	"net/http"

	"haven/chat/frame"
	"haven/chat/hvn1"
)

// Youth is a young person's end of one chat.
type Youth struct {
	socket
	*Chat // nil before Join

	// Under mu.
	wish    frame.Inbound // the last join
	token   string
	share   string
	store   string
	emptied bool // the store began another life: a chat that it does not know is joined anew
	left    []left
}

// NewYouth is a Youth that is not connected yet.
func NewYouth(o Options) *Youth {
	y := &Youth{socket: socket{opt: o, head: http.Header{}}}
	if o.Origin != "" {
		y.head.Set("Origin", o.Origin)
	}
	return y
}

// Connect dials and, where a chat stands, resumes it. The answer, hello included, is heard like everything else.
func (y *Youth) Connect(ctx context.Context) error { return y.Reconnect(ctx, "") }

// Reconnect is Connect to another address of the deployment, or with "" to the same: what stands is cut, and the
// chat resumed after the highest seq that was had; what was not acked is sent again.
func (y *Youth) Reconnect(ctx context.Context, url string) error {
	if url != "" {
		y.opt.URL = url
	}
	y.Cut()
	y.mu.Lock()
	if y.Chat != nil {
		y.dropped()
	}
	y.mu.Unlock()
	if err := y.connect(ctx, "/chat", y.handle); err != nil {
		return err
	}
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.Chat == nil {
		return nil
	}
	if y.id == "" {
		return y.socket.send(&y.wish, false) // the answer to the join was lost, and with it the token
	}
	return y.resume()
}

func (y *Youth) resume() error {
	return y.socket.send(&frame.Inbound{T: frame.TResume, Chat: y.id, Token: y.token, After: y.seen,
		Campaign: y.wish.Campaign, Channel: y.wish.Channel}, false)
}

// Want is what a young person asks for. Only Line is needed.
type Want struct {
	Line, Lang, Topic, Campaign, Channel, Return string
	Urgent                                       bool
}

// Ask sends a join with a fresh key, and does not wait for the answer.
func (y *Youth) Ask(w Want) error {
	c := newChat(&y.socket, hvn1.Youth)
	if err := c.newKey(); err != nil {
		return err
	}
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.Chat != nil && y.id == "" {
		c.data, c.ids, c.waiting = y.data, y.ids, y.waiting
	}
	y.Chat = c
	y.wish = frame.Inbound{
		T: frame.TJoin, Line: w.Line, PK: c.pk, Lang: w.Lang, Topic: w.Topic, Urgent: w.Urgent,
		Campaign: w.Campaign, Channel: w.Channel, Return: w.Return,
	}
	return y.socket.send(&y.wish, false)
}

// Join asks and waits for the place in line. Its error is *Refused, *ErrFrame, ErrClosed or the context's.
func (y *Youth) Join(ctx context.Context, w Want) (Event, error) {
	if err := y.Ask(w); err != nil {
		return Event{}, err
	}
	return answer(y.ExpectThat(ctx, func(e *Event) bool {
		return e.T == frame.TWaiting || e.T == frame.TRefused || e.T == frame.TError && e.Re == "join"
	}))
}

// answer makes errors of the frames that are some.
func answer(e Event, err error) (Event, error) {
	switch {
	case err != nil:
		return e, err
	case e.T == frame.TRefused:
		return e, &Refused{e}
	case e.T == frame.TError:
		return e, &ErrFrame{e.Code, e.Re}
	}
	return e, nil
}

// Joined waits until a counsellor is there and her key confirmation checked.
func (y *Youth) Joined(ctx context.Context) (Event, error) {
	e, err := y.Expect(ctx, frame.TJoined)
	if err != nil || e.Err != nil {
		return e, firstOf(err, e.Err)
	}
	c, err := y.ExpectThat(ctx, func(c *Event) bool { return c.T == frame.TConfirm && c.E == e.E })
	return e, firstOf(err, c.Err)
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Visit says that a person opened the page.
func (y *Youth) Visit(campaign, channel string) error {
	return y.do(false, frame.Inbound{T: frame.TVisit, Campaign: campaign, Channel: channel})
}

// Quiet says that it is not safe to type now, or is again.
func (y *Youth) Quiet(on bool) error { return y.do(false, frame.Inbound{T: frame.TQuiet, On: on}) }

// Hide is the quick exit. The chat can be entered again with a return code only.
func (y *Youth) Hide() error { return y.do(false, frame.Inbound{T: frame.THide}) }

// Code asks for a return code.
func (y *Youth) Code() error { return y.do(false, frame.Inbound{T: frame.TCode}) }

// Consent answers a handover.
func (y *Youth) Consent(offer string, yes, history bool) error {
	return y.do(false, frame.Inbound{T: frame.TConsent, Offer: offer, Yes: yes, History: history})
}

// Anyone has a place that waits for one counsellor (waiting.for) wait for anybody.
func (y *Youth) Anyone() error { return y.do(false, frame.Inbound{T: frame.TAnyone}) }

// Leave ends the chat; ended answers.
func (y *Youth) Leave() error { return y.do(false, frame.Inbound{T: frame.TLeave}) }

// Beat asks whether the line is alive.
func (y *Youth) Beat() error { return y.do(false, frame.Inbound{T: frame.TBeat}) }

// Token is the one that resumes the chat.
func (y *Youth) Token() string {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.token
}

// Reload is a page that was loaded again, on the same phone: it has kept id, token and keys, and nothing it showed.
func (y *Youth) Reload(ctx context.Context, url string) error {
	y.Cut()
	y.mu.Lock()
	y.seen = 0
	clear(y.ids)
	y.mu.Unlock()
	return y.Reconnect(ctx, url)
}

func (y *Youth) handle(b []byte) {
	if y.opt.Tap != nil {
		y.opt.Tap(b)
	}
	var h frame.Hot
	if h.Parse(b) {
		y.mu.Lock()
		c := y.Chat
		y.mu.Unlock()
		if c != nil {
			y.hot(c, &h, nil)
		}
		return
	}
	var e Event
	if e.Parse(b) != nil || e.T == frame.Unknown {
		return
	}
	y.mu.Lock()
	y.apply(&e)
	c := y.Chat
	y.mu.Unlock()
	y.tell(c, &e)
}

func (y *Youth) apply(e *Event) {
	c := y.Chat
	switch {
	case e.T == frame.THello:
		if y.store != "" && e.Store != "" && e.Store != y.store && c != nil && c.id != "" {
			y.emptied = true
			c.emptied()
			e.Err = y.resume()
		}
		if e.Store != "" {
			y.store = e.Store
		}
	case c == nil:
	case e.T == frame.TWaiting:
		begun := c.id == ""
		c.id, y.wish.Return = e.Chat, "" // where the store forgets this chat, it has forgotten the code as well
		y.isAt(e.Line)
		if e.Token != "" {
			y.token = e.Token
		}
		if e.Share != "" {
			y.share = e.Share
		}
		if e.Share != "" { // the answer to a resume; without, it only shows the place, and the answer is still to come
			y.emptied = false
		}
		if begun {
			e.Err = y.goOn()
		}
	case e.T == frame.TJoined:
		for _, p := range e.Past {
			if ep := c.epochs[p.E]; ep != nil && ep.pk != p.PK {
				c.stopped, e.Err = true, ErrOtherKey
				return
			}
		}
		y.emptied = false
		y.isAt(e.Line)
		e.Err = c.begin(e.E, e.PK)
	case e.T == frame.TConfirm:
		e.Err = c.confirm(e.E, e.Tag)
	case e.T == frame.TEnded:
		c.ended = true
	case e.T == frame.TRead:
		c.read(e.Seq)
	case e.T == frame.TError && e.Re == "resume" && e.Code == frame.CodeNoChat && y.emptied:
		y.emptied = false
		e.Err = y.anew()
	case e.T == frame.TError:
		c.refused(e.Code, e.Re)
	}
}

// isAt notes to which line the chat went, which is the one to ask for where it has to be joined anew.
func (y *Youth) isAt(line string) {
	if line != "" {
		y.wish.Line = line
	}
}

// anew joins again, keeping the words: the store knows nothing of the chat any more.
func (y *Youth) anew() error {
	c := y.Chat
	if ep := c.current; ep != nil && ep.session != nil {
		y.left = append(y.left, left{chat: c.id, e: ep})
	}
	c.id, c.epochs, c.current, y.token = "", map[int]*epoch{}, nil, ""
	for _, m := range c.waiting {
		m.counted = false
	}
	if err := c.newKey(); err != nil {
		return err
	}
	y.wish.PK = c.pk
	return y.socket.send(&y.wish, false)
}
