package web

import "haven/routing"

// OnDevices is what the pages and the cookie leave on devices: see routing.Kept. It is written by hand; a test drives
// both pages in a browser and holds what their tabs keep against it.
func OnDevices() []routing.Kept {
	var all []routing.Kept
	add := func(place routing.Place, about routing.Subject, key, field string, by routing.Ending, until, untilEN, nl, en, example string) {
		all = append(all, routing.Kept{Place: place, Key: key, Field: field, About: about, NL: nl, EN: en, By: by,
			EndsNL: until, EndsEN: untilEN, Example: example})
	}
	phone := func(field, nl, en, example string) {
		add(routing.OnPhone, routing.AboutYouth, "sessionStorage s", field, routing.Event,
			"de chat stopt, het tabblad dichtgaat of je op Snel weg tikt", "the chat ends, the tab is closed or you tap Leave quickly", nl, en, example)
	}
	phone("chat", "een willekeurige naam van de chat", "a random name of the chat", "q83v…")
	phone("token", "waarmee deze telefoon de chat weer kan openen", "with which this phone can open the chat again", "Zm9v…")
	phone("key", "de sleutel van de chat, op slot", "the key of the chat, locked", "mB2x…")
	phone("kept", "op slot: berichten die nog niet weg zijn, wat je aan het typen bent, je keuzes",
		"locked: messages that are not sent yet, what you are typing, your choices", "9f0c…")
	phone("from.campaign", "de code uit de link, als je via een link kwam", "the code of the link, if you came by one", "chatten-helpt")
	phone("from.channel", "waar die link stond", "where that link stood", "poster")
	add(routing.OnPhone, routing.AboutYouth, "browser", "", routing.Stays, "je dat wist in je browser", "you delete it in your browser",
		"dat je deze pagina's opende; wij kunnen dat niet wissen", "that you opened these pages; we cannot delete that", "Info")

	desk := func(field, until, untilEN, nl, en, example string) {
		add(routing.OnDesk, routing.AboutCounsellor, "sessionStorage haven.desk."+field, "", routing.Event, until, untilEN, nl, en, example)
	}
	const tab, tabEN = "uitloggen, of het tabblad dichtgaat", "logging out, or the tab is closed"
	desk("secret", tab, tabEN, "een willekeurig getal van dit tabblad", "a random number of this tab", "x81K…")
	desk("name", tab, tabEN, "wie er inlogde", "who logged in", "Sanne")
	desk("capacity", tab, tabEN, "hoeveel chats tegelijk", "how many chats at once", "3")
	desk("lang", "het tabblad dichtgaat", "the tab is closed", "de taal van de pagina", "the language of the page", "en")
	desk("mute", "het tabblad dichtgaat", "the tab is closed", "of het geluid uit is", "whether the sound is off", "1")
	chat := func(field, nl, en, example string) {
		add(routing.OnDesk, routing.AboutCounsellor, "sessionStorage haven.desk.chat.<chat>", field, routing.Event,
			"de chat afgerond is, of het tabblad dichtgaat", "the chat is wrapped up, or the tab is closed", nl, en, example)
	}
	chat("meta.colour", "de kleur van de chat op het scherm", "the colour of the chat on the screen", "2")
	chat("meta.place", "de plek van de chat op het scherm", "the place of the chat on the screen", "1")
	chat("meta.line", "de lijn van de chat", "the line of the chat", "jip")
	chat("meta.topic", "waar de chat over gaat, als de jongere dat koos", "what the chat is about, where the young person chose to say", "school")
	chat("meta.lang", "de taal van de chat", "the language of the chat", "nl")
	chat("e", "de hoeveelste sleutel van de chat", "which key of the chat, counted", "0")
	chat("pk", "open deel van de sleutel van de jongere", "public half of the young person's key", "BAp7…")
	chat("key", "de sleutel van de hulpverlener, op slot", "the counsellor's key, locked", "mB2x…")
	chat("past", "haar eerdere sleutels van deze chat, op slot", "her earlier keys of this chat, locked", "9f0c…")
	add(routing.OnDesk, routing.AboutCounsellor, "cookie "+cookieName, "", routing.Expiry, "uitloggen, of de browser dichtgaat",
		"logging out, or the browser is closed", "dat de hulpverlener ingelogd is", "that the counsellor is logged in", "x81K…")
	return all
}
