package routing

import (
	"fmt"
	"time"
)

// Kept is one thing that is stored: what it is, about whom it says something, and when it goes. The lists of such are
// what people are shown (/kept, haven check); a test in cmd/haven holds them against a store in use, both ways.
type Kept struct {
	Place  Place
	Key    string // with the parts that differ in angle brackets, as in <prefix>:{<chat>}:state
	Field  string // of a hash, then of the JSON in it; a member of a sorted set; "" for the value as a whole
	About  Subject
	NL, EN string // what it is, in plain words
	// By takes it away, Longest after the last write at the latest; 0 where no time is set beside it.
	By             Ending
	Longest        time.Duration
	EndsNL, EndsEN string // until when, in plain words
	Example        string // of the value; of the member in a sorted set
}

// Place is where something lies.
type Place string

const (
	InChats  Place = "redis"  // HAVEN_REDIS_URL
	InLedger Place = "ledger" // HAVEN_LEDGER_URL, by default the same
	OnDisk   Place = "disk"   // of Redis
	InMemory Place = "memory" // of a node
	OnPhone  Place = "phone"  // the young person's tab
	OnDesk   Place = "desk"   // the counsellor's tab
)

// Subject is about whom something says anything.
type Subject string

const (
	AboutYouth      Subject = "young person"
	AboutCounsellor Subject = "counsellor"
	AboutCampaign   Subject = "campaign"
	AboutService    Subject = "service"
)

// Ending is what takes something away.
type Ending string

const (
	Expiry   Ending = "expiry"   // the store itself, at the time that stands beside the key
	Deadline Ending = "deadline" // the first node that sweeps after its time
	Event    Ending = "event"    // what it is about is over
	Stays    Ending = "stays"    // a later value replaces it, or somebody takes it away by hand
)

// life is an ending in words.
type life struct {
	by      Ending
	longest time.Duration
	nl, en  string
}

// within is the life of a deadline that lies at most d ahead.
func within(d time.Duration) life {
	return life{Deadline, d, "hooguit " + Dutch(d), English(d) + " at most"}
}

// Dutch is a time in whole seconds in words, as in 15 minuten.
func Dutch(d time.Duration) string {
	return words(d, "seconde", "seconden", "minuut", "minuten", "uur", "uur")
}

// English is as Dutch.
func English(d time.Duration) string {
	return words(d, "second", "seconds", "minute", "minutes", "hour", "hours")
}

func words(d time.Duration, second, seconds, minute, minutes, hour, hours string) string {
	n, one, many := int64(d/time.Second), second, seconds
	switch {
	case d%time.Hour == 0:
		n, one, many = int64(d/time.Hour), hour, hours
	case d%time.Minute == 0:
		n, one, many = int64(d/time.Minute), minute, minutes
	}
	if n == 1 {
		many = one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Whole hours of the scripts: a chat's keys end at least two hours after the last write, a tombstone at least one.
const (
	chatLongest = 3 * time.Hour
	tombLongest = 2 * time.Hour
	offerKnown  = 300 * time.Second // an accepted offer, for who asks again
	applyKnown  = 2 * time.Second   // a change that a chat's own state has to learn of
)

var (
	ofChat = life{Expiry, chatLongest, "het einde van de chat, of hooguit " + Dutch(chatLongest) + " na het laatste teken van leven",
		"the end of the chat, or " + English(chatLongest) + " after the last sign of life at most"}
	ofTomb = life{Expiry, chatLongest, "hooguit " + Dutch(tombLongest) + " na het einde van de chat",
		English(tombLongest) + " after the end of the chat at most"}
	ofRecord   = life{Deadline, tombLongest, ofTomb.nl, ofTomb.en}
	inLine     = life{Event, 0, "een hulpverlener aanneemt, of de plek vervalt", "a counsellor accepts, or the place is given up"}
	inTalk     = life{Event, 0, "het einde van de chat", "the end of the chat"}
	asking     = life{Event, 0, "er een antwoord is, of de chat stopt", "there is an answer, or the chat ends"}
	ofChatCode = life{Event, 0, "het einde van de chat, of een nieuwe code", "the end of the chat, or another code"}
	onDuty     = life{Event, 0, "de hulpverlener weg is van de werkplek", "the counsellor has left the desk"}
	forGood    = life{Stays, 0, "Redis leeg wordt gemaakt", "Redis is emptied"}
)

// ofCode is the life of a return code: so long in whole days, and then to the end of that day.
func ofCode(d time.Duration) life {
	days := int64(d/(24*time.Hour)) + 1
	return life{Deadline, time.Duration(days) * 24 * time.Hour, fmt.Sprintf("hooguit %d dagen", days), fmt.Sprintf("%d days at most", days)}
}

// list collects what stands under one key after the other.
type list struct {
	place Place
	key   string
	all   []Kept
}

func (l *list) add(field string, about Subject, e life, nl, en, example string) {
	l.all = append(l.all, Kept{Place: l.place, Key: l.key, Field: field, About: about, NL: nl, EN: en,
		By: e.by, Longest: e.longest, EndsNL: e.nl, EndsEN: e.en, Example: example})
}

// Inventory is everything that this package keeps, under the durations of a deployment.
func Inventory(d Durations) []Kept {
	l := &list{place: InChats}
	l.state()
	l.log()
	l.chats()
	l.counsellors()
	l.shared(d)
	return l.all
}

// anyPrefix stands in the list for the prefix of the deployment.
const anyPrefix = "<prefix>"
