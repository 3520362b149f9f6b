package chat

import (
	"testing"
	"time"

	"haven/chat/frame"
)

// TestNoChatIsSaidByWhoKnowsTheStore: a node that has just started and has not reached the store's heartbeat yet does not
// tell a page that its chat is gone. The store may have been emptied, and then the page sends again what it has.
func TestNoChatIsSaidByWhoKnowsTheStore(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.set(func(f *fake) { f.store = "" })
		y := w.youth()
		resume := `{"t":"resume","chat":"%s","token":"%s","after":0}`
		y.send(resume, id("chat", 99), id("token", 99))
		pass(callTimeout + time.Second)
		y.fails(frame.CodeUnavailable, "resume")
		w.set(func(f *fake) { f.store = "life-1" })
		y.send(resume, id("chat", 99), id("token", 99))
		y.fails(frame.CodeNoChat, "resume")
	})
}
