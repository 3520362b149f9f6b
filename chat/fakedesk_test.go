package chat

import (
	"context"
	"errors"
	"slices"
	"strings"

	"haven/routing"
)

func (f *fake) Redeem(_ context.Context, ticket string) (routing.OnDuty, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.enter("redeem"); err != nil {
		return routing.OnDuty{}, err
	}
	name, ok := strings.CutPrefix(ticket, "ticket-")
	if !ok {
		return routing.OnDuty{}, errors.New("used")
	}
	return routing.OnDuty{Name: name, Lines: []string{"jip"}, Langs: []string{"nl"}, Lead: isLead(name)}, nil
}

func (f *fake) Enter(_ context.Context, who routing.OnDuty, sock string) (routing.DeskView, error) {
	defer f.answered("enter")
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.enter("enter"); err != nil {
		return routing.DeskView{}, err
	}
	v := f.desks[who.Name]
	if v == nil {
		v = &routing.DeskView{State: routing.StateRest}
		f.desks[who.Name] = v
	}
	v.Sock, v.Lead = node+"/"+sock, who.Lead
	f.deskChanged(who.Name)
	return *v, nil
}

func (f *fake) DeskView(_ context.Context, name string) (routing.DeskView, error) {
	defer f.answered("deskview")
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.enter("deskview"); err != nil {
		return routing.DeskView{}, err
	}
	return *f.desks[name], nil
}

func (f *fake) DropDesk(_ context.Context, name, sock string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.enter("dropdesk"); err != nil {
		return err
	}
	if v := f.desks[name]; v.Sock == node+"/"+sock {
		v.Sock = ""
	}
	return nil
}

func (f *fake) Renew(_ context.Context, names []string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.renew = append(f.renew, names)
	return f.enter("renew")
}

func (f *fake) desk(call, name string, change func(v *routing.DeskView) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.enter(call); err != nil {
		return err
	}
	if err := change(f.desks[name]); err != nil {
		return err
	}
	f.deskChanged(name)
	return nil
}

func (f *fake) SetReady(_ context.Context, name string, capacity int) error {
	return f.desk("ready", name, func(v *routing.DeskView) error {
		v.State, v.Capacity = routing.StateReady, capacity
		return nil
	})
}

func (f *fake) Rest(_ context.Context, name string) error {
	return f.desk("rest", name, func(v *routing.DeskView) error { v.State, v.Offer = routing.StateRest, nil; return nil })
}

// ring has a chat ring at a desk.
func (f *fake) ring(name, chat string) (offer string) {
	_ = f.desk("ring", name, func(v *routing.DeskView) error {
		v.Offer = f.offer(chat)
		offer = v.Offer.Offer
		return nil
	})
	return offer
}

func (f *fake) offer(chat string) *routing.Offer {
	c := f.chats[chat]
	return &routing.Offer{Offer: f.fresh("offer"), Chat: chat, Line: c.Line, Lang: "nl", RingS: 20, PK: c.PKY}
}

func (f *fake) Take(_ context.Context, name string) (o routing.Offer, err error) {
	defer f.answered("take")
	err = f.desk("take", name, func(v *routing.DeskView) error {
		for chat, c := range f.chats {
			if c.Phase == routing.Waiting {
				v.Offer = f.offer(chat)
				o = *v.Offer
				return nil
			}
		}
		return routing.ErrNotNow
	})
	return o, err
}

func (f *fake) Accept(_ context.Context, name, offer, pk string) (view routing.View, err error) {
	defer f.answered("accept")
	err = f.desk("accept", name, func(v *routing.DeskView) error {
		for chat, c := range f.chats {
			if cur := c.Current(); cur != nil && cur.PK == pk && c.ids[offer] != 0 {
				view, err = f.view(chat, 1<<52)
				return err
			}
		}
		if v.Offer == nil || v.Offer.Offer != offer {
			return routing.ErrNoOffer
		}
		c := f.chats[v.Offer.Chat]
		v.Offer = nil
		v.Chats = append(v.Chats, routing.DeskChat{Chat: c.Chat, E: c.nextE(), Line: c.Line})
		c.ids[offer] = -1
		c.assign(name, pk)
		f.changed(c.Chat)
		view, err = f.view(c.Chat, 1<<52)
		return err
	})
	return view, err
}

func (c *fakeChat) nextE() int {
	if cur := c.Current(); cur != nil {
		return cur.E + 1
	}
	return 0
}

func (c *fakeChat) assign(name, pk string) {
	c.Answered = true
	c.Epochs = append(c.Epochs, routing.Epoch{E: c.nextE(), Owner: name, PK: pk, Since: c.Seq})
	c.Phase, c.owner, c.DeskShare = routing.Talking, name, "deskshare"
}

func (f *fake) Decline(_ context.Context, name, offer string) error {
	defer f.answered("decline")
	return f.desk("decline", name, func(v *routing.DeskView) error {
		if v.Offer == nil || v.Offer.Offer != offer {
			return routing.ErrNoOffer
		}
		v.Offer = nil
		return nil
	})
}

func (f *fake) ResumeDesk(_ context.Context, name, chat, pk string, after int64) (view routing.View, err error) {
	defer f.answered("resumedesk")
	err = f.desk("resumedesk", name, func(*routing.DeskView) error {
		c := f.chats[chat]
		if c == nil || c.owner != name || c.Phase == routing.Over {
			return routing.ErrNoChat
		}
		if pk != "" && pk != c.Current().PK {
			c.assign(name, pk)
			f.changed(chat)
		}
		view, err = f.view(chat, after)
		return err
	})
	return view, err
}

func (f *fake) End(_ context.Context, name, chat, reason string) error {
	defer f.answered("end")
	f.mu.Lock()
	c := f.chats[chat]
	mine := c != nil && c.owner == name
	f.mu.Unlock()
	if !mine {
		return routing.ErrNoChat
	}
	p := routing.Over
	if reason == routing.ReasonDone {
		p = routing.Done
	}
	if err := f.finish("end", chat, p, reason); err != nil {
		return err
	}
	return f.desk("ended", name, func(v *routing.DeskView) error {
		v.Chats = slices.DeleteFunc(slices.Clone(v.Chats), func(c routing.DeskChat) bool { return c.Chat == chat })
		v.Wrapups = append(slices.Clone(v.Wrapups), chat)
		return nil
	})
}

func (f *fake) Wrapup(_ context.Context, name, chat string, w routing.Wrapup) error {
	return f.desk("wrapup", name, func(v *routing.DeskView) error {
		if !slices.Contains(v.Wrapups, chat) {
			return routing.ErrNoChat
		}
		v.Wrapups = nil
		f.noted = append(f.noted, w)
		return nil
	})
}
