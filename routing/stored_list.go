package routing

// state is a chat's own state. In a tombstone ph, v, r, e (0 once somebody accepted, else -1) and vn are left.
func (l *list) state() {
	l.key = stateKey(anyPrefix, "<chat>")
	y, c := AboutYouth, AboutCounsellor
	l.add("ph", y, ofTomb, "waar de chat staat: wachten, praten of voorbij", "where the chat stands: waiting, talking or over", "t")
	l.add("v", y, ofTomb, "hoeveel keer dat veranderde", "how often that changed", "3")
	l.add("r", y, ofTomb, "waarom de chat stopte, in een woord", "why the chat ended, in a word", "done")
	l.add("line", y, ofChat, "de lijn die gekozen is", "the line that was chosen", "jip")
	l.add("tok", y, ofChat, "vingerafdruk van de sleutel waarmee de telefoon terug kan; de sleutel zelf staat alleen op de telefoon",
		"fingerprint (SHA-256) of the token with which the phone can come back; the token itself is on the phone only", "Zm9v…")
	l.add("sh", y, ofChat, "helft van de sleutel voor wat de pagina op de telefoon bewaart", "half of the key to what the page keeps on the phone", "qL3f…")
	l.add("ds", c, ofChat, "helft van de sleutel voor wat het tabblad van de hulpverlener bewaart", "half of the key to what the counsellor's tab keeps", "x81K…")
	l.add("pky", y, ofChat, "open deel van de sleutel van de jongere, voor deze chat gemaakt", "public half of the young person's key, made for this chat", "BAp7…")
	l.add("own", c, ofChat, "naam van de hulpverlener die de chat heeft", "name of the counsellor who has the chat", "Sanne")
	l.add("e", y, ofTomb, "de hoeveelste sleutel van de chat nu geldt; na het einde: of er iemand aannam",
		"which key of the chat holds now, counted; after the end: whether anybody accepted", "0")
	l.add("ep.e", y, ofChat, "per sleutel: de hoeveelste", "of each key: which one, counted", "0")
	l.add("ep.o", c, ofChat, "per sleutel: naam van de hulpverlener", "of each key: name of the counsellor", "Sanne")
	l.add("ep.k", c, ofChat, "per sleutel: open deel van de sleutel van de hulpverlener", "of each key: its public half, the counsellor's", "BHq2…")
	l.add("ep.y", y, ofChat, "per sleutel: bewijs van de telefoon dat het slot klopt", "of each key: the phone's proof that the lock is right", "p0aD…")
	l.add("ep.c", c, ofChat, "per sleutel: bewijs van de hulpverlener dat het slot klopt", "of each key: the counsellor's proof that the lock is right", "k9Rt…")
	l.add("ep.s", y, ofChat, "per sleutel: na het hoeveelste bericht die begon", "of each key: after which message it began, counted", "0")
	l.add("old.o", c, ofChat, "per sleutel van voor een terugkomcode: naam van de hulpverlener", "of each key from before a return code: name of the counsellor", "Sanne")
	l.add("old.s", y, ofChat, "per sleutel van voor een terugkomcode: na het hoeveelste bericht die begon",
		"of each key from before a return code: after which message it began, counted", "0")
	l.add("seq", y, ofChat, "hoeveel berichten er zijn", "how many messages there are", "12")
	l.add("ly", y, ofChat, "nummer van het laatste bericht van de jongere", "number of the young person's last message", "11")
	l.add("lc", c, ofChat, "nummer van het laatste bericht van de hulpverlener", "number of the counsellor's last message", "12")
	l.add("ry", y, ofChat, "tot welk nummer de jongere las", "up to which number the young person has read", "12")
	l.add("rc", c, ofChat, "tot welk nummer de hulpverlener las", "up to which number the counsellor has read", "11")
	l.add("yn", y, ofChat, "naam van de server waar de jongere op zit; leeg als de lijn weg is",
		"name of the node that the young person is at; empty while the line is down", "V1StGXR8…")
	l.add("vn", y, ofTomb, "naam van de server die het bezoek telt", "name of the node that counts the visit", "V1StGXR8…")
	l.add("cn", c, ofChat, "naam van de server waar de hulpverlener op zit", "name of the node that the counsellor is at", "V1StGXR8…")
	l.add("sock", y, ofChat, "nummer van de verbinding van de jongere, zonder adres", "number of the young person's connection, without an address", "V1StGXR8…/17")
	l.add("was", y, ofChat, "die van daarvoor, als de lijn van de jongere weg is geweest", "that before, where the young person's line was down", "V1StGXR8…/16")
	l.add("q", y, ofChat, "of de jongere nu even niet kan typen", "whether the young person cannot type just now", "1")
	l.add("h", y, ofChat, "in welk heel uur er het laatst een bericht kwam", "in which whole hour the last message came", "493201")
	l.asked("", life{Expiry, chatLongest, asking.nl, asking.en}, ofChat)
	l.add("i<id>", y, ofChat, "welk nummer een bericht kreeg, zodat het maar een keer telt", "which number a message got, so that it counts once", "4")
}

