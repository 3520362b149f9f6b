package staff

import (
	"time"

	"haven/routing"
)

// Inventory is everything that this package keeps: see routing.Kept. The names of the keys are those of keys.go.
func Inventory() []routing.Kept {
	var all []routing.Kept
	k := keys{"<prefix>"}
	add := func(key, field string, e routing.Ending, longest time.Duration, until, untilEN, nl, en, example string) {
		all = append(all, routing.Kept{Place: routing.InLedger, Key: key, Field: field, About: routing.AboutCounsellor,
			NL: nl, EN: en, By: e, Longest: longest, EndsNL: until, EndsEN: untilEN, Example: example})
	}
	account := func(field, nl, en, example string) {
		add(k.accounts(), "<name>."+field, routing.Stays, 0, "de organisatie het verandert", "the organisation changes it", nl, en, example)
	}
	account("hash", "vingerafdruk van het wachtwoord (argon2id); de naam ervoor is die van het account",
		"fingerprint of the password (argon2id); the name before it is that of the account", "$argon2id$v=19$…")
	account("role", "wat het account mag", "what the account may do", "counsellor")
	account("lines", "op welke lijnen", "on which lines", `["jip"]`)
	account("langs", "in welke talen", "in which languages", `["nl"]`)
	account("disabled", "dat niemand er meer mee kan inloggen", "that nobody can log in by it any more", "true")
	account("gen", "een getal dat met het wachtwoord verandert; wie eerder inlogde, is dan uitgelogd",
		"a number that changes with the password; who had logged in before is logged out then", "1")

	longest := SessionLife + time.Hour
	session := func(field, nl, en, example string) {
		add(k.sessionOf("<sha256>"), field, routing.Expiry, longest, "uitloggen, of hooguit "+routing.Dutch(longest),
			"logging out, or "+routing.English(longest)+" at most", nl, en, example)
	}
	session("name", "wie er ingelogd is; van het cookie staat hier alleen de vingerafdruk",
		"who is logged in; of the cookie only the fingerprint is here", "Sanne")
	session("gen", "bij welk wachtwoord dat was", "under which password that was", "1")
	ticket := func(field, nl, en, example string) {
		add(k.ticketOf("<sha256>"), field, routing.Expiry, TicketLife, "de werkplek open is, of hooguit "+routing.Dutch(TicketLife),
			"the desk is open, or "+routing.English(TicketLife)+" at most", nl, en, example)
	}
	ticket("name", "wie de werkplek opent", "who opens the desk", "Sanne")
	ticket("gen", "bij welk wachtwoord dat was", "under which password that was", "1")

	slots := 2 * TriesSlot
	tries := func(key, nl, en, example string) {
		add(key, "", routing.Expiry, slots, "hooguit "+routing.Dutch(slots), routing.English(slots)+" at most", nl, en, example)
	}
	tries(k.triesOf("<slot>")+":<sha256>", "hoe vaak iemand onder een naam probeerde in te loggen; van de naam alleen de vingerafdruk",
		"how often somebody tried to log in under a name; of the name only the fingerprint", "2")
	tries(k.triesOf("<slot>"), "hoe vaak er in alles bij elkaar geprobeerd is in te loggen", "how often logging in was tried in all", "5")
	return all
}
