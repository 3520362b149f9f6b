package fault

import (
	"slices"
	"time"
)

const k = "Karim"

// moving is a whole chat over two lines in which everything is as it should be, an entry each tenth of a second: it waits on
// jip, goes to fier, where Karim has it, who hands it over to Sanne, and is hidden and entered again by its code.
func moving() []Entry {
	var all []Entry
	say := func(author, reader, id string, n int, seq int64, e int) {
		from := byte('y')
		if author != y {
			from = 'c'
		}
		all = append(all, Entry{Who: author, What: Said, Chat: "a", ID: id, N: n, From: from},
			Entry{Who: author, What: Acked, Chat: "a", ID: id, Seq: seq},
			Entry{Who: reader, What: Heard, Chat: "a", ID: id, Seq: seq, E: e, From: from},
			Entry{Who: reader, What: Shown, Chat: "a", ID: id, Seq: seq, N: n, E: e, From: from, OK: true})
	}
	joins := func(who, pk string, e int, seq int64) {
		all = append(all, Entry{Who: who, What: Bound, Chat: "a"}, Entry{Who: who, What: Assigned, Chat: "a", E: e},
			Entry{Who: y, What: Bound, Chat: "a"},
			Entry{Who: y, What: Joined, Chat: "a", E: e, Name: who, PK: pk, Line: "fier", Seq: seq})
	}
	all = append(all, Entry{Who: c, What: Serves, Lines: []string{"jip", "fier"}}, Entry{Who: k, What: Serves, Lines: []string{"fier"}},
		Entry{Who: c, What: Up}, Entry{Who: k, What: Up}, Entry{Who: y, What: Up},
		Entry{Who: y, What: Wants, Line: "jip"},
		Entry{Who: y, What: Bound, Chat: "a"},
		Entry{Who: y, What: Waits, Chat: "a", Line: "jip"},
		Entry{Who: k, What: Desk, State: "ready", Capacity: 1},
		Entry{Who: y, What: Asked, Chat: "a", Offer: "over", Line: "fier"},
		Entry{Who: y, What: Answers, Chat: "a", Offer: "over", OK: true},
		Entry{Who: y, What: Waits, Chat: "a", Line: "fier"},
		Entry{Who: k, What: Offered, Chat: "a", Offer: "o", Line: "fier"})
	joins(k, "k", 0, 0)
	all = append(all, Entry{Who: c, What: Desk, State: "ready", Capacity: 1})
	say(y, k, "1", 1, 1, 0)
	say(k, y, "2", 1, 2, 0)
	all = append(all, Entry{Who: y, What: Asked, Chat: "a", Offer: "hand", Line: "fier", Name: c},
		Entry{Who: y, What: Answers, Chat: "a", Offer: "hand", OK: true},
		Entry{Who: c, What: Offered, Chat: "a", Offer: "hers", Line: "fier", By: k})
	joins(c, "c", 1, 0)
	all = append(all, Entry{Who: k, What: Moved, Chat: "a", Offer: "hand"})
	say(y, c, "3", 2, 3, 1)
	say(c, y, "4", 1, 4, 1)
	all = append(all, Entry{Who: y, What: Hides, Chat: "a"}, Entry{Who: y, What: Down}, Entry{Who: y, What: Reloaded},
		Entry{Who: y, What: Up},
		Entry{Who: y, What: Returns, Chat: "a", Line: "jip"}, Entry{Who: y, What: Wants, Line: "jip"},
		Entry{Who: y, What: Bound, Chat: "a"},
		Entry{Who: y, What: Waits, Chat: "a", Line: "fier"},
		Entry{Who: c, What: Offered, Chat: "a", Offer: "again", Line: "fier"})
	joins(c, "d", 2, 4)
	say(c, y, "5", 2, 5, 2)
	say(y, c, "6", 3, 6, 2)
	all = append(all, Entry{Who: y, What: Leaves, Chat: "a"}, Entry{Who: y, What: Ended, Chat: "a", Reason: "left"})
	for i := range all {
		all[i].At = time.Duration(i+1) * 100 * time.Millisecond
	}
	return all
}

