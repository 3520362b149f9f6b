package main

import (
	"encoding/json"
	"strings"
	"testing"

	"haven/chat/client"
	"haven/chat/frame"
	"haven/chat/hvn1"
)

// TestBrowserStaffCards asks in the danger and shows the answer with 112 first, puts a partner's card into a chat with one
// click, and finds the partner chosen in the wrap-up.
func TestBrowserStaffCards(t *testing.T) {
	c := openChromium(t)
	_, info := demo(t)
	sanne := c.readyAt(info.URL, info.Staff[0], 2)
	y, mine := comes(t, info.URL, client.Want{Line: "shop", Topic: "relation"}, sanne)
	other, beside := comes(t, info.URL, client.Want{Line: "jip", Topic: "school"}, sanne)
	other.Say("hoi")

	sanne.enters(mine + "[data-act=danger]")
	sanne.wait("the first that is asked is whether", `document.activeElement.dataset.act === 'danger-yes'`)
	sanne.key(enter)
	if card, _ := hearsCard(t, y, "danger"); len(card) != 1 {
		t.Errorf("the card asks with %q", card)
	}
	y.SayAs(hvn1.NewID(), frame.Card, `{"card":"danger","where":"in de schuur","reach":7}`)
	sanne.waitText(mine+".msg.danger dd", "in de schuur")
	if !js[bool](sanne, `((m) => {
	  const at = [...m.querySelectorAll('.protocol strong, dd')].map((e) => e.textContent);
	  return at[0] === '112' && at[1] === 'in de schuur' && m.querySelectorAll('dd.none').length === 1;
	})(document.querySelector('.msg.danger'))`) {
		t.Error("112 is not the first of the answer")
	}

	sanne.wait("it was said at once", `document.getElementById('alert').textContent.includes('in de schuur')`)

	// Those for the line of the chat, and no others.
	sanne.enters(beside + "[data-act=partner]")
	sanne.wait("one partner is for all lines", `document.querySelectorAll('.partners li').length === 1`)
	sanne.key(escape)
	sanne.wait("the focus is back", `document.activeElement.dataset.act === 'partner'`)
	sanne.enters(mine + "[data-act=partner]")
	sanne.wait("two partners are for this one", `document.querySelectorAll('.partners li').length === 2`)
	sanne.judge("partners")
	sanne.enters(mine + "[data-code=centrum-seksueel-geweld]")
	card, _ := hearsCard(t, y, "partner")
	if card["name"] != "Centrum Seksueel Geweld" || card["phone"] != "0800-0188" || card["hours"] == "" || card["about"] == "" || len(card) != 5 {
		t.Errorf("the young person is shown %q", card)
	}
	sanne.waitText(mine+".msg.partner", "0800-0188")
	sanne.judge("cards")
	other.SayAs(hvn1.NewID(), frame.Card, `{"card":"danger","reach":"op mijn mobiel"}`)
	sanne.waitText(beside+".msg.danger dd:last-child", "op mijn mobiel")
	sanne.looksLike(360, 740, "light")
	sanne.click(mine + "textarea")
	y.SayAs(hvn1.NewID(), frame.Card, `{"card":"danger","where":"op straat"}`)
	other.SayAs(hvn1.NewID(), frame.Card, `{"card":"danger","where":"hier"}`)
	sanne.waitText("#tabs [data-level=late] .overdue", "112") // of the chat that is out of sight
	sanne.laptop()

	for _, l := range []*client.Youth{other, y} {
		if err := l.Leave(); err != nil {
			t.Fatal(err)
		}
	}
	sanne.waitFor(beside + "form.wrapup")
	sanne.waitFor(mine + "form.wrapup")
	sanne.judge("wrap-up with a referral")
	for where, want := range map[string]string{beside: "", mine: "centrum-seksueel-geweld"} {
		if got := js[string](sanne, `document.querySelector(`+quoted(where+"[name=referral]")+`).value`); got != want {
			t.Errorf("chosen is %q, want %q", got, want)
		}
		sanne.click(where + "[data-act=wrapup]")
		sanne.waitGone(where)
	}
	sanne.seen.mu.Lock()
	defer sanne.seen.mu.Unlock()
	referrals := map[string]any{}
	for _, f := range sanne.seen.sent {
		var w map[string]any
		if json.Unmarshal([]byte(f), &w) == nil && w["t"] == "wrapup" {
			referrals[w["chat"].(string)] = w["referral"]
		}
		if strings.Contains(f, "0188") {
			t.Errorf("not sealed: %s", f)
		}
	}
	if len(referrals) != 2 || referrals[y.ID()] != "centrum-seksueel-geweld" || referrals[other.ID()] != nil {
		t.Errorf("wrapped up with %v", referrals)
	}
}
