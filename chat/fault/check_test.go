package fault

import (
	"slices"
	"strings"
	"testing"
	"time"
)

var limits = Limits{Wait: 2 * time.Second, Recovery: 2 * time.Second, Held: 8 * time.Second, Grace: 6 * time.Second,
	Linger: 4 * time.Second, Wrapup: 3 * time.Second, Passed: 4 * time.Second, Prefer: 3 * time.Second}

const y, c = "jongere", "Sanne"

// chatted is a whole chat in which everything is as it should be, an entry each tenth of a second.
func chatted() []Entry {
	all := []Entry{
		{Who: c, What: Up}, {Who: y, What: Up},
		{Who: c, What: Desk, State: "ready", Capacity: 2},
		{Who: y, What: Wants},
		{Who: y, What: Waits, Chat: "a"},
		{Who: c, What: Offered, Chat: "a", Offer: "o"},
		{Who: c, What: Bound, Chat: "a"},
		{Who: c, What: Assigned, Chat: "a"},
		{Who: y, What: Bound, Chat: "a"},
		{Who: y, What: Joined, Chat: "a", Name: c, PK: "k"},
		{Who: c, What: Desk, State: "ready", Capacity: 2, Chats: []string{"a"}},
	}
	for i, id := range []string{"1", "2", "3", "4"} {
		author, reader, from := y, c, byte('y')
		if i%2 == 1 {
			author, reader, from = c, y, 'c'
		}
		n, seq := i/2+1, int64(i+1)
		in := ""
		if author == c {
			in = "a" // a young person has one
		}
		all = append(all, Entry{Who: author, What: Said, Chat: in, ID: id, N: n, From: from},
			Entry{Who: author, What: Acked, Chat: "a", ID: id, Seq: seq},
			Entry{Who: reader, What: Heard, Chat: "a", ID: id, Seq: seq, From: from},
			Entry{Who: reader, What: Shown, Chat: "a", ID: id, Seq: seq, N: n, From: from, OK: true})
	}
	all = append(all, Entry{Who: y, What: Leaves, Chat: "a"},
		Entry{Who: y, What: Ended, Chat: "a", Reason: "left"},
		Entry{Who: c, What: Ended, Chat: "a", Reason: "left"},
		Entry{Who: c, What: Desk, State: "ready", Capacity: 2, Wrapups: []string{"a"}},
		Entry{Who: c, What: Desk, State: "ready", Capacity: 2})
	for i := range all {
		all[i].At = time.Duration(i+1) * 100 * time.Millisecond
	}
	return all
}

// where is the place of the first entry of a kind, of that message where id is not "".
func where(all []Entry, who string, what What, id string) int {
	return slices.IndexFunc(all, func(e Entry) bool {
		return e.Who == who && e.What == what && (id == "" || e.ID == id)
	})
}

// put adds entries behind another, at its time.
func put(all []Entry, behind int, more ...Entry) []Entry {
	for i := range more {
		if more[i].At == 0 {
			more[i].At = all[behind].At
		}
	}
	return slices.Insert(all, behind+1, more...)
}

// sealedFor has what is heard behind an entry in another epoch.
func sealedFor(all []Entry, behind, epoch int) []Entry {
	for i := range all[behind+1:] {
		if e := &all[behind+1+i]; e.What == Heard || e.What == Shown {
			e.E = epoch
		}
	}
	return all
}

// without takes one entry out.
func without(all []Entry, i int) []Entry { return slices.Delete(all, i, i+1) }

// late makes everything from an entry on come so much later.
func late(all []Entry, from int, by time.Duration) []Entry {
	for i := from; i < len(all); i++ {
		all[i].At += by
	}
	return all
}

