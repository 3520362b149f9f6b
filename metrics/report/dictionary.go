package report

import (
	"slices"

	"haven/metrics/reach"
)

// source is where a figure comes from, which also says how exact it is.
type source int

const (
	fromVisits source = iota
	fromOutcomes
	fromTopics
	fromUnreached
	fromReferrals
	fromTotals
	fromHands
	fromConfig
	fromReport // worked out here
	fromNowhere
)

// entry explains one figure.
type entry struct {
	name    [2]string // Dutch, English
	meaning [2]string
	unit    Unit // "" for words
	from    source
}

// entries are all figures and all names of rows that tables may use, by key.
var entries = map[string]entry{
	// what rows are named after
	"line":      {[2]string{"Lijn", "Line"}, [2]string{"De chat waar iemand om vroeg.", "The chat that was asked for."}, "", fromConfig},
	"campaign":  {[2]string{"Campagne", "Campaign"}, [2]string{"De campagne in de link die iemand volgde. Zonder link: “zonder campagnelink”. Een code die niet in de instellingen staat: “onbekende campagnecode”.", "The campaign in the link that was followed. Without a link: “without a campaign link”. A code that is not in the configuration: “unknown campaign code”."}, "", fromConfig},
	"channel":   {[2]string{"Kanaal", "Channel"}, [2]string{"De weg waarlangs de campagne mensen bereikt, zoals een poster.", "The way by which the campaign reaches people, such as a poster."}, "", fromConfig},
	"medium":    {[2]string{"Online of offline", "Online or offline"}, [2]string{"Waar het kanaal te vinden is.", "Where the channel is met."}, "", fromConfig},
	"topic":     {[2]string{"Onderwerp", "Topic"}, [2]string{"Het hoofdonderwerp dat de hulpverlener kiest.", "The main topic that the counsellor chooses."}, "", fromConfig},
	"kind":      {[2]string{"Gesprek met", "Talk with"}, [2]string{"Met wie de hulpverlener sprak, volgens de hulpverlener.", "Whom the counsellor talked to, as the counsellor says."}, "", fromReport},
	"hours":     {[2]string{"Uren", "Hours"}, [2]string{"Een blok van vier uur, Nederlandse tijd.", "A block of four hours, Dutch time."}, "", fromReport},
	"figure":    {[2]string{"Cijfer", "Figure"}, [2]string{"Welk cijfer wordt vergeleken.", "Which figure is compared."}, "", fromReport},
	"table":     {[2]string{"Tabel", "Table"}, [2]string{"Een groep vakjes waarin elk bezoek hoogstens één keer telt.", "A group of fields in which each visit counts once at most."}, "", fromReport},
	"referral":  {[2]string{"Waarheen", "Where to"}, [2]string{"De lijn waar de chat verder ging, of de hulp buiten de chat waar de hulpverlener de weg naar wees.", "The line with which the chat went on, or the help outside of the chat that the counsellor led to."}, "", fromConfig},
	"span":      {[2]string{"Termijn", "Span"}, [2]string{"Over hoe lange tijd een cijfer verschijnt.", "Over how long a time a figure is published."}, "", fromReport},
	"period":    {[2]string{"Periode", "Period"}, [2]string{"De week, de maand, het kwartaal of het jaar.", "The week, month, quarter or year."}, "", fromReport},
	"asked_for": {[2]string{"Vraag", "Question"}, [2]string{"Wat een raad of financier graag zou weten.", "What a council or funder would like to know."}, "", fromReport},
	"key":       {[2]string{"Cijfer of naam", "Figure or name"}, [2]string{"Een cijfer of naam uit dit verslag.", "A figure or name of this report."}, "", fromReport},

	// visits
	"visits":    {[2]string{"Bezoeken", "Visits"}, [2]string{"Keren dat iemand de chatpagina opende en iets aanraakte of een toets indrukte.", "Times that somebody opened the chat page and touched something or pressed a key."}, Count, fromVisits},
	"asked":     {[2]string{"Vroeg om een chat", "Asked for a chat"}, [2]string{"Bezoeken waarin iemand om een chat vroeg, met welk gevolg ook.", "Visits in which somebody asked for a chat, whatever came of it."}, Count, fromVisits},
	"answered":  {[2]string{"Beantwoord", "Answered"}, [2]string{"Bezoeken waarin een hulpverlener de chat aannam, ook als er geen echte vraag was.", "Visits in which a counsellor took the chat, also where there was no real question."}, Count, fromVisits},
	"refused":   {[2]string{"Kon niet terecht", "Turned away"}, [2]string{"Bezoeken waarin iemand om een chat vroeg toen de lijn dicht of vol was, of toen er niemand was.", "Visits in which somebody asked for a chat while the line was closed or full, or nobody was there."}, Count, fromVisits},
	"abandoned": {[2]string{"Weg tijdens wachten", "Left while waiting"}, [2]string{"Bezoeken waarin iemand in de rij stond en wegging voor het antwoord.", "Visits in which somebody stood in line and left before the answer."}, Count, fromVisits},

	// outcomes
	"contacts":               {[2]string{"Contacten", "Contacts"}, [2]string{"Chats met een echte vraag, zoals de hulpverlener ze afsloot. Met een jongere, ouder, professional of iemand anders.", "Chats with a real question, as the counsellor closed them. With a young person, parent, professional or somebody else."}, Count, fromOutcomes},
	"contacts_young_person":  {[2]string{"met een jongere", "with a young person"}, [2]string{"Contacten met een jongere.", "Contacts with a young person."}, Count, fromOutcomes},
	"contacts_parent":        {[2]string{"met een ouder", "with a parent"}, [2]string{"Contacten met een ouder of verzorger.", "Contacts with a parent or carer."}, Count, fromOutcomes},
	"contacts_professional":  {[2]string{"met een professional", "with a professional"}, [2]string{"Contacten met een professional.", "Contacts with a professional."}, Count, fromOutcomes},
	"contacts_other":         {[2]string{"met iemand anders", "with somebody else"}, [2]string{"Contacten met iemand anders.", "Contacts with somebody else."}, Count, fromOutcomes},
	"nuisance":               {[2]string{"Geen echte vraag", "No real question"}, [2]string{"Chats zonder echte vraag. Ze tellen nergens als contact.", "Chats without a real question. They count as a contact nowhere."}, Count, fromOutcomes},
	"outcome_none":           {[2]string{"Alleen gesprek", "Only the talk"}, [2]string{"Contacten zonder signaal of melding.", "Contacts without a signal or report."}, Count, fromOutcomes},
	"signals":                {[2]string{"Signalen", "Signals"}, [2]string{"Contacten waarbij de hulpverlener “signaal” koos.", "Contacts for which the counsellor chose “signal”."}, Count, fromOutcomes},
	"signals_young_person":   {[2]string{"van een jongere", "of a young person"}, [2]string{"Signalen uit een contact met een jongere.", "Signals from a contact with a young person."}, Count, fromOutcomes},
	"signals_parent":         {[2]string{"van een ouder", "of a parent"}, [2]string{"Signalen uit een contact met een ouder of verzorger.", "Signals from a contact with a parent or carer."}, Count, fromOutcomes},
	"signals_professional":   {[2]string{"van een professional", "of a professional"}, [2]string{"Signalen uit een contact met een professional.", "Signals from a contact with a professional."}, Count, fromOutcomes},
	"professional_questions": {[2]string{"Andere vragen van professionals", "Other questions of professionals"}, [2]string{"Contacten met een professional zonder signaal of melding.", "Contacts with a professional without a signal or report."}, Count, fromOutcomes},
	"signals_wide":           {[2]string{"Signalen, alle vragen van professionals meegerekend", "Signals, all professionals' questions included"}, [2]string{"Alle signalen, en daarbij de andere vragen van professionals.", "All signals, and with them the other questions of professionals."}, Count, fromOutcomes},
	"reports":                {[2]string{"Meldingen", "Reports"}, [2]string{"Contacten waarbij de hulpverlener “melding” koos.", "Contacts for which the counsellor chose “report”."}, Count, fromOutcomes},
	"reports_young_person":   {[2]string{"na contact met een jongere", "after a contact with a young person"}, [2]string{"Meldingen na een contact met een jongere.", "Reports after a contact with a young person."}, Count, fromOutcomes},
	"reports_parent":         {[2]string{"na contact met een ouder", "after a contact with a parent"}, [2]string{"Meldingen na een contact met een ouder of verzorger.", "Reports after a contact with a parent or carer."}, Count, fromOutcomes},
	"reports_professional":   {[2]string{"na contact met een professional", "after a contact with a professional"}, [2]string{"Meldingen na een contact met een professional.", "Reports after a contact with a professional."}, Count, fromOutcomes},
	"parent_contacts":        {[2]string{"Ouder betrokken", "Parent involved"}, [2]string{"Contacten waarbij de hulpverlener aanvinkte dat een ouder betrokken is.", "Contacts for which the counsellor ticked that a parent is involved."}, Count, fromOutcomes},
	"parent_signals":         {[2]string{"Signalen met een ouder betrokken", "Signals with a parent involved"}, [2]string{"Signalen waarbij een ouder betrokken is.", "Signals in which a parent is involved."}, Count, fromOutcomes},
	"parent_reports":         {[2]string{"Meldingen met een ouder betrokken", "Reports with a parent involved"}, [2]string{"Meldingen waarbij een ouder betrokken is.", "Reports in which a parent is involved."}, Count, fromOutcomes},
	"talks_alone":            {[2]string{"Contacten, zonder ouder", "Contacts, no parent involved"}, [2]string{"Contacten zonder signaal of melding, zonder dat een ouder betrokken is. Eén vakje.", "Contacts without a signal or report, with no parent involved. One field."}, Count, fromOutcomes},
	"talks_involved":         {[2]string{"Contacten, met ouder", "Contacts, a parent involved"}, [2]string{"Contacten zonder signaal of melding, waarbij een ouder betrokken is. Eén vakje.", "Contacts without a signal or report, with a parent involved. One field."}, Count, fromOutcomes},
	"signals_alone":          {[2]string{"Signalen, zonder ouder", "Signals, no parent involved"}, [2]string{"Signalen zonder dat een ouder betrokken is. Eén vakje.", "Signals with no parent involved. One field."}, Count, fromOutcomes},
	"signals_involved":       {[2]string{"Signalen, met ouder", "Signals, a parent involved"}, [2]string{"Signalen waarbij een ouder betrokken is. Eén vakje.", "Signals with a parent involved. One field."}, Count, fromOutcomes},
	"reports_alone":          {[2]string{"Meldingen, zonder ouder", "Reports, no parent involved"}, [2]string{"Meldingen zonder dat een ouder betrokken is. Eén vakje.", "Reports with no parent involved. One field."}, Count, fromOutcomes},
	"reports_involved":       {[2]string{"Meldingen, met ouder", "Reports, a parent involved"}, [2]string{"Meldingen waarbij een ouder betrokken is. Eén vakje.", "Reports with a parent involved. One field."}, Count, fromOutcomes},
	"topics":                 {[2]string{"Contacten per onderwerp", "Contacts by topic"}, [2]string{"Contacten met dit hoofdonderwerp.", "Contacts with this main topic."}, Count, fromTopics},

	// unreached demand
	"unreached":           {[2]string{"Niet bereikt", "Not reached"}, [2]string{"Vroegen om een chat en kregen geen hulpverlener.", "Asked for a chat and got no counsellor."}, Count, fromUnreached},
	"unreached_refused":   {[2]string{"waarvan: kon niet terecht", "of them: turned away"}, [2]string{"Niet bereikt omdat de lijn dicht of vol was, of omdat er niemand was.", "Not reached because the line was closed or full, or nobody was there."}, Count, fromUnreached},
	"unreached_abandoned": {[2]string{"waarvan: weg tijdens wachten", "of them: left while waiting"}, [2]string{"Niet bereikt omdat iemand wegging tijdens het wachten.", "Not reached because somebody left while waiting."}, Count, fromUnreached},

	// handovers and referrals
	"handovers_done": {[2]string{"Overgedragen", "Handed over"}, [2]string{"Contacten die met een ja van de jongere verder gingen bij een andere lijn.", "Contacts that went on with another line, with the young person's yes."}, Count, fromReferrals},
	"referrals":      {[2]string{"Doorverwezen", "Referred"}, [2]string{"Contacten waarin de hulpverlener de weg wees naar hulp buiten de chat.", "Contacts in which the counsellor showed the way to help outside of the chat."}, Count, fromReferrals},
	"not_referred":   {[2]string{"Bleef bij de lijn", "Stayed with the line"}, [2]string{"Contacten zonder overdracht naar een andere lijn en zonder doorverwijzing.", "Contacts without a handover to another line and without a referral."}, Count, fromReferrals},
	"led":            {[2]string{"Naar deze hulp", "To this help"}, [2]string{"Contacten van de lijn die daar verder gingen of daarheen zijn verwezen.", "Contacts of the line that went on there or were referred there."}, Count, fromReferrals},

	// exact counts
	"arrived":        {[2]string{"In de rij gekomen", "Got in line"}, [2]string{"Keren dat iemand een plaats in de rij kreeg.", "Times that somebody got a place in line."}, Count, fromTotals},
	"answered_exact": {[2]string{"Beantwoord, precies", "Answered, exactly"}, [2]string{"Keren dat een hulpverlener iemand uit de rij aannam.", "Times that a counsellor took somebody from the line."}, Count, fromTotals},
	"answered_share": {[2]string{"Deel beantwoord", "Share answered"}, [2]string{"Beantwoord, gedeeld door in de rij gekomen.", "Answered, divided by got in line."}, Percent, fromTotals},
	"wait_median":    {[2]string{"Wachttijd, de helft binnen", "Wait, half within"}, [2]string{"De helft van de beantwoorde mensen wachtte hoogstens zo lang (mediaan). Wachttijden worden in stappen geteld, dus dit is een bereik.", "Half of those answered waited no longer (median). Waits are counted in steps, so this is a range."}, Seconds, fromTotals},
	"wait_p90":       {[2]string{"Wachttijd, 9 van de 10 binnen", "Wait, 9 in 10 within"}, [2]string{"Negen van de tien beantwoorde mensen wachtten hoogstens zo lang (90e percentiel), als bereik.", "Nine in ten of those answered waited no longer (90th percentile), as a range."}, Seconds, fromTotals},
	"target":         {[2]string{"Streeftijd", "Target"}, [2]string{"De wachttijd die de lijn wil halen.", "The wait that the line aims for."}, Seconds, fromConfig},
	"within_share":   {[2]string{"Deel binnen streeftijd", "Share within target"}, [2]string{"Beantwoord binnen de streeftijd van de lijn, gedeeld door beantwoord.", "Answered within the line's target, divided by answered."}, Percent, fromTotals},
	"attended":       {[2]string{"Uren open met iemand aanwezig", "Hours open and attended"}, [2]string{"Uren dat de lijn open was en er een hulpverlener dienst had.", "Hours that the line was open and a counsellor on duty."}, Hours, fromTotals},
	"promised":       {[2]string{"Uren beloofd", "Hours promised"}, [2]string{"Uren dat de lijn volgens haar openingstijden open zou zijn.", "Hours that the line's opening hours promised."}, Hours, fromTotals},
	"attended_share": {[2]string{"Deel van de beloofde uren", "Share of the promised hours"}, [2]string{"Uren open met iemand aanwezig, gedeeld door uren beloofd.", "Hours open and attended, divided by hours promised."}, Percent, fromTotals},

	// entered by hand, and what follows from it
	"reached":           {[2]string{"Bereikt volgens het platform", "Reached, as the platform says"}, [2]string{"Mensen die het kanaal zegt te hebben bereikt.", "People whom the channel says it reached."}, Count, fromHands},
	"cost":              {[2]string{"Kosten", "Cost"}, [2]string{"Wat het kanaal kostte.", "What the channel cost."}, Euro, fromHands},
	"activities":        {[2]string{"Activiteiten", "Activities"}, [2]string{"Gastlessen, posterrondes, trainingen, bijeenkomsten en andere activiteiten samen.", "Guest lessons, poster rounds, trainings, meetings and other activities together."}, Count, fromHands},
	"guest_lesson":      {[2]string{"Gastlessen", "Guest lessons"}, [2]string{"Gegeven gastlessen.", "Guest lessons given."}, Count, fromHands},
	"poster_round":      {[2]string{"Posterrondes", "Poster rounds"}, [2]string{"Rondes om posters op te hangen.", "Rounds to put up posters."}, Count, fromHands},
	"training":          {[2]string{"Trainingen", "Trainings"}, [2]string{"Trainingen voor professionals.", "Trainings for professionals."}, Count, fromHands},
	"meeting":           {[2]string{"Bijeenkomsten", "Meetings"}, [2]string{"Bijeenkomsten over de campagne.", "Meetings about the campaign."}, Count, fromHands},
	"other":             {[2]string{"Andere activiteiten", "Other activities"}, [2]string{"Wat niet onder de andere soorten valt.", "What is none of the other kinds."}, Count, fromHands},
	"cost_per_answered": {[2]string{"Kosten per beantwoorde chat", "Cost per answered chat"}, [2]string{"Kosten, gedeeld door beantwoorde chats van hetzelfde kanaal, in de maanden waarvoor iets is ingevuld. De marge volgt uit die van de chats.", "Cost, divided by answered chats of the same channel, in the months for which something was entered. The interval follows from that of the chats."}, Euro, fromReport},

	// what is not counted
	"cannot": {[2]string{"Antwoord", "Answer"}, [2]string{"Waarom er geen cijfer is.", "Why there is no figure."}, "", fromNowhere},

	// trend and method
	"now":        {[2]string{"Deze periode", "This period"}, [2]string{"Het cijfer van deze periode.", "The figure of this period."}, Count, fromReport},
	"before":     {[2]string{"Vorige periode", "Previous period"}, [2]string{"Het cijfer van de even lange periode ervoor.", "The figure of the period of the same span before it."}, Count, fromReport},
	"difference": {[2]string{"Verschil", "Difference"}, [2]string{"Deze periode min de vorige, met de marge van het verschil.", "This period less the previous one, with the interval of the difference."}, Count, fromReport},
	"verdict":    {[2]string{"Wat dat zegt", "What that says"}, [2]string{"Meer of minder, als nul buiten de marge van het verschil valt.", "More or less, where nought lies outside of the interval of the difference."}, "", fromReport},
	"epsilon":    {[2]string{"ε", "ε"}, [2]string{"Wat één bezoek hoogstens prijsgeeft aan deze tabel.", "What one visit gives away to this table at most."}, Epsilon, fromConfig},
	"half_one":   {[2]string{"Marge van één vakje (±)", "Margin of one field (±)"}, [2]string{"In 95 van de 100 gevallen is het toevallige verschil niet groter.", "In 95 of 100 cases the random difference is no larger."}, Count, fromReport},
	"fewer_one":  {[2]string{"Ondergrens van één vakje", "Threshold of one field"}, [2]string{"Een cijfer hieronder staat er als “minder dan”.", "A figure under it reads “fewer than”."}, Count, fromReport},
	"since":      {[2]string{"Geteld vanaf", "Counted from"}, [2]string{"De eerste dag die meetelt.", "The first day that counts."}, "", fromReport},
	"lost_days":  {[2]string{"Verloren serverdagen", "Lost server-days"}, [2]string{"Dagen van een server waarvan de tellingen door een storing weg zijn.", "Days of a server whose counts went in a crash."}, Count, fromReport},
	"back":       {[2]string{"Opslag teruggezet", "Store put back"}, [2]string{"Of de opslag van de tellingen is teruggezet, zodat er tellingen ontbreken.", "Whether the store of the counts was put back, so that counts are missing."}, "", fromReport},
	"example":    {[2]string{"Voorbeeldcijfers", "Example figures"}, [2]string{"Of de cijfers zijn verzonnen.", "Whether the figures are invented."}, "", fromReport},

	// of this list itself
	"meaning": {[2]string{"Betekenis", "Meaning"}, [2]string{"Wat het cijfer zegt.", "What the figure says."}, "", fromReport},
	"unit":    {[2]string{"Eenheid", "Unit"}, [2]string{"Waarin het cijfer is uitgedrukt.", "What the figure is counted in."}, "", fromReport},
	"source":  {[2]string{"Waar het vandaan komt", "Where it comes from"}, [2]string{"De tabel of persoon die het cijfer levert, en hoe precies het is.", "The table or person that the figure is from, and how exact it is."}, "", fromReport},
	"code":    {[2]string{"Naam in JSON", "Name in JSON"}, [2]string{"De naam die in elke taal hetzelfde is.", "The name that is the same in every language."}, "", fromReport},
}