// last is the place of the last entry of a kind.
func last(all []Entry, who string, what What) int {
	for i := len(all) - 1; ; i-- {
		if all[i].Who == who && all[i].What == what {
			return i
		}
	}
}

// younger has somebody else ask for a line after the young person did, and be offered to Karim before.
func younger(all []Entry, line string) []Entry {
	i := where(all, y, Asked, "")
	late(all, i, time.Second)
	all = put(all, i-1, Entry{At: all[i].At - 500*time.Millisecond, Who: "ander", What: Wants, Line: line},
		Entry{At: all[i].At - 400*time.Millisecond, Who: "ander", What: Waits, Chat: "b", Line: line})
	i = where(all, k, Offered, "")
	late(all, i, time.Second)
	return put(all, i-1, Entry{At: all[i].At - 100*time.Millisecond, Who: k, What: Offered, Chat: "b", Offer: "p", Line: line},
		Entry{At: all[i].At - 50*time.Millisecond, Who: "ander", What: Leaves, Chat: "b"})
}

// hiddenFor has the young person come back so much later.
func hiddenFor(all []Entry, by time.Duration) []Entry { return late(all, last(all, y, Up), by) }

// elsewhere has the code lead to another chat, which they leave at once.
func elsewhere(all []Entry) []Entry {
	i := last(all, y, Wants)
	return put(all[:i+1], i, Entry{Who: y, What: Waits, Chat: "b", Line: "jip"}, Entry{Who: y, What: Leaves, Chat: "b", Abrupt: true},
		Entry{Who: y, What: Ended, Chat: "b", Reason: "left"})
}

// barred has the code lead nowhere.
func barred(all []Entry) []Entry {
	i := last(all, y, Wants)
	return put(all[:i+1], i, Entry{Who: y, What: Barred, Chat: "a"}, Entry{Who: y, What: Refused, Line: "jip", Reason: "nobody"},
		Entry{Who: y, What: Leaves})
}

// turned has an answer be no.
func turned(all []Entry, offer string) []Entry {
	i := slices.IndexFunc(all, func(e Entry) bool { return e.What == Answers && e.Offer == offer })
	all[i].OK = false
	return all
}

// seen is a history, and what is found in it: "" for nothing.
type seen struct {
	name, rule string
	do         func(all []Entry) []Entry
}