// anew has the store emptied before the young person was shown the counsellor's last message, and who has the chat that is
// begun instead talk with them for a while.
func anew(all []Entry, who string, while time.Duration) []Entry {
	i := where(all, y, Heard, "4")
	at := all[i].At
	all = append(all[:i:i], Entry{At: at, What: Broken, Name: "x", Loses: true}, Entry{At: at, What: Mended, Name: "x"},
		Entry{At: at, Who: y, What: Wants}, Entry{At: at, Who: y, What: Waits, Chat: "b"},
		Entry{At: at, Who: who, What: Bound, Chat: "b"}, Entry{At: at, Who: who, What: Assigned, Chat: "b"},
		Entry{At: at, Who: y, What: Bound, Chat: "b"}, Entry{At: at, Who: y, What: Joined, Chat: "b", Name: who, PK: "l"})
	at += while
	return append(all, Entry{At: at, Who: y, What: Leaves, Chat: "b"}, Entry{At: at, Who: y, What: Ended, Chat: "b", Reason: "left"})
}

func rules(found []Violation) string {
	var all []string
	for _, v := range found {
		all = append(all, v.Rule)
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), " ")
}

// TestCheckSeesEachFault: a sound history is found so, and each fault in it is named.
func TestCheckSeesEachFault(t *testing.T) {
	for _, m := range []struct {
		name, rule string
		do         func(all []Entry) []Entry
	}{
		{"nothing", "", func(all []Entry) []Entry { return all }},
		{"a message was lost", "lost", func(all []Entry) []Entry {
			return without(all, where(all, c, Shown, "3"))
		}},
		{"a message of the counsellor's was lost", "lost", func(all []Entry) []Entry {
			all = without(all, where(all, y, Shown, "2"))
			return without(all, where(all, y, Leaves, ""))[:len(all)-5]
		}},
		{"a message of the counsellor's was lost, and they left", "lost", func(all []Entry) []Entry {
			all = without(all, where(all, y, Shown, "2"))
			return late(all, where(all, y, Leaves, ""), 5*time.Second)
		}},
		{"a message was lost, and she too, much later", "lost", func(all []Entry) []Entry {
			i := where(all, c, Shown, "3")
			late(all, i, 5*time.Second)
			all = without(all, i)
			return put(all, i, Entry{Who: "Karim", What: Assigned, Chat: "a", E: 1},
				Entry{Who: y, What: Joined, Chat: "a", E: 1, Name: "Karim", PK: "other"})
		}},
		{"what she had said was lost when the store was emptied", "lost", func(all []Entry) []Entry { return anew(all, c, 9*time.Second) }},
		{"what she had said was lost when the store was emptied, and what she said later was not", "lost", func(all []Entry) []Entry {
			all = anew(all, c, time.Second)
			i := where(all, y, Leaves, "")
			return put(all, i-1, Entry{Who: y, What: Said, ID: "5", N: 3, From: 'y'},
				Entry{Who: c, What: Shown, Chat: "b", ID: "5", N: 3, Seq: 2, From: 'y', OK: true},
				Entry{At: all[i].At + 1, Who: c, What: Said, Chat: "b", ID: "6", N: 3, From: 'c'},
				Entry{At: all[i].At + 1, Who: y, What: Shown, Chat: "b", ID: "6", N: 3, Seq: 3, From: 'c', OK: true})
		}},
		{"a message was lost while everything broke, and the next was not", "lost", func(all []Entry) []Entry {
			i := where(all, c, Shown, "1")
			return put(without(all, i), 0, Entry{What: Broken, Name: "x"})
		}},
		{"a message came to the same page in another chat once more", "twice", func(all []Entry) []Entry {
			all = anew(all, c, 9*time.Second)
			i := where(all, y, Leaves, "")
			return put(all, i-1, Entry{Who: y, What: Shown, Chat: "b", ID: "2", N: 1, Seq: 1, From: 'c', OK: true},
				Entry{Who: y, What: Shown, Chat: "b", ID: "4", N: 2, Seq: 2, From: 'c', OK: true})
		}},
		{"a message was shown twice", "order twice", func(all []Entry) []Entry {
			i := where(all, c, Shown, "1")
			return put(all, i, all[i])
		}},
		{"messages were shown in another order", "order", func(all []Entry) []Entry {
			i := where(all, c, Shown, "1")
			first := all[i]
			all = without(all, i)
			return put(all, where(all, c, Shown, "3"), first)
		}},
		{"a message is kept twice", "doubled", func(all []Entry) []Entry {
			i := where(all, y, Acked, "3")
			return put(all, i, Entry{Who: y, What: Acked, Chat: "a", ID: "3", Seq: 9})
		}},
		{"two messages are kept at one place", "doubled", func(all []Entry) []Entry {
			for i := range all {
				if all[i].ID == "3" {
					all[i].Seq = 1
				}
			}
			all[where(all, c, Heard, "3")].What = Read
			return all
		}},
		{"a message came twice on one socket", "again", func(all []Entry) []Entry {
			i := where(all, c, Heard, "3")
			return put(all, i, all[i])
		}},
		{"a message of an old epoch was kept", "fence", func(all []Entry) []Entry {
			all[where(all, y, Heard, "2")].E = 1
			return all
		}},
		{"a message that was said after the next epoch began was kept", "fence", func(all []Entry) []Entry {
			return put(all, where(all, y, Heard, "2"), Entry{Who: c, What: Assigned, Chat: "a", E: 1},
				Entry{Who: y, What: Joined, Chat: "a", E: 1, Name: c, PK: "k2"})
		}},
		{"a message did not open", "sealed", func(all []Entry) []Entry {
			all[where(all, c, Shown, "3")].OK = false
			return all
		}},
		{"a message of nobody's", "strange", func(all []Entry) []Entry {
			all[where(all, c, Heard, "3")].ID = "9"
			return all
		}},
		{"an ack for another's", "strange", func(all []Entry) []Entry {
			all[where(all, y, Acked, "3")].Who = c
			return all
		}},
		{"an epoch has two owners", "owner", func(all []Entry) []Entry {
			return put(all, where(all, c, Assigned, ""), Entry{Who: "Karim", What: Assigned, Chat: "a"})
		}},
		{"the young person is told of another owner", "owner", func(all []Entry) []Entry {
			all[where(all, y, Joined, "")].Name = "Karim"
			return all
		}},
		{"an epoch has two keys", "owner", func(all []Entry) []Entry {
			i := where(all, y, Joined, "")
			return put(all, i, Entry{Who: y, What: Joined, Chat: "a", Name: c, PK: "other"})
		}},
		{"an epoch goes back", "owner", func(all []Entry) []Entry {
			i := where(all, c, Assigned, "")
			return put(sealedFor(all, i, 1), i, Entry{Who: c, What: Assigned, Chat: "a", E: 1}, Entry{Who: c, What: Assigned, Chat: "a"})
		}},
		{"more chats than she wants", "capacity", func(all []Entry) []Entry {
			i := where(all, c, Assigned, "")
			return put(all, i, Entry{Who: c, What: Desk, State: "busy", Capacity: 2, Chats: []string{"a", "b", "d"}})
		}},
		{"a chat in the place of a wrap-up", "capacity", func(all []Entry) []Entry {
			i := where(all, c, Ended, "")
			return put(all, i, Entry{Who: c, What: Desk, State: "busy", Capacity: 2, Chats: []string{"b", "d"}, Wrapups: []string{"a"}})
		}},
		{"somebody waits while she is free", "waits", func(all []Entry) []Entry {
			return late(all, where(all, c, Offered, ""), 3*time.Second)
		}},
		{"who came later is offered first", "turn", func(all []Entry) []Entry {
			i := where(all, c, Offered, "")
			late(all, i, time.Second)
			return put(all, i-1, Entry{At: all[i].At - 400*time.Millisecond, Who: "ander", What: Wants},
				Entry{At: all[i].At - 300*time.Millisecond, Who: "ander", What: Waits, Chat: "b"},
				Entry{At: all[i].At - 200*time.Millisecond, Who: "Karim", What: Offered, Chat: "b", Offer: "p"},
				Entry{At: all[i].At - 200*time.Millisecond, Who: "ander", What: Leaves, Chat: "b"})
		}},
		{"nobody answers", "starved", func(all []Entry) []Entry {
			return all[:where(all, y, Waits, "")+1]
		}},
		{"a chat ended as left by nobody", "ended", func(all []Entry) []Entry {
			return without(all, where(all, y, Leaves, ""))
		}},
		{"a chat ended for another reason", "ended", func(all []Entry) []Entry {
			all[where(all, y, Ended, "")].Reason = "stopped"
			return all
		}},
		{"a chat is unknown all of a sudden", "ended", func(all []Entry) []Entry {
			i := where(all, y, Said, "3")
			return put(all[:i+1], i, Entry{Who: y, What: Missing, Chat: "a"})
		}},
		{"a page gives up when the store was emptied", "ended", func(all []Entry) []Entry {
			i := where(all, y, Said, "3")
			return put(all[:i+1], i, Entry{What: Broken, Name: "x", Loses: true}, Entry{What: Mended, Name: "x"},
				Entry{Who: y, What: Missing, Chat: "a"})
		}},
		{"a chat is lost while the line was up", "ended", func(all []Entry) []Entry {
			i := where(all, y, Said, "3")
			return put(all[:i+1], i, Entry{Who: y, What: Ended, Chat: "a", Reason: "lost"})
		}},
		{"a chat is lost before the time is over", "ended", func(all []Entry) []Entry {
			i := where(all, y, Said, "3")
			at := all[i].At
			return put(all[:i+1], i, Entry{Who: y, What: Down}, Entry{At: at + 2*time.Second, Who: y, What: Up},
				Entry{At: at + 2*time.Second, Who: y, What: Ended, Chat: "a", Reason: "lost"})
		}},
		{"a page was given another key", "stopped", func(all []Entry) []Entry {
			return put(all, where(all, y, Said, "3"), Entry{Who: y, What: Stopped, Chat: "a", Name: "x"})
		}},
		{"what was acked is gone after a failover", "lost", func(all []Entry) []Entry {
			end := &all[where(all, y, Leaves, "")]
			end.Who, end.What, end.Reason = c, Ends, "left" // they read to the end
			i := where(all, y, Shown, "4")
			return put(without(all, i), i-1, Entry{What: Broken, Name: "x", Loses: true, Kept: true}, Entry{What: Mended, Name: "x"})
		}},
		{"the one that took a primary's place assigned anew", "owner", func(all []Entry) []Entry {
			i := where(all, y, Said, "3")
			return put(all, i, Entry{What: Broken, Name: "x", Loses: true, Kept: true},
				Entry{Who: "Karim", What: Assigned, Chat: "a", E: 1}, Entry{What: Mended, Name: "x"},
				Entry{Who: "Bea", What: Assigned, Chat: "a", E: 1})
		}},
		{"something never came true", "stuck", func(all []Entry) []Entry {
			return put(all, len(all)-1, Entry{Who: y, What: Stuck, Name: "x"})
		}},
	} {
		if got := rules(Check(m.do(chatted()), limits)); got != m.rule {
			t.Errorf("%s: found %q, want %q", m.name, got, m.rule)
		}
	}
	for _, m := range lineFaults {
		if got := rules(Check(m.do(moving()), limits)); got != m.rule {
			t.Errorf("%s: found %q, want %q", m.name, got, m.rule)
		}
	}
}

