package chat

import (
	"context"

	"haven/routing"
)

func (f *fake) Propose(_ context.Context, name, chat string, to routing.To, slip string) (offer string, err error) {
	defer f.answered("propose")
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.enter("propose"); err != nil {
		return "", err
	}
	c := f.chats[chat]
	switch {
	case c == nil || c.owner != name || c.Phase != routing.Talking:
		return "", routing.ErrNoChat
	case f.closed[to.Line]:
		return "", routing.ErrNobody
	}
	offer = f.fresh("offer")
	c.Handover = &routing.Handover{Offer: offer, Line: to.Line, Name: to.Name, Slip: slip}
	f.changed(chat)
	return offer, nil
}

func (f *fake) Keep(_ context.Context, name, chat string) error {
	defer f.answered("keep")
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.enter("keep"); err != nil {
		return err
	}
	c := f.chats[chat]
	if c == nil || c.owner != name || c.Handover == nil {
		return routing.ErrNoChat
	}
	c.came(routing.HandoverNobody)
	f.changed(chat)
	return nil
}

func (f *fake) Consent(_ context.Context, chat, sock, offer string, yes bool) error {
	defer f.answered("consent")
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.enter("consent"); err != nil {
		return err
	}
	c := f.chats[chat]
	if c == nil || c.Sock != node+"/"+sock || c.Handover == nil || c.Handover.Offer != offer {
		return routing.ErrNoOffer
	}
	if yes {
		h := *c.Handover
		h.Agreed = true
		c.Handover = &h
	} else {
		c.came(routing.HandoverNo)
	}
	f.changed(chat)
	return nil
}

// came ends what was asked.
func (c *fakeChat) came(result string) {
	c.Came = routing.Came{Offer: c.Handover.Offer, Result: result}
	c.Handover = nil
}
