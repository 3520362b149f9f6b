package page

import "haven/metrics/reach"

// words are those of a code, Dutch and English. What is not in here is shown as it stands in the configuration.
var words = map[string][2]string{
	"line jip": {"JIP", "JIP"}, "line shop": {"SHOP", "SHOP"}, "line fier": {"Fier", "Fier"},
	"line none": {"Geen lijn gekozen", "No line chosen"},

	"campaign none": {"Zonder campagnelink", "Without a campaign link"}, "campaign other": {"Onbekende code", "Unknown code"},
	"channel none": {"Zonder campagnelink", "Without a campaign link"}, "channel other": {"Onbekend kanaal", "Unknown channel"},
	"channel poster": {"Poster", "Poster"}, "channel flyer": {"Flyer", "Flyer"}, "channel instagram": {"Instagram", "Instagram"},
	"channel tiktok": {"TikTok", "TikTok"}, "channel snapchat": {"Snapchat", "Snapchat"}, "channel facebook": {"Facebook", "Facebook"},
	"channel youtube": {"YouTube", "YouTube"}, "channel school": {"School", "School"}, "channel website": {"Website", "Website"},

	"medium online": {"online", "online"}, "medium offline": {"offline", "offline"}, "medium ": {"–", "–"},

	"topic home": {"Thuis", "Home"}, "topic relation": {"Verkering of relatie", "Relationship"}, "topic violence": {"Geweld", "Violence"},
	"topic exploitation": {"Seksuele uitbuiting", "Sexual exploitation"}, "topic sex": {"Seks", "Sex"},
	"topic health": {"Hoe iemand zich voelt", "How somebody feels"}, "topic school": {"School", "School"}, "topic work": {"Werk", "Work"},
	"topic money": {"Geld", "Money"}, "topic living": {"Wonen", "A place to live"}, "topic drugs": {"Alcohol of drugs", "Alcohol or drugs"},
	"topic law": {"Regels en politie", "Rules and police"}, "topic else": {"Iets anders", "Something else"},
	"topic other": {"Niet ingevuld of onbekend", "Not filled in or unknown"},

	"kind young_person": {"Jongere", "Young person"}, "kind parent": {"Ouder of verzorger", "Parent or carer"},
	"kind professional": {"Professional", "Professional"}, "kind other": {"Iemand anders", "Somebody else"},

	"activity guest_lesson": {"Gastlessen", "Guest lessons"}, "activity poster_round": {"Posterrondes", "Poster rounds"},
	"activity training": {"Trainingen", "Trainings"}, "activity meeting": {"Bijeenkomsten", "Meetings"}, "activity other": {"Overige activiteiten", "Other activities"},
}

// name is how people say a code of that sort: line, campaign, channel, medium, topic, kind or activity.
func (l lang) name(sort, code string) string {
	w, known := words[sort+" "+code]
	if !known {
		return code
	}
	return l.say(w[0], w[1])
}

// stage is a step of the funnel, as a column and a row are headed.
type stage int

const (
	opened    stage = iota // the page was opened and touched
	asked                  // a line was asked for
	answered               // a counsellor accepted
	turned                 // away: the line took nobody
	abandoned              // left while waiting
	stages
)

func (l lang) stage(s stage) string {
	switch s {
	case opened:
		return l.say("Pagina geopend", "Page opened")
	case asked:
		return l.say("Chat gevraagd", "Chat asked for")
	case answered:
		return l.say("Gesprek gekregen", "Chat answered")
	case turned:
		return l.say("Niet toegelaten", "Turned away")
	}
	return l.say("Weggegaan uit de rij", "Left while waiting")
}

// counts says which stages a visit whose furthest one is this adds to.
func counts(furthest string) []stage {
	switch furthest {
	case reach.Stages[0]: // visited
		return []stage{opened}
	case reach.Stages[1]: // refused
		return []stage{opened, asked, turned}
	case reach.Stages[2]: // abandoned
		return []stage{opened, asked, abandoned}
	case reach.Stages[3]: // answered
		return []stage{opened, asked, answered}
	}
	return nil
}