// lineFaults are what moving must not be.
var lineFaults = []seen{
	{"a place goes to another line after a no", "consent", func(all []Entry) []Entry { return turned(all, "over") }},
	{"a place goes to a line that nobody asked about", "consent", func(all []Entry) []Entry {
		all[where(all, y, Asked, "")].Line = "shop"
		return all
	}},
	{"a place rings in another line before the yes", "consent", func(all []Entry) []Entry {
		i := where(all, y, Answers, "")
		return put(all, i-1, Entry{Who: c, What: Offered, Chat: "a", Offer: "x", Line: "fier"}, Entry{Who: c, What: Withdrawn, Chat: "a", Offer: "x"})
	}},
	{"a chat is handed over after a no", "consent", func(all []Entry) []Entry {
		all = turned(all, "hand")
		return without(all, last(all, k, Moved))
	}},
	{"a chat is handed over to a colleague who was not named", "consent", func(all []Entry) []Entry {
		all = put(all, 0, Entry{Who: "Bea", What: Serves, Lines: []string{"fier"}})
		i := slices.IndexFunc(all, func(e Entry) bool { return e.By == k })
		return put(all, i, Entry{Who: "Bea", What: Offered, Chat: "a", Offer: "x", Line: "fier", By: k}, Entry{Who: "Bea", What: Withdrawn, Chat: "a", Offer: "x"})
	}},
	{"a chat moves by a question that was not answered", "consent", func(all []Entry) []Entry {
		all[last(all, k, Moved)].Offer = "other"
		return all
	}},
	{"it rings on a line that she does not answer", "line", func(all []Entry) []Entry {
		all[1].Lines = []string{"jip"}
		return all
	}},
	{"somebody waits in the other line while she is free", "waits", func(all []Entry) []Entry {
		return late(all, where(all, k, Offered, ""), 3*time.Second)
	}},
	{"somebody waits for who answers both lines", "waits", func(all []Entry) []Entry {
		all = put(all, 3, Entry{Who: c, What: Desk, State: "ready", Capacity: 1})
		return late(all, where(all, y, Asked, ""), 3*time.Second)
	}},
	{"a place that went to another line lost its ticket", "turn", func(all []Entry) []Entry { return younger(all, "fier") }},
	{"who came later in her other line is offered first", "turn", func(all []Entry) []Entry {
		all[1].Lines = []string{"jip", "fier"}
		all[where(all, y, Asked, "")].Line, all[where(all, k, Desk, "")].Capacity = "shop", 0
		all = turned(all, "over")
		all[where(all, y, Answers, "")+1].Line = "jip"
		all = younger(all, "jip")
		i := slices.IndexFunc(all, func(e Entry) bool { return e.Chat == "a" && e.What == Offered })
		return put(all[:i], i-1, Entry{Who: y, What: Leaves, Chat: "a"})
	}},
	{"who came later is offered first while an older place waits for somebody else for long", "turn waits", func(all []Entry) []Entry {
		all = put(younger(all, "fier"), 0, Entry{Who: "Bea", What: Moves, Chat: "a", Name: c})
		i := where(all, k, Offered, "")
		return late(all, i-2, 7*time.Second)
	}},
	{"a line is closed that nobody paused", "refused", func(all []Entry) []Entry {
		return put(all, 5, Entry{Who: y, What: Refused, Line: "jip", Reason: "closed"}, Entry{Who: y, What: Wants, Line: "jip"})
	}},
	{"a line is closed long after the lead let in again", "refused", func(all []Entry) []Entry {
		all = put(all, 3, Entry{Who: "Bea", What: Pauses, Line: "jip"}, Entry{Who: "Bea", What: Pauses, Line: "jip", OK: true})
		i := where(all, y, Wants, "")
		return put(late(all, i, 3*time.Second), i, Entry{Who: y, What: Refused, Line: "jip", Reason: "closed"}, Entry{Who: y, What: Wants, Line: "jip"})
	}},
	{"a code leads to another chat", "return", elsewhere},
	{"a code leads nowhere", "return", barred},
	{"a code leads nowhere, though the chat was only lost", "return", func(all []Entry) []Entry { return barred(hiddenFor(all, 7*time.Second)) }},
	{"a page that came back by a code is not told in which line it is", "return", func(all []Entry) []Entry {
		all[last(all, y, Waits)].Line = ""
		return all
	}},
	{"a chat that nobody heard of is left by nobody", "ended", func(all []Entry) []Entry {
		return append(all, Entry{At: all[len(all)-1].At, Who: k, What: Ended, Chat: "b", Reason: "left"})
	}},
	{"what was said long before the quick exit is lost", "lost", func(all []Entry) []Entry {
		i := where(all, c, Shown, "3")
		return hiddenFor(without(all, i), 4*time.Second)
	}},
	{"what she had said long before the quick exit is lost", "lost", func(all []Entry) []Entry {
		all = without(all, where(all, y, Shown, "4"))
		return late(all, where(all, y, Hides, ""), 4*time.Second)
	}},
	{"what she says to who came back is lost", "lost", func(all []Entry) []Entry {
		all = without(all, where(all, y, Shown, "5"))
		return late(all, where(all, y, Leaves, ""), 4*time.Second)
	}},
	{"what she said before is told to the page that came back, and is shut to it", "sealed", func(all []Entry) []Entry {
		i := where(all, y, Shown, "5")
		return put(all, i-2, Entry{Who: y, What: Shown, Chat: "a", ID: "4", N: 1, Seq: 4, E: 1, From: 'c'})
	}},
	{"she is told again what she had before they came back", "order twice", func(all []Entry) []Entry {
		i := where(all, c, Shown, "3")
		return put(all, where(all, y, Said, "6"), all[i])
	}},
	{"who came back is never answered", "starved", func(all []Entry) []Entry { return all[:last(all, y, Waits)+1] }},
	{"a chat that was hidden for a moment is lost", "ended", func(all []Entry) []Entry {
		i := last(all, y, Waits)
		return put(all[:i+1], i, Entry{Who: y, What: Ended, Chat: "a", Reason: "lost"})
	}},
	{"a message is kept twice after a quick exit", "doubled", func(all []Entry) []Entry {
		i := where(all, c, Acked, "5")
		return put(all, i, Entry{Who: c, What: Acked, Chat: "a", ID: "4", Seq: 9})
	}},
}

