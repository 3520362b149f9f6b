package web

import "haven/routing"

// keptWords are the words of the page in one language. They say in short what the list below them says in full.
type keptWords struct {
	Skip, Nav, Back, Other, Exit string
	Title, Lead                  string
	Parts                        []keptPart
	List, ListLead               string
	What, Until, Such            string
	Places                       map[routing.Place]string
	Tables                       []keptGroup
}

type keptPart struct {
	Title, Lead string
	Points      []string
}

type keptGroup struct {
	Title string
	Has   func(routing.Kept) bool
}

func onServer(about routing.Subject) func(routing.Kept) bool {
	return func(k routing.Kept) bool {
		return k.About == about && k.Place != routing.OnPhone && k.Place != routing.OnDesk
	}
}

func at(place routing.Place) func(routing.Kept) bool {
	return func(k routing.Kept) bool { return k.Place == place }
}

var keptDutch = keptWords{
	Skip: "Naar de inhoud", Nav: "Verder", Back: "Naar de chat", Other: "English", Exit: "Snel weg",
	Title: "Wat bewaren wij?",
	Lead:  "Hier staat alles wat we opslaan als je met ons chat. En wanneer het weg is.",
	Parts: []keptPart{
		{"Kort gezegd", "", []string{
			"Je berichten gaan op slot je telefoon uit. Alleen jij en de hulpverlener kunnen ze lezen.",
			"Is de chat klaar en heb je alles gelezen? Dan wissen we de berichten meteen. Anders na een paar minuten.",
			"Hoor je niets meer en wij ook niet? Dan is alles van je chat na hooguit 3 uur weg.",
			"Na het einde weten we nog even dát er een chat was en hoe die stopte. Na hooguit 2 uur is dat ook weg.",
			"Wat weg is, kan nog hooguit een uur op de schijf van de server staan. Ook daar zijn je berichten op slot.",
			"We tellen waarover chats gaan, hoe ze aflopen en via welke campagne mensen kwamen. Bij die getallen doen we een beetje toeval. Zo vindt niemand jou erin terug.",
			"Alleen hoeveel chats een lijn in een maand had, en hoe lang mensen wachtten, tellen we precies.",
		}},
		{"Wat bewaren we nooit?", "", []string{
			"Je naam. We vragen er niet naar.",
			"Waar je bent, en je IP-adres.",
			"Welke telefoon of browser je hebt, en van welke pagina je komt.",
			"Wat je schrijft, zonder slot.",
			"Hoe laat je iets schreef. Alleen: in welk uur je laatste bericht kwam. En zolang je wacht: sinds wanneer.",
			"Wie je bent als je vaker komt. Elke chat is voor ons nieuw.",
			"Cookies. Wie met ons chat, krijgt er geen.",
		}},
		{"En op jouw telefoon?", "", []string{
			"Zolang je chat, staat er in het tabblad wat nodig is om verder te gaan als de pagina opnieuw laadt. Je woorden staan daar op slot.",
			"Stopt de chat, of tik je op Snel weg? Dan is dat weg.",
			"Dat je deze pagina opende, kan in de geschiedenis van je browser staan. Dat kunnen wij niet wissen. Jij wel.",
		}},
	},
	List: "De hele lijst",
	ListLead: "Deze lijst komt uit het programma zelf. Bij elke nieuwe versie kijkt een test of er iets in de opslag staat dat hier niet staat, " +
		"en of alles niet langer blijft dan hier staat. Het deel over telefoon, tabblad, geheugen en schijf is met de hand geschreven.",
	What: "Wat", Until: "Tot", Such: "zoals",
	Places: map[routing.Place]string{routing.InChats: "Redis", routing.InLedger: "Redis van accounts en cijfers", routing.OnDisk: "schijf",
		routing.InMemory: "geheugen van de server", routing.OnPhone: "telefoon", routing.OnDesk: "tabblad van de hulpverlener"},
	Tables: []keptGroup{
		{"Over jou en je chat", onServer(routing.AboutYouth)}, {"Op je telefoon", at(routing.OnPhone)},
		{"Over de hulpverlener", onServer(routing.AboutCounsellor)}, {"Op de computer van de hulpverlener", at(routing.OnDesk)},
		{"Over onze campagnes: tellen zonder namen", onServer(routing.AboutCampaign)}, {"Over de dienst zelf", onServer(routing.AboutService)},
	},
}

var keptInEnglish = keptWords{
	Skip: "To the content", Nav: "Further", Back: "To the chat", Other: "Nederlands", Exit: "Leave quickly",
	Title: "What do we keep?",
	Lead:  "This is everything that we store when you chat with us, and when it is gone.",
	Parts: []keptPart{
		{"In short", "", []string{
			"Your messages leave your phone locked. Only you and the counsellor can read them.",
			"Is the chat over and have you read everything? Then we delete the messages at once. Otherwise after some minutes.",
			"Nothing heard from you, and nothing from us? Then everything of your chat is gone after 3 hours at most.",
			"After the end we know for a while that there was a chat and how it ended. After 2 hours at most that is gone too.",
			"What is gone may still be on the server's disk for an hour at most. There, too, your messages are locked.",
			"We count what chats are about, how they end and by which campaign people came. To those figures we add a little chance, so that nobody can find you in them.",
			"Only how many chats a line had in a month, and how long people waited, is counted exactly.",
		}},
		{"What do we never keep?", "", []string{
			"Your name. We do not ask for it.",
			"Where you are, and your IP address.",
			"Which phone or browser you have, and from which page you come.",
			"What you write, unlocked.",
			"At what time you wrote something. Only: in which hour your last message came. And while you wait: since when.",
			"Who you are when you come again. To us every chat is new.",
			"Cookies. Who chats with us gets none.",
		}},
		{"And on your phone?", "", []string{
			"While you chat, the tab holds what it needs to go on when the page is loaded again. Your words are locked there.",
			"Is the chat over, or do you tap Leave quickly? Then it is gone.",
			"That you opened this page may be in your browser's history. We cannot delete that. You can.",
		}},
	},
	List: "The whole list",
	ListLead: "This list comes from the program itself. For each new version a test looks whether anything is stored that is not on it, " +
		"and whether nothing stays longer than it says. The part about phone, tab, memory and disk is written by hand.",
	What: "What", Until: "Until", Such: "such as",
	Places: map[routing.Place]string{routing.InChats: "Redis", routing.InLedger: "Redis of accounts and figures", routing.OnDisk: "disk",
		routing.InMemory: "memory of the server", routing.OnPhone: "phone", routing.OnDesk: "tab of the counsellor"},
	Tables: []keptGroup{
		{"About you and your chat", onServer(routing.AboutYouth)}, {"On your phone", at(routing.OnPhone)},
		{"About the counsellor", onServer(routing.AboutCounsellor)}, {"On the counsellor's computer", at(routing.OnDesk)},
		{"About our campaigns: counting without names", onServer(routing.AboutCampaign)}, {"About the service itself", onServer(routing.AboutService)},
	},
}