// asked is the question whether a chat may go elsewhere, which the chat's own state and its record have alike, and what
// came of the last one.
func (l *list) asked(at string, open, came life) {
	y, c := AboutYouth, AboutCounsellor
	l.add(at+"ho.i", y, open, "naam van de vraag of de chat ergens anders heen mag", "name of the question whether the chat may go elsewhere", "hA3x…")
	l.add(at+"ho.l", y, open, "naar welke lijn", "to which line", "fier")
	l.add(at+"ho.n", c, open, "naar welke hulpverlener, als die met naam genoemd is", "to which counsellor, where she is named", "Sanne")
	l.add(at+"ho.m", y, open, "naam van het bericht dat mee gaat", "name of the message that goes along", "q83v…")
	l.add(at+"ho.y", y, open, "dat de jongere ja zei", "that the young person said yes", "true")
	l.add(at+"hl", y, came, "wat er van de laatste vraag kwam, en van welke lijn die was", "what came of the last question, and which line asked", `["hA3x…","moved",4,"jip"]`)
}

// log is a chat's messages. What they say is in ct only, and sealed.
func (l *list) log() {
	l.key = logKey(anyPrefix, "<chat>")
	y := AboutYouth
	l.add("b.from", y, ofChat, "per bericht: van de jongere (y) of van de hulpverlener (c)", "of each message: from the young person (y) or the counsellor (c)", "y")
	l.add("b.e", y, ofChat, "per bericht: de hoeveelste sleutel", "of each message: which key, counted", "0")
	l.add("b.n", y, ofChat, "per bericht: een volgnummer", "of each message: a number", "3")
	l.add("b.id", y, ofChat, "per bericht: een willekeurige naam", "of each message: a random name", "q83v…")
	l.add("b.k", y, ofChat, "per bericht: de soort, tekst of kaart", "of each message: its kind, text or card", "1")
	l.add("b.iv", y, ofChat, "per bericht: een willekeurig getal voor het slot", "of each message: a random number for the lock", "mB2x…")
	l.add("b.ct", y, ofChat, "per bericht: de woorden, op slot; wij kunnen ze niet lezen", "of each message: its words, sealed; we cannot read them", "9f0c…")
}