// name is that of a figure.
func (b *build) name(figure string) string {
	n := entries[figure].name
	return b.s(n[0], n[1])
}

func (b *build) unit(u Unit) string {
	switch u {
	case Count:
		return b.s("aantal", "count")
	case Percent:
		return b.s("procent", "per cent")
	case Euro:
		return b.s("euro", "euro")
	case Seconds:
		return b.s("seconden", "seconds")
	case Hours:
		return b.s("uren", "hours")
	case Epsilon:
		return b.s("ε, zonder eenheid", "ε, without a unit")
	}
	return b.s("woorden", "words")
}

func (b *build) source(from source) string {
	switch from {
	case fromVisits, fromOutcomes, fromTopics, fromUnreached, fromReferrals:
		t := reach.Tables[from-fromVisits]
		origin := b.s("geteld door Haven", "counted by Haven")
		if t == reach.Outcomes || t == reach.Topics || t == reach.Referrals {
			origin = b.s("notitie van de hulpverlener na de chat", "the counsellor's note after the chat")
		}
		return b.f("Tabel %s: %s. Met toeval, dus met een marge.", "Table %s: %s. With noise, and so with a margin.", b.tableName(t), origin)
	case fromTotals:
		return b.s("De rij zelf. Precies, zonder toeval.", "The line itself. Exact, without noise.")
	case fromHands:
		return b.s("Met de hand ingevuld door een coördinator.", "Entered by hand by a coordinator.")
	case fromConfig:
		return b.s("De instellingen van Haven.", "The configuration of Haven.")
	case fromNowhere:
		return b.s("Nergens: het is er niet.", "Nowhere: it is not there.")
	}
	return b.s("Dit verslag zelf.", "This report itself.")
}

