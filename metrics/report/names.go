package report

// codes are what people say for a code, Dutch and English, by its sort. What is not in here is shown as it stands in the
// configuration.
var codes = map[string][2]string{
	"line jip": {"JIP", "JIP"}, "line shop": {"SHOP", "SHOP"}, "line fier": {"Fier", "Fier"},
	"line none": {"Geen lijn gekozen", "No line chosen"},

	"campaign none": {"Zonder campagnelink", "Without a campaign link"}, "campaign other": {"Onbekende campagnecode", "Unknown campaign code"},
	"channel none": {"Zonder campagnelink", "Without a campaign link"}, "channel other": {"Ander of geen kanaal", "Another channel or none"},
	"channel poster": {"Poster", "Poster"}, "channel flyer": {"Flyer", "Flyer"}, "channel instagram": {"Instagram", "Instagram"},
	"channel tiktok": {"TikTok", "TikTok"}, "channel snapchat": {"Snapchat", "Snapchat"}, "channel facebook": {"Facebook", "Facebook"},
	"channel youtube": {"YouTube", "YouTube"}, "channel school": {"School", "School"}, "channel website": {"Website", "Website"},

	"medium online": {"online", "online"}, "medium offline": {"offline", "offline"}, "medium ": {"niet te zeggen", "cannot be told"},

	"topic home": {"Thuis", "Home"}, "topic relation": {"Verkering of relatie", "Relationship"}, "topic violence": {"Geweld", "Violence"},
	"topic exploitation": {"Seksuele uitbuiting", "Sexual exploitation"}, "topic sex": {"Seks", "Sex"},
	"topic health": {"Hoe iemand zich voelt", "How somebody feels"}, "topic school": {"School", "School"}, "topic work": {"Werk", "Work"},
	"topic money": {"Geld", "Money"}, "topic living": {"Wonen", "A place to live"}, "topic drugs": {"Alcohol of drugs", "Alcohol or drugs"},
	"topic law": {"Regels en politie", "Rules and police"}, "topic else": {"Iets anders", "Something else"},
	"topic other": {"Niet ingevuld of onbekend", "Not filled in or unknown"},

	"kind young_person": {"Jongere", "Young person"}, "kind parent": {"Ouder of verzorger", "Parent or carer"},
	"kind professional": {"Professional", "Professional"}, "kind other": {"Iemand anders", "Somebody else"},

	"activity guest_lesson": {"Gastlessen", "Guest lessons"}, "activity poster_round": {"Posterrondes", "Poster rounds"},
	"activity training": {"Trainingen", "Trainings"}, "activity meeting": {"Bijeenkomsten", "Meetings"}, "activity other": {"Andere activiteiten", "Other activities"},
}

// Name is how people say a code in one of Languages; sort is line, campaign, channel, medium, topic, kind or activity. The
// page and the report say it the same way.
func Name(lang, sort, code string) string {
	w, known := codes[sort+" "+code]
	if !known {
		return code
	}
	return tongue(lang).s(w[0], w[1])
}

// code is Name in the language at hand.
func (t tongue) code(sort, code string) string { return Name(string(t), sort, code) }

// lineList is lines as people say them, as in JIP, SHOP en Fier.
func (t tongue) lineList(of []string) string {
	var names []string
	for _, l := range of {
		names = append(names, t.code("line", l))
	}
	return t.list(names)
}