// chats is what the deployment knows of a chat while it finds somebody to answer.
func (l *list) chats() {
	l.key = sharedKey(anyPrefix, "chats")
	y, c := AboutYouth, AboutCounsellor
	l.add("<chat>.l", y, ofRecord, "de lijn die gekozen is", "the line that was chosen", "jip")
	l.add("<chat>.s", y, ofRecord, "waar de chat staat: in de rij, praten of voorbij", "where the chat stands: in line, talking or over", "w")
	l.add("<chat>.r", y, ofRecord, "waarom de chat stopte, in een woord", "why the chat ended, in a word", "left")
	l.add("<chat>.o", c, ofRecord, "naam van de hulpverlener die de chat heeft of gebeld wordt", "name of the counsellor who has the chat or is rung", "Sanne")
	l.add("<chat>.e", y, ofRecord, "de hoeveelste sleutel van de chat nu geldt", "which key of the chat holds now, counted", "0")
	l.add("<chat>.lf", y, ofRecord, "de willekeurige naam die Redis had toen die sleutel kwam", "the random name that Redis had when that key came", "cdb035a8")
	l.add("<chat>.y", y, ofRecord, "nummer van de verbinding van de jongere, zonder adres; leeg na het einde",
		"number of the young person's connection, without an address; empty after the end", "V1StGXR8…/17")
	l.add("<chat>.v", y, ofRecord, "hoeveel keer er iets veranderde", "how often something changed", "3")
	l.add("<chat>.z", y, ofRecord, "willekeurige tekens bij de laatste veranderingen", "random characters for the last changes", "q83vV1St")
	l.add("<chat>.ah", y, inLine, "hoeveel er voor de jongere waren bij het aansluiten", "how many were before the young person when they came", "2")
	l.add("<chat>.a", y, inLine, "sinds wanneer de jongere wacht, in hele seconden", "since when the young person waits, in whole seconds", "1795474800")
	l.add("<chat>.p", y, inLine, "waar het over gaat, als de jongere dat koos", "what it is about, where the young person chose to say", "school")
	l.add("<chat>.f", y, inLine, "naam van de oproep die nu gaat", "name of the offer that rings now", "hA3x…")
	l.add("<chat>.x.<name>", c, inLine, "welke hulpverlener de chat net niet kon aannemen, en tot wanneer dat telt",
		"which counsellor could not take the chat just now, and until when that counts", "[41,1795474920]")
	l.add("<chat>.wu", y, ofRecord, "dat het gesprek is afgerond en in de cijfers zit", "that the chat was wrapped up and is in the figures", "true")
	l.add("<chat>.g", y, inTalk, "de taal van de chat", "the language of the chat", "nl")
	l.add("<chat>.t", y, inTalk, "het nummer in de rij", "the number in line", "40")
	l.add("<chat>.c", y, inTalk, "of de plek voor mag: van eerder, met spoed, of gewoon", "whether the place goes ahead: from before, urgent, or neither", "2")
	l.add("<chat>.u", y, inTalk, "of de jongere zei: ik ben nu in gevaar", "whether the young person said: I am in danger now", "false")
	l.add("<chat>.k", y, inTalk, "open deel van de sleutel van de jongere", "public half of the young person's key", "BAp7…")
	l.add("<chat>.w", y, inTalk, "binnen hoeveel seconden de lijn wil antwoorden", "within how many seconds the line means to answer", "120")
	l.add("<chat>.m", y, ofChatCode, "vingerafdruk van de terugkomcode van de chat, als de jongere die vroeg",
		"fingerprint of the chat's return code, where the young person asked for one", "p0aD…")
	l.add("<chat>.h", y, inLine, "dat de jongere met een terugkomcode kwam", "that the young person came with a return code", "true")
	l.add("<chat>.n", c, inLine, "op welke hulpverlener de jongere even wacht, na een terugkomcode",
		"which counsellor the young person waits for a while, after a return code", "Sanne")
	l.add("<chat>.an", y, inLine, "dat de jongere liever niet op die ene hulpverlener wachtte", "that the young person would rather not wait for that one counsellor", "true")
	l.asked("<chat>.", asking, inTalk)
	l.add("<chat>.no.<line>", y, inLine, "over welke andere lijnen de jongere al gevraagd is", "about which other lines the young person was asked already", "true")
	l.add("<chat>.na", y, within(askRest), "tot wanneer we niet opnieuw vragen of een andere lijn ook goed is", "until when we do not ask again whether another line is fine as well", "1795474980")
	l.add("<chat>.fl", y, ofRecord, "de eerste lijn die de chat overdroeg", "the first line that handed the chat over", "jip")
	l.add("<chat>.of", y, asking, "bij een overdracht die wacht: de chat", "of a handover that waits: its chat", "q83v…")
	l.add("<chat>.fr", c, asking, "bij een overdracht die wacht: wie overdraagt", "of a handover that waits: who hands over", "Sanne")
	l.add("<chat>.q", c, inTalk, "open deel van de sleutel van de hulpverlener", "public half of the counsellor's key", "BHq2…")
	l.add("<chat>.b", c, inTalk, "nummer van de verbinding van de hulpverlener", "number of the counsellor's connection", "V1StGXR8…/9")
	l.add("<chat>.w8", c, inTalk, "dat de lijn van de hulpverlener even weg is", "that the counsellor's line is down for a moment", "true")
}