// TestCheckAsksForNoMoreThanIsPromised: what looks alike and is nobody's fault.
func TestCheckAsksForNoMoreThanIsPromised(t *testing.T) {
	for name, do := range map[string]func(all []Entry) []Entry{
		"who reloads is shown it again": func(all []Entry) []Entry {
			i := where(all, y, Shown, "2")
			again := []Entry{{Who: y, What: Reloaded}, {Who: y, What: Bound, Chat: "a"}, all[i-1], all[i]}
			return put(all, i, again...)
		},
		"she was lost before it was shown, and another took over": func(all []Entry) []Entry {
			i := where(all, c, Shown, "3")
			all = without(sealedFor(all, i, 1), i)
			return put(all, i-1, Entry{Who: "Karim", What: Assigned, Chat: "a", E: 1},
				Entry{Who: y, What: Joined, Chat: "a", E: 1, Name: "Karim", PK: "other"})
		},
		"the store was emptied before the young person was shown it": func(all []Entry) []Entry {
			i := where(all, y, Shown, "4")
			return put(without(all, i), i-1, Entry{What: Broken, Name: "x", Loses: true}, Entry{What: Mended, Name: "x"})
		},
		"the store was emptied, and the young person left at once the chat that was begun instead": func(all []Entry) []Entry {
			i := where(all, c, Shown, "3")
			return put(all[:i], i-1, Entry{What: Broken, Name: "x", Loses: true}, Entry{What: Mended, Name: "x"},
				Entry{Who: y, What: Wants}, Entry{Who: y, What: Waits, Chat: "b"}, Entry{Who: y, What: Leaves, Chat: "b", Abrupt: true},
				Entry{Who: y, What: Ended, Chat: "b", Reason: "left"})
		},
		"the store was emptied, and somebody else has the chat that was begun instead": func(all []Entry) []Entry {
			return anew(all, "Karim", 9*time.Second)
		},
		"the store was emptied, and they left before hers went along": func(all []Entry) []Entry { return anew(all, c, time.Second) },
		"the store was emptied, and what she had said came behind what she says now": func(all []Entry) []Entry {
			all = anew(all, c, 9*time.Second)
			i := where(all, y, Leaves, "")
			return put(all, i-1, Entry{Who: c, What: Said, Chat: "b", ID: "5", N: 3, From: 'c'},
				Entry{Who: y, What: Shown, Chat: "b", ID: "5", N: 3, Seq: 1, From: 'c', OK: true},
				Entry{Who: y, What: Shown, Chat: "b", ID: "4", N: 2, Seq: 2, From: 'c', OK: true})
		},
		"that a chat goes on with another is said under that one's id": func(all []Entry) []Entry {
			i := where(all, y, Acked, "1")
			return put(all, i, Entry{Who: y, What: Acked, Chat: "a", ID: "a", Seq: 7}, Entry{Who: c, What: Heard, Chat: "a", ID: "a", Seq: 7, From: 'y'})
		},
		"the primary that a chat talks on was cut off": func(all []Entry) []Entry {
			i := where(all, y, Said, "3")
			return put(all, i, Entry{What: Broken, Name: "x", Loses: true, Kept: true},
				Entry{Who: y, What: Heard, Chat: "a", ID: "2", Seq: 9, E: 0}, Entry{What: Mended, Name: "x"})
		},
		"the young person left at once": func(all []Entry) []Entry {
			all[where(all, y, Leaves, "")].Abrupt = true
			return without(all, where(all, c, Shown, "3"))
		},
		"something was broken while they waited": func(all []Entry) []Entry {
			i := where(all, c, Offered, "")
			at := all[i].At
			return put(late(all, i, 5*time.Second), i-1, Entry{At: at, What: Broken, Name: "x"},
				Entry{At: at + 4*time.Second, What: Mended, Name: "x"})
		},
		"she declined it": func(all []Entry) []Entry {
			i := where(all, c, Offered, "")
			at := all[i].At
			return put(late(all, i, 3*time.Second), i-1, Entry{At: at, Who: c, What: Offered, Chat: "a", Offer: "p"},
				Entry{At: at, Who: c, What: Declines, Chat: "a", Offer: "p"})
		},
		"who came later is in danger": func(all []Entry) []Entry {
			i := where(all, c, Offered, "")
			late(all, i, time.Second)
			return put(all, i-1, Entry{At: all[i].At - 400*time.Millisecond, Who: "ander", What: Wants},
				Entry{At: all[i].At - 300*time.Millisecond, Who: "ander", What: Waits, Chat: "b"},
				Entry{At: all[i].At - 200*time.Millisecond, Who: "Karim", What: Offered, Chat: "b", Offer: "p", Urgent: true},
				Entry{At: all[i].At - 200*time.Millisecond, Who: "ander", What: Leaves, Chat: "b"})
		},
		"she was at rest": func(all []Entry) []Entry {
			all[where(all, c, Desk, "")].State = "rest"
			return late(all, where(all, c, Offered, ""), 5*time.Second)
		},
		"their line was down": func(all []Entry) []Entry {
			i := where(all, c, Offered, "")
			at := all[i].At
			return put(late(all, i, 5*time.Second), i-1, Entry{At: at, Who: y, What: Down},
				Entry{At: at + 4*time.Second, Who: y, What: Up}, Entry{At: at + 4*time.Second, Who: y, What: Waits, Chat: "a"})
		},
		"they were gone for longer than their place is kept": func(all []Entry) []Entry {
			i := where(all, y, Said, "3")
			at := all[i].At
			return put(all[:i+1], i, Entry{Who: y, What: Down}, Entry{At: at + 7*time.Second, Who: y, What: Up},
				Entry{At: at + 7*time.Second, Who: y, What: Ended, Chat: "a", Reason: "lost"})
		},
		"a chat came back to her who had handed it over": func(all []Entry) []Entry {
			again := all[where(all, c, Shown, "3")]
			return put(all, where(all, c, Shown, "3"), Entry{Who: c, What: Moved, Chat: "a"}, again)
		},
		"it came back before she was told that it had moved": func(all []Entry) []Entry {
			i := where(all, c, Shown, "3")
			return put(sealedFor(all, i, 2), i, Entry{Who: "other", What: Assigned, Chat: "a", E: 1}, Entry{Who: c, What: Assigned, Chat: "a", E: 2}, all[i])
		},
		"the store's clock jumped between an end and her hearing of it": func(all []Entry) []Entry {
			i := where(all, c, Ended, "")
			all = put(all, i, Entry{Who: c, What: Desk, State: "busy", Capacity: 2, Chats: []string{"b", "d"}, Wrapups: []string{"a"}})
			return put(all, i-1, Entry{What: Broken, Name: "x", Jumps: true}, Entry{What: Mended, Name: "x"})
		},
		"a wrap-up that is owed for long holds no place": func(all []Entry) []Entry {
			i := where(all, c, Ended, "")
			return put(all, len(all)-1, Entry{At: all[i].At + 3*time.Second, Who: c, What: Desk, State: "busy", Capacity: 2,
				Chats: []string{"b", "d"}, Wrapups: []string{"a"}})
		},
	} {
		if found := Check(do(chatted()), limits); len(found) > 0 {
			t.Errorf("%s: found %v", name, found)
		}
	}
	if found := Check(moving(), limits); len(found) > 0 {
		t.Errorf("nothing: found %v", found)
	}
	for _, m := range lineExcuses {
		if found := Check(m.do(moving()), limits); len(found) > 0 {
			t.Errorf("%s: found %v", m.name, found)
		}
	}
	slow := limits
	slow.Lag = 2 * time.Second
	all := chatted()
	if found := Check(late(all, where(all, c, Offered, ""), 3*time.Second), slow); len(found) > 0 {
		t.Errorf("the machine was late itself: found %v", found)
	}
	if found := Check(nil, limits); len(found) > 0 {
		t.Errorf("nothing happened: found %v", found)
	}
}