// dictionary explains every figure that the sections use, in the order in which they do, and itself.
func (b *build) dictionary(sections []Section) Section {
	t := Table{
		Key: "dictionary", Title: b.s("Elk cijfer in dit verslag", "Each figure in this report"),
		Heads: b.columns("key"), Columns: b.columns("meaning", "unit", "source", "code"),
	}
	var order []string
	see := func(columns []Column) {
		for _, c := range columns {
			if !slices.Contains(order, c.Figure) {
				order = append(order, c.Figure)
			}
		}
	}
	for _, s := range sections {
		for _, p := range s.Parts {
			for _, t := range p.Tables {
				see(t.Heads)
				see(t.Columns)
			}
		}
	}
	see(t.Heads)
	see(t.Columns)
	for _, figure := range order {
		e := entries[figure]
		t.Rows = append(t.Rows, Row{Key: figure, Name: []string{b.name(figure)}, Cells: []Cell{
			words(b.s(e.meaning[0], e.meaning[1])), words(b.unit(e.unit)), words(b.source(e.from)), words(figure),
		}})
	}
	return Section{
		Key: "dictionary", Title: b.s("Wat elk cijfer betekent", "What each figure means"), Short: b.s("Betekenis", "Dictionary"),
		Parts: []Part{{Key: "dictionary", Title: b.s("Woordenlijst van de cijfers", "Data dictionary"), Tables: []Table{t}}},
	}
}