// counsellors is who is at a desk now.
func (l *list) counsellors() {
	l.key = sharedKey(anyPrefix, "counsellors")
	c := AboutCounsellor
	l.add("<name>.L", c, onDuty, "de lijnen waarop ze antwoordt", "the lines she answers on", `["jip"]`)
	l.add("<name>.G", c, onDuty, "de talen die ze spreekt", "the languages she speaks", `["nl"]`)
	l.add("<name>.s", c, onDuty, "klaar of rust", "ready or at rest", "ready")
	l.add("<name>.c", c, onDuty, "hoeveel chats ze tegelijk wil", "how many chats she wants at once", "3")
	l.add("<name>.h", c, onDuty, "hoeveel plekken bezet zijn", "how many places are taken", "1")
	l.add("<name>.k", c, onDuty, "nummer van haar verbinding, zonder adres", "number of her connection, without an address", "V1StGXR8…/9")
	l.add("<name>.f", c, onDuty, "naam van de oproep die nu gaat", "name of the offer that rings now", "hA3x…")
	l.add("<name>.i", c, onDuty, "wie het langst vrij is, als nummer en niet als tijd", "who is free longest, as a number and not as a time", "38")
	l.add("<name>.r", c, onDuty, "wanneer ze klaar werd, als nummer en niet als tijd", "when she got ready, as a number and not as a time", "37")
	l.add("<name>.ld", c, onDuty, "dat ze de leiding heeft", "that she leads", "true")
	l.add("<name>.b", c, onDuty, "tot wanneer ze na een zwaar gesprek op adem komt", "until when she has a breather after a heavy chat", "1795475100")
	l.add("<name>.e", c, onDuty, "wanneer ze haar laatste chat aanneemt", "when she takes her last chat", "1795489200")
	called := life{Event, 0, "ze hem terugneemt of van de werkplek weg is, of " + Dutch(callFor) + " later",
		"she takes it back or has left the desk, or " + English(callFor) + " later"}
	l.add("<name>.ql", c, called, "voor welke lijn ze de leiding roept, als ze dat zei; niets over een chat", "on which line she calls for the lead, where she said so; nothing of a chat", "jip")
	l.add("<name>.q", c, called, "wie het langst roept, als nummer en niet als tijd", "who calls longest, as a number and not as a time", "39")
	l.add("<name>.qb", c, called, "naam van de leiding die eraan komt", "name of the lead who comes", "Noor")
}

