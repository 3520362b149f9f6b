package main

import (
	"fmt"
	"testing"

	"haven/chat/client"
)

// laterClock lets a test move the page's clock on.
const laterClock = `{
  const now = Date.now.bind(Date);
  window.later = 0;
  Date.now = () => now() + window.later;
}`

// TestBrowserStaffSilence holds for each of two chats who waits for whom and how long, whatever goes on in the other one.
func TestBrowserStaffSilence(t *testing.T) {
	c := openChromium(t)
	_, info := demo(t)
	sanne := c.open("Sanne", nil).laptop()
	sanne.onEveryDocument(laterClock)
	sanne.logsIn(info.URL, info.Staff[0])
	sanne.takesChats(2)
	sanne.waitFor("#state[data-state=ready]")
	one, first := comes(t, info.URL, client.Want{Line: "jip"}, sanne)
	two, second := comes(t, info.URL, client.Want{Line: "shop"}, sanne)
	const wait = "[data-part=wait]"
	shows := func(chat, words, level, text string) {
		t.Helper()
		sanne.wait(words, fmt.Sprintf(`((e) => e.dataset.w === %q && e.dataset.level === %q && e.textContent.includes(%q))(document.querySelector(%q))`, words, level, text, chat+wait))
	}
	later := func(minutes int) {
		t.Helper()
		js[int](sanne, fmt.Sprintf("window.later += %d", minutes*60_000))
	}
	shows(first, "wait.first", "you", "nog maar net") // a place in line was left for a word
	one.Say("ik wacht al even")
	shows(first, "wait.you", "you", "nog maar net")
	later(2)
	shows(first, "wait.you", "warm", "2 min")
	shows(second, "wait.first", "warm", "2 min")
	two.Say("hoi")
	shows(second, "wait.you", "you", "nog maar net")
	shows(first, "wait.you", "warm", "2 min")
	sanne.say(second+"textarea", "Dag, ik ben Sanne.", "")
	shows(second, "wait.me", "", "nog maar net")
	later(3)
	shows(first, "wait.you", "late", "5 min")
	shows(second, "wait.me", "", "3 min")
	sanne.wait("it was said, once", `[...document.querySelectorAll('#live p')].filter((p) => p.textContent.includes('5 min')).length === 1`)
	two.Say("ja")
	shows(second, "wait.you", "you", "nog maar net")
	shows(first, "wait.you", "late", "5 min")
	later(3)
	shows(second, "wait.you", "warm", "3 min")
	shows(first, "wait.you", "late", "8 min")
	sanne.say(first+"textarea", "Sorry dat je moest wachten.", "")
	shows(first, "wait.me", "", "nog maar net")
	later(6)
	shows(first, "wait.me", "still", "6 min")
	shows(second, "wait.you", "late", "9 min")
	sanne.judge("silences")
	sanne.looksLike(360, 740, "light")
	sanne.waitText("#tabs [data-level=late] .overdue", "9 min")
}