// lineExcuses are what looks alike in moving, and is nobody's fault.
var lineExcuses = []seen{
	{"somebody is free who does not answer their line", "", func(all []Entry) []Entry {
		return late(all, where(all, y, Asked, ""), 5*time.Second)
	}},
	{"a no leaves a place where it is", "", func(all []Entry) []Entry {
		i := where(turned(all, "over"), y, Answers, "")
		return put(all[:i+1], i, Entry{Who: y, What: Leaves, Chat: "a", Abrupt: true}, Entry{Who: y, What: Ended, Chat: "a", Reason: "left"})
	}},
	{"they are asked once more on another socket, and say yes again when it has moved", "", func(all []Entry) []Entry {
		i := where(all, k, Moved, "")
		return put(all, i, Entry{Who: y, What: Answers, Chat: "a", Offer: "hand", OK: true}, Entry{Who: y, What: Answers, Chat: "a", Offer: "over", OK: true})
	}},
	{"nobody has told them yet that their place went to the other line", "", func(all []Entry) []Entry {
		all = put(all, 3, Entry{Who: "Bea", What: Serves, Lines: []string{"jip"}}, Entry{Who: "ander", What: Wants, Line: "jip"})
		all[where(all, "ander", Wants, "")].At = all[where(all, y, Waits, "")].At
		i := where(all, y, Answers, "")
		late(all, i+1, time.Second)
		return put(all, i, Entry{At: all[i].At, Who: "ander", What: Waits, Chat: "b", Line: "jip"},
			Entry{At: all[i].At + 900*time.Millisecond, Who: "Bea", What: Offered, Chat: "b", Offer: "p", Line: "jip"},
			Entry{At: all[i].At + 900*time.Millisecond, Who: "ander", What: Leaves, Chat: "b"})
	}},
	{"who came later is offered on a line of which the other place is not", "", func(all []Entry) []Entry {
		all = put(all, 3, Entry{Who: "Bea", What: Serves, Lines: []string{"shop"}})
		all = younger(all, "fier")
		for i := range all {
			if all[i].Chat == "b" && all[i].What == Offered {
				all[i].Who, all[i].Line = "Bea", "shop"
			}
			if all[i].Who == "ander" && all[i].Line == "fier" {
				all[i].Line = "shop"
			}
		}
		return all
	}},
	{"the store's clock jumped, and who took the turn of somebody in danger goes before the other line", "", func(all []Entry) []Entry {
		all[1].Lines = []string{"jip", "fier"}
		all = put(without(all, where(all, k, Desk, "")), 3, Entry{What: Broken, Name: "x", Jumps: true}, Entry{What: Mended, Name: "x"})
		i := where(all, y, Asked, "")
		late(all, i, 5*time.Second)
		return put(all[:i], i-1, Entry{At: all[i].At - 2*time.Second, Who: "ander", What: Wants, Line: "fier"},
			Entry{At: all[i].At - 2*time.Second, Who: "ander", What: Waits, Chat: "b", Line: "fier"},
			Entry{At: all[i].At - time.Second, Who: k, What: Offered, Chat: "b", Offer: "p", Line: "fier"},
			Entry{At: all[i].At, Who: "ander", What: Leaves, Chat: "b"}, Entry{At: all[i].At, Who: y, What: Leaves, Chat: "a"})
	}},
	{"a lead has the place wait for another", "", func(all []Entry) []Entry {
		i := where(all, k, Offered, "")
		return put(late(all, i, 3*time.Second), 0, Entry{At: all[i].At - 3*time.Second, Who: "Bea", What: Moves, Chat: "a", Name: c})
	}},
	{"a lead has who came later wait for her", "", func(all []Entry) []Entry {
		all = younger(all, "fier")
		i := slices.IndexFunc(all, func(e Entry) bool { return e.Chat == "b" && e.What == Offered })
		return put(all, i-1, Entry{Who: "Bea", What: Moves, Chat: "b", Name: k})
	}},
	{"a line is paused", "", func(all []Entry) []Entry {
		all = put(all, 3, Entry{Who: "Bea", What: Pauses, Line: "jip"})
		i := where(all, y, Wants, "")
		return put(all, i, Entry{Who: y, What: Refused, Line: "jip", Reason: "closed"}, Entry{Who: y, What: Wants, Line: "jip"})
	}},
	{"a line was paused until a moment ago", "", func(all []Entry) []Entry {
		all = put(all, 3, Entry{Who: "Bea", What: Pauses, Line: "jip"}, Entry{Who: "Bea", What: Pauses, Line: "jip", OK: true})
		i := where(all, y, Wants, "")
		return put(late(all, i, time.Second), i, Entry{Who: y, What: Refused, Line: "jip", Reason: "closed"}, Entry{Who: y, What: Wants, Line: "jip"})
	}},
	{"a place that was given while the store was away, of which nobody heard, is given back", "", func(all []Entry) []Entry {
		i := where(all, y, Wants, "")
		all = put(all, i, Entry{Who: y, What: Refused, Line: "jip", Reason: "unavailable"}, Entry{Who: y, What: Wants, Line: "jip"})
		return append(all, Entry{At: all[len(all)-1].At, Who: k, What: Ended, Chat: "b", Reason: "left"})
	}},
	{"the code of a chat that is over leads to another", "", func(all []Entry) []Entry {
		i := where(all, y, Hides, "")
		return elsewhere(put(all, i, Entry{Who: c, What: Ends, Chat: "a", Reason: "done"}))
	}},
	{"the code of a chat that was hidden for long leads to another", "", func(all []Entry) []Entry { return elsewhere(hiddenFor(all, 7*time.Second)) }},
	{"the code of a chat that was stopped leads nowhere", "", func(all []Entry) []Entry {
		i := where(all, y, Hides, "")
		return barred(put(all, i, Entry{Who: c, What: Ends, Chat: "a", Reason: "stopped"}))
	}},
	{"the store forgot the code", "", func(all []Entry) []Entry {
		i := where(all, y, Hides, "")
		return barred(put(all, i, Entry{What: Broken, Name: "x", Loses: true}, Entry{What: Mended, Name: "x"}))
	}},
	{"they hid before she was shown what they said, and asked for the chat again", "", func(all []Entry) []Entry {
		return without(all, where(all, c, Shown, "3"))
	}},
	{"they hid before they were shown what she said", "", func(all []Entry) []Entry { return without(all, where(all, y, Shown, "4")) }},
	{"she said it while they were hidden", "", func(all []Entry) []Entry {
		i := where(all, y, Hides, "")
		all = hiddenFor(all, 4*time.Second)
		for j := range all {
			all[j].Seq += min(1, max(0, all[j].Seq-4)) // one more is kept before those behind
			if all[j].What == Joined && all[j].E == 2 {
				all[j].Seq = 5
			}
		}
		return put(all, i+2, Entry{At: all[i].At + time.Second, Who: c, What: Said, Chat: "a", ID: "7", N: 2, From: 'c'},
			Entry{At: all[i].At + time.Second, Who: c, What: Acked, Chat: "a", ID: "7", Seq: 5})
	}},
	{"a chat that was hidden for long is lost", "", func(all []Entry) []Entry {
		i := where(all, y, Hides, "")
		return append(elsewhere(hiddenFor(all, 7*time.Second)), Entry{At: all[i].At + 8*time.Second, Who: c, What: Ended, Chat: "a", Reason: "lost"})
	}},
	{"what she said to who was away for long is kept once more behind an empty log", "", func(all []Entry) []Entry {
		all = hiddenFor(all, 7*time.Second)
		i := where(all, c, Acked, "5")
		return put(all, i, Entry{Who: c, What: Acked, Chat: "a", ID: "4", Seq: 9})
	}},
}
