package reach

import "haven/routing"

// Inventory is everything that this package keeps: see routing.Kept. A test in cmd/haven holds it against a
// ledger in use.
func Inventory() []routing.Kept {
	k := keys{"<prefix>"}
	var out []routing.Kept
	add := func(key, field string, by routing.Ending, about routing.Subject, nl, en, endsNL, endsEN, example string) {
		out = append(out, routing.Kept{
			Place: routing.InLedger, Key: key, Field: field, About: about, NL: nl, EN: en, By: by, EndsNL: endsNL, EndsEN: endsEN, Example: example,
		})
	}
	const (
		untilSealedNL, untilSealedEN = "twee dagen na de periode; dan ligt het vast", "two days after the period; then it is sealed"
		staysNL, staysEN             = "de organisatie het weghaalt: dit zijn de cijfers die gepubliceerd zijn", "the organisation takes it away: these are the published figures"
		emptiedNL, emptiedEN         = "Redis leeg wordt gemaakt", "Redis is emptied"
	)
	type group struct {
		table          Table
		field, example string
		nl, en         string
	}
	groups := []group{
		{Visits, "<line>|<campaign>|<channel>|<stage>", "17",
			"hoeveel bezoeken er waren per lijn, campagne, kanaal en hoe ver ze kwamen, met een willekeurig verschil erin",
			"how many visits there were by line, campaign, channel and how far they came, with a random difference in it"},
		{Outcomes, "<line>|<kind>|<outcome>|<parent>", "9",
			"hoeveel gesprekken er waren per lijn, soort en uitkomst, met een willekeurig verschil erin",
			"how many chats there were by line, kind and outcome, with a random difference in it"},
		{Topics, "<line>|<topic>", "31",
			"hoeveel gesprekken er waren per lijn en onderwerp, met een willekeurig verschil erin",
			"how many chats there were by line and topic, with a random difference in it"},
		{Unreached, "<line>|<block>|<stage>", "4",
			"hoe vaak iemand niemand trof per lijn en blok van vier uur van de week, met een willekeurig verschil erin",
			"how often somebody reached nobody by line and block of four hours of the week, with a random difference in it"},
		{Referrals, "<line>|<referral>", "6",
			"hoe vaak iemand naar een andere lijn of hulpdienst is gebracht, per lijn, met een willekeurig verschil erin",
			"how often somebody was led to another line or service, by line, with a random difference in it"},
	}
	// .back and .emptied stand only where there is reason to.
	about := func(key string, by routing.Ending, endsNL, endsEN string) {
		add(key, ".epsilon", by, routing.AboutService, "hoe groot het willekeurige verschil is", "how large the random difference is", endsNL, endsEN, "3/5")
		add(key, ".since", by, routing.AboutService, "vanaf welke dag er geteld is", "from which day on it was counted", endsNL, endsEN, "2026-01-01")
		add(key, ".back", by, routing.AboutService, "dat er een oude kopie is teruggezet terwijl er geteld werd", "that an old copy was put back while it was counted", endsNL, endsEN, "1")
		add(key, ".emptied", by, routing.AboutService, "op welke dag er gemerkt is dat de tellingen leeg waren gemaakt",
			"on which day it was noticed that the counts had been emptied", endsNL, endsEN, "2026-11-23")
		if key == k.open(string(totals)+":<period>") || key == k.sealed(string(totals)+":<period>") {
			return // exact: no noise is ever drawn
		}
		add(key, ".draws", by, routing.AboutService, "hoe vaak er een willekeurig verschil bij kwam, na dagen zonder server",
			"how often a random difference was added, after days without a node", endsNL, endsEN, "2")
		add(key, ".redrawn", by, routing.AboutService, "op welke dag dat het laatst gebeurde", "on which day that was last", endsNL, endsEN, "2026-11-23")
	}
	// ended is what a table has once it is sealed.
	ended := func(key string) {
		add(key, ".lost", routing.Stays, routing.AboutService, "hoeveel dagen van een server verloren gingen", "how many days of a node were lost", staysNL, staysEN, "0")
		add(key, ".example", routing.Stays, routing.AboutService, "dat het een verzonnen voorbeeld is", "that it is an invented example", staysNL, staysEN, "1")
	}
	for _, g := range groups {
		for _, sealed := range []bool{false, true} {
			key, by, endsNL, endsEN := k.open(string(g.table)+":<period>"), routing.Event, untilSealedNL, untilSealedEN
			if sealed {
				key, by, endsNL, endsEN = k.sealed(string(g.table)+":<period>"), routing.Stays, staysNL, staysEN
				ended(key)
			}
			about(key, by, endsNL, endsEN)
			add(key, g.field, by, routing.AboutCampaign, g.nl, g.en, endsNL, endsEN, g.example)
		}
	}
	for _, sealed := range []bool{false, true} {
		key, by, endsNL, endsEN := k.open(string(totals)+":<period>"), routing.Event, untilSealedNL, untilSealedEN
		if sealed {
			key, by, endsNL, endsEN = k.sealed(string(totals)+":<period>"), routing.Stays, staysNL, staysEN
			ended(key)
		} else {
			add(key, "<line>|slots|<day>", by, routing.AboutService, "in welke vijf minuten van een dag er iemand klaarzat",
				"in which five minutes of a day somebody was on duty", endsNL, endsEN, "000111…")
			add(key, "<line>|promised|<day>", by, routing.AboutService, "hoeveel minuten de lijn die dag open zou zijn",
				"for how many minutes the line was to be open that day", endsNL, endsEN, "480")
		}
		about(key, by, endsNL, endsEN)
		for _, what := range [][3]string{
			{"<line>|arrived", "hoeveel chats er die maand in de rij kwamen, precies geteld", "how many chats got a place in line that month, counted exactly"},
			{"<line>|answered", "hoeveel daarvan iemand aannam, precies geteld", "how many of them somebody accepted, counted exactly"},
			{"<line>|within", "hoeveel daarvan op tijd, precies geteld", "how many of those in time, counted exactly"},
			{"<line>|attended", "hoeveel minuten er iemand klaarzat", "for how many minutes somebody was on duty"},
			{"<line>|promised", "hoeveel minuten de lijn open zou zijn", "for how many minutes the line was to be open"},
			{"<line>|wait|<step>", "hoeveel er ongeveer zo lang wachtten, precies geteld", "how many waited about that long, counted exactly"},
		} {
			add(key, what[0], by, routing.AboutService, what[1], what[2], endsNL, endsEN, "214")
		}
	}
	add(k.opened(), "<table>:<period>", routing.Event, routing.AboutService, "welke tabellen open zijn", "which tables are open", untilSealedNL, untilSealedEN, "visits:2026-W48")
	add(k.sealedSet(), "<table>:<period>", routing.Stays, routing.AboutService, "welke tabellen vastliggen", "which tables are sealed", staysNL, staysEN, "visits:2026-W47")
	add(k.pending(), "<batch>", routing.Event, routing.AboutService, "welke dag een server telt en nog niet afgaf", "which day a node counts and has not handed over",
		"de server de dag afgeeft, of niets van die dag meer open is", "the node hands the day over, or nothing of that day is open any more", "2026-11-23")
	add(k.pending(), "gap:<day>", routing.Event, routing.AboutService, "dat er op een dag geen server telde", "that no node counted on a day",
		"niets van die dag meer open is", "nothing of that day is open any more", "2026-11-23")
	add(k.meta(), "life", routing.Stays, routing.AboutService, "een willekeurige naam, om te merken dat het geheugen leeg is gemaakt",
		"a random name, to notice that the store was emptied", emptiedNL, emptiedEN, "V1StGXR8…")
	add(k.meta(), "last", routing.Stays, routing.AboutService, "de laatste dag waarop een server telde, om te merken dat er dagen ontbreken",
		"the last day on which a node counted, to notice that days are missing", emptiedNL, emptiedEN, "2026-11-23")
	add(k.meta(), "flushes", routing.Stays, routing.AboutService, "hoe vaak een server een dag afgaf, om te merken dat er een oude kopie is teruggezet",
		"how often a node handed a day over, to notice that an old copy was put back", emptiedNL, emptiedEN, "412")
	add(k.meta(), "emptied", routing.Stays, routing.AboutService, "op welke dag er gemerkt is dat het geheugen leeg was gemaakt",
		"on which day it was noticed that the store had been emptied", emptiedNL, emptiedEN, "2026-11-23")
	witness := func(field, nl, en, example string) {
		add(k.witness(), field, routing.Stays, routing.AboutService, nl+", waar dat een eigen Redis heeft", en+", where it has a Redis of its own", emptiedNL, emptiedEN, example)
		out[len(out)-1].Place = routing.InChats
	}
	witness("life", "de willekeurige naam van het geheugen van de tellingen", "the random name of the store of the counts", "V1StGXR8…")
	witness("flushes", "hoe vaak een server een dag afgaf aan het geheugen van de tellingen", "how often a node handed a day to the store of the counts", "412")
	entered := func(field, nl, en, example string) {
		add(k.entered(), "<campaign>|<channel>|<month>."+field, routing.Stays, routing.AboutCampaign, nl, en, "iemand het weghaalt", "somebody removes it", example)
	}
	entered("reached", "wat een coördinator invulde: hoeveel mensen iets zagen", "what a coordinator entered: how many people saw something", "12000")
	entered("cost_cents", "wat een coördinator invulde: wat het kostte", "what a coordinator entered: what it cost", "25000")
	entered("activities.<activity>", "wat een coördinator invulde: hoeveel gastlessen en dergelijke", "what a coordinator entered: how many guest lessons and the like", "3")
	return out
}