// shared is what keeps the lines moving.
func (l *list) shared(d Durations) {
	y, c, s := AboutYouth, AboutCounsellor, AboutService
	on := func(name string) { l.key = sharedKey(anyPrefix, name) }
	on("waiting")
	l.add("<line>:<lang>:<class>:<ticket>:<chat>", y, inLine, "de rij", "the line of those who wait", "jip:nl:2:000000000040:q83v…")
	on("at")
	l.add("<node>:<chat>", y, life{Event, 0, "de verbinding weg is", "the connection is gone"},
		"op welke server de jongere zit, als naam", "which node the young person is at, by name", "V1StGXR8…:q83v…")
	on("talking")
	l.add("<line>:<chat>", y, inTalk, "welke chats er nu zijn", "which chats there are now", "jip:q83v…")
	on("offers")
	l.add("<offer>", y, life{Deadline, offerKnown, "de oproep voorbij is, of " + Dutch(offerKnown) + " na het aannemen",
		"the offer is over, or " + English(offerKnown) + " after it was accepted"},
		"welke chat bij welke hulpverlener belt of net aangenomen is", "which chat rings at which counsellor or was just accepted", "r:q83v…:Sanne")
	on("held")
	l.add("<name>:c:<chat>", c, inTalk, "welke chats een hulpverlener heeft", "which chats a counsellor has", "Sanne:c:q83v…")
	owed := "hooguit " + Dutch(tombLongest) + " na het einde van de chat"
	owedEN := English(tombLongest) + " after the end of the chat at most"
	l.add("<name>:w:<chat>", c, life{Deadline, tombLongest, owed, owedEN}, "van welke chat de afronding nog komt", "of which chat the wrap-up is to come", "Sanne:w:q83v…")
	l.add("<name>:z:<chat>", c, life{Deadline, tombLongest, owed, owedEN},
		"van welke chat de afronding er is; wat erin stond, staat er niet bij", "of which chat the wrap-up was given; what it said is not there", "Sanne:z:q83v…")
	on("free")
	l.add("<line>:<lang>:<room>:<idle>:<name>", c, onDuty, "wie er een chat kan aannemen", "who can take a chat", "jip:nl:9997:000000000038:Sanne")
	on("duty")
	l.add("<line>:<name>", c, onDuty, "wie er aan het werk is", "who is on duty", "jip:Sanne")
	on("help")
	l.add("l:<name>", c, onDuty, "welke leiding er aan een werkplek zit", "which leads are at a desk", "l:Noor")
	l.add("c:<name>", c, onDuty, "wie de leiding roept", "who calls for the lead", "c:Sanne")
	on("down")
	l.add("<line>:<lang>:<class>:<ticket>:<chat>", y, life{Event, 0, "de lijn terug is, of de plek vervalt", "the line is back, or the place is given up"},
		"wie een plek in de rij heeft terwijl de lijn weg is", "who has a place in line while their line is down", "jip:nl:2:000000000040:q83v…")
	on("asked")
	l.add("<line>:<lang>:<chat>:<offer>", y, within(askFor), "wie er gevraagd is of een andere lijn ook goed is", "who was asked whether another line is fine as well",
		"fier:nl:q83v…:hA3x…")
	on("kept")
	l.add("<chat>", y, within(preferFor), "welke plek op een hulpverlener wacht", "which place waits for one counsellor", "q83v…")
	l.due(d)
	on("waits")
	l.add("<line>", y, life{Stays, 0, "er twintig nieuwere zijn", "there are twenty newer ones"},
		"van de laatste twintig die moesten wachten hoeveel seconden dat duurde en hoeveel er voor hen waren, zonder van wie",
		"of the last twenty who had to wait how many seconds they did and how many were before them, without whose", "41:0,312:2,95:1")
	on("room")
	l.add("<line>", s, forGood, "hoeveel chats een lijn nu aankan", "how many chats a line can take now", "4")
	on("streak")
	l.add("<line>", s, life{Stays, 0, "er een gewone chat aan de beurt is", "it is somebody's turn who is not in danger"},
		"hoeveel keer na elkaar iemand in gevaar voorging", "how often in a row somebody in danger went ahead", "2")
	on("bucket")
	l.add("n", s, forGood, "hoeveel chats er nu nog tegelijk mogen beginnen", "how many chats may begin at once now", "19999")
	l.add("at", s, life{Stays, 0, "er weer een chat begint", "another chat begins"}, "in welke seconde er het laatst een chat begon", "in which second a chat began last", "1795474800")
	l.add("wn", s, life{Stays, 0, "er weer een code fout is", "a code is wrong again"}, "hoeveel terugkomcodes er nu nog fout mogen zijn", "how many return codes may be wrong now", "4")
	l.add("wat", s, life{Stays, 0, "er weer een code fout is", "a code is wrong again"}, "in welke seconde er het laatst een code fout was", "in which second a code was wrong last", "1795474800")
	if d.Code > 0 {
		on("codes")
		l.add("<code>", y, ofCode(d.Code), "bij de vingerafdruk van een terugkomcode: de chat zolang die open is, en bij wie die was",
			"beside the fingerprint of a return code: the chat while it is open, and whose it was", "q83v…:Sanne")
	}
	on("tickets")
	l.add("", s, forGood, "het laatste nummer in de rij", "the last number in line", "41")
	on("life")
	l.add("", s, forGood, "een willekeurige naam, waaraan we merken dat Redis leeg is gemaakt", "a random name, by which an emptied Redis is noticed", "V1St…")
	on("rewrite")
	l.add("", s, life{Expiry, RewriteEvery, "hooguit " + Dutch(RewriteEvery), English(RewriteEvery) + " at most"},
		"welke server dit uur het bestand van Redis laat opschonen", "which node has the file of Redis cleaned this hour", "V1StGXR8…")
}

// due is what falls due, in whole seconds.
func (l *list) due(d Durations) {
	y, c := AboutYouth, AboutCounsellor
	l.key = sharedKey(anyPrefix, "due")
	l.add("held:<chat>", y, within(d.Held), "tot wanneer een plek in de rij blijft als de lijn wegvalt", "until when a place in line is kept for a line that dropped", "held:q83v…")
	l.add("away:<chat>", y, within(d.YouthGrace), "tot wanneer een chat wacht als de lijn wegvalt", "until when a chat waits for a line that dropped", "away:q83v…")
	l.add("front:<chat>", y, within(d.Front), "tot wanneer iemand die te lang weg was vooraan terug mag", "until when somebody who was away too long may come back at the front", "front:q83v…")
	l.add("linger:<chat>", y, within(d.Linger), "tot wanneer het laatste bericht gelezen kan worden", "until when the last message can be read", "linger:q83v…")
	l.add("pass:<chat>", y, within(d.Passed), "tot wanneer een chat een hulpverlener overslaat", "until when a chat passes a counsellor over", "pass:q83v…")
	l.add("tomb:<chat>", y, within(tombLongest), "het hele uur waarop het laatste spoor van een chat weggaat", "the whole hour at which the last trace of a chat goes", "tomb:q83v…")
	l.add("leg:<offer>", y, within(legLook), "wanneer we weer kijken of er iemand is die de chat kan overnemen", "when to look again whether somebody is there to take the chat over", "leg:hA3x…")
	l.add("prefer:<chat>", y, within(preferFor), "tot wanneer iemand met een terugkomcode op dezelfde hulpverlener wacht",
		"until when somebody with a return code waits for the same counsellor", "prefer:q83v…")
	if d.Code > 0 {
		l.add("code:<code>", y, ofCode(d.Code), "de dag waarna een terugkomcode weg is", "the day after which a return code is gone", "code:p0aD…")
	}
	l.add("apply:<chat>", y, within(applyKnown), "dat een verandering nog doorgegeven moet worden", "that a change is yet to be handed on", "apply:q83v…")
	l.add("ring:<offer>", c, within(d.Ring), "tot wanneer een oproep gaat", "until when an offer rings", "ring:hA3x…")
	l.add("offer:<offer>", c, within(offerKnown), "tot wanneer een aangenomen oproep bekend is", "until when an accepted offer is known", "offer:hA3x…")
	l.add("lease:<name>", c, within(d.Lease), "tot wanneer een werkplek zonder teken van leven telt", "until when a desk counts without a sign of life", "lease:Sanne")
	l.add("grace:<name>", c, within(d.DeskGrace), "tot wanneer haar chats op een hulpverlener wachten", "until when her chats wait for a counsellor", "grace:Sanne")
	l.add("wrap:<name>:<chat>", c, within(d.Wrapup), "tot wanneer een afronding een plek bezet houdt", "until when a wrap-up holds a place", "wrap:Sanne:q83v…")
	l.add("owed:<name>:<chat>", c, within(tombLongest), "het hele uur tot wanneer de afronding nog kan", "the whole hour until which the wrap-up can be given", "owed:Sanne:q83v…")
	if d.Breather > 0 {
		l.add("breath:<name>", c, within(d.Breather), "tot wanneer een hulpverlener op adem komt", "until when a counsellor has a breather", "breath:Sanne")
	}
	l.add("shift:<name>", c, within(shiftLongest), "wanneer een hulpverlener haar laatste chat aanneemt", "when a counsellor takes her last chat", "shift:Sanne")
	l.add("call:<name>", c, within(callFor), "tot wanneer een hulpverlener de leiding roept", "until when a counsellor calls for the lead", "call:Sanne")
	l.add("pause:<line>", AboutService, within(pauseFor), "tot wanneer een lijn niemand nieuw binnenlaat", "until when a line lets nobody new in", "pause:jip")
	l.add("node:<node>", AboutService, within(nodeLease), "tot wanneer een server zonder teken van leven telt", "until when a node counts without a sign of life", "node:V1StGXR8…")
}
