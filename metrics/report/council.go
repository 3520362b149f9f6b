package report

import "haven/metrics/reach"

// single are the counts of one outcome that are fields by themselves: by line and by whom was talked to, without a parent
// involved and with one. They have the smallest margin that there is, and the sums over them a wider one: seven reports
// can be said here, where a line's reports are a sum of eight fields.
func (b *build) single(key, title, outcome string) Table {
	t := Table{Key: key + "_single", Title: title, Heads: b.columns("line", "kind"), Columns: b.columns(key+"_alone", key+"_involved")}
	for _, l := range b.lines {
		for _, k := range reach.Kinds {
			t.Rows = append(t.Rows, Row{Key: l + "|" + k, Name: []string{b.code("line", l), b.code("kind", k)},
				Cells: []Cell{b.outcomes(l, k, outcome, "alone"), b.outcomes(l, k, outcome, "parent")}})
		}
	}
	return t
}

// margin says how exact a single field of a table is in this period, and that sums are less so; "" where there is none.
func (b *build) margin(t reach.Table) []string {
	found, _ := b.parts(t, b.p)
	if len(found) == 0 {
		return nil
	}
	var noise []reach.Term
	for _, one := range found {
		noise = append(noise, one.Noise(1))
	}
	var f reach.Figure
	for _, n := range noise {
		f = f.Add(reach.Figure{Noise: []reach.Term{n}, Known: true})
	}
	return []string{b.f("Een cijfer uit één vakje is hier bekend op ± %s na. Een som van vakjes heeft een grotere marge: wie een klein aantal zoekt, kijkt in de tabel “los geteld”.",
		"A figure of one field is known to ± %s here. A sum of fields has a wider margin: who looks for a small number looks in the table “counted singly”.", b.number(float64(f.Half()), Count))}
}

// council answers the six questions that a city council asked about three chats and their campaign.
func (b *build) council() Section {
	return Section{
		Key: "council", Title: b.s("De vragen van de raad", "The council's questions"), Short: b.s("Vragen van de raad", "Council"),
		Parts: []Part{b.contacts(), b.signals(), b.reports(), b.parents(), b.brought(), b.handover()},
	}
}

func (b *build) outcomes(line, kind, outcome, parent string) Cell {
	return b.sum(reach.Outcomes, pick(line, kind, outcome, parent))
}

func (b *build) lineTable(key, title string, figures []string, cells func(line string) []Cell) Table {
	return Table{Key: key, Title: title, Heads: b.columns("line"), Columns: b.columns(figures...), Rows: b.byLine(cells)}
}

func (b *build) contacts() Part {
	return Part{
		Key: "contacts", Title: b.s("1. Hoeveel contacten waren er?", "1. How many contacts were there?"),
		Text: append([]string{b.s(
			"Een contact is een chat die een hulpverlener heeft afgesloten met een korte notitie: met wie, en wat kwam eruit. Een chat zonder echte vraag telt niet als contact. Vragen van ouders en professionals tellen wel mee, en staan apart.",
			"A contact is a chat that a counsellor closed with a short note: with whom, and what came of it. A chat without a real question is no contact. Questions of parents and professionals do count, and stand apart.")}, b.margin(reach.Outcomes)...),
		Tables: []Table{
			b.single("talks", b.s("Contacten zonder signaal of melding, los geteld", "Contacts without a signal or report, counted singly"), "none"),
			b.lineTable("contacts", b.s("Contacten per lijn, opgeteld", "Contacts by line, added up"),
				[]string{"contacts", "contacts_young_person", "contacts_parent", "contacts_professional", "contacts_other", "nuisance"},
				func(l string) []Cell {
					cells := []Cell{b.outcomes(l, contact, "", "")}
					for _, k := range reach.Kinds {
						cells = append(cells, b.outcomes(l, k, "", ""))
					}
					return append(cells, b.outcomes(l, reach.KindNuisance, "", ""))
				}),
			b.lineTable("chats", b.s("Chats per lijn, met of zonder echte vraag", "Chats by line, with a real question or without"),
				[]string{"asked", "answered"}, func(l string) []Cell {
					return []Cell{b.sum(reach.Visits, pick(l, "", "", asked)), b.sum(reach.Visits, pick(l, "", "", answered))}
				}),
			b.unknowns("contacts_unknown",
				[2]string{b.s("Uit welke stad of wijk iemand komt", "From which city or district somebody comes"),
					b.s("omdat hulpverleners er niet naar mogen vragen en de chat niet bijhoudt waar iemand is. Het adres van een telefoon of computer wordt nergens gelezen of bewaard.",
						"because counsellors may not ask, and the chat does not keep where somebody is. The address of a phone or computer is read and kept nowhere.")},
				[2]string{b.s("Hoe oud iemand is, en dus hoeveel minderjarigen er waren", "How old somebody is, and so how many were minors"),
					b.s("omdat niemand een leeftijd hoeft te noemen en er geen plek is waar die wordt vastgelegd.",
						"because nobody has to say an age and there is no place where one is written down.")},
				[2]string{b.s("Hoeveel verschillende mensen er waren", "How many different people there were"),
					b.s("omdat elk bezoek op zichzelf staat. Wie drie keer chat, telt drie keer. Haven legt geen verband tussen bezoeken.",
						"because each visit stands by itself. Who chats three times counts three times. Haven draws no line between visits.")},
				[2]string{b.s("Hoeveel contacten er buiten de chat waren", "How many contacts there were outside of the chat"),
					b.s("omdat Haven alleen chats telt. Telefoon, e-mail en inloop houdt de organisatie zelf bij.",
						"because Haven counts chats only. The organisation itself keeps count of phone, e-mail and walk-in.")},
			),
		},
	}
}

func (b *build) signals() Part {
	const signal = "signal"
	return Part{
		Key: "signals", Title: b.s("2. Hoeveel signalen waren er, vragen van professionals meegerekend?", "2. How many signals were there, professionals' questions included?"),
		Text: append([]string{b.s(
			"De hulpverlener kiest na de chat “signaal” als er zorgen zijn die verder reiken dan het gesprek. Sommige organisaties rekenen elke vraag van een professional ook als signaal. Daarom staan beide tellingen hier.",
			"After the chat the counsellor chooses “signal” where there are worries that reach further than the talk. Some organisations call each professional's question a signal too. So both counts are here.")}, b.margin(reach.Outcomes)...),
		Tables: []Table{
			b.single("signals", b.s("Signalen, los geteld", "Signals, counted singly"), signal),
			b.lineTable("signals", b.s("Signalen per lijn, opgeteld", "Signals by line, added up"),
				[]string{"signals", "signals_young_person", "signals_parent", "signals_professional", "professional_questions", "signals_wide"},
				func(l string) []Cell {
					wide := func(parts []string) bool {
						return pick(l, contact, signal)(parts) || pick(l, "professional", "none")(parts)
					}
					return []Cell{
						b.outcomes(l, contact, signal, ""), b.outcomes(l, "young_person", signal, ""), b.outcomes(l, "parent", signal, ""),
						b.outcomes(l, "professional", signal, ""), b.outcomes(l, "professional", "none", ""), b.sum(reach.Outcomes, wide),
					}
				}),
			b.unknowns("signals_unknown",
				[2]string{b.s("Waar een signaal precies over ging", "What a signal was about exactly"),
					b.s("omdat het gesprek versleuteld is en na afloop wordt gewist. Alleen het hoofdonderwerp van alle gesprekken samen wordt geteld.",
						"because the talk is sealed and deleted when it is over. Only the main topic is counted, over all talks together.")},
				[2]string{b.s("Of twee signalen over dezelfde persoon gaan, en hoeveel slachtoffers er zijn", "Whether two signals are about the same person, and how many victims there are"),
					b.s("omdat bij een signaal geen naam of ander kenmerk wordt bewaard. Signalen zijn geen mensen.",
						"because no name or other mark is kept with a signal. Signals are not people.")},
			),
		},
	}
}

func (b *build) reports() Part {
	const report = "report"
	return Part{
		Key: "reports", Title: b.s("3. Hoeveel meldingen waren er?", "3. How many reports were there?"),
		Text: append([]string{b.s(
			"De hulpverlener kiest na de chat “melding” als uit het gesprek een melding kwam, bijvoorbeeld bij Veilig Thuis, CoMensha of de politie. Haven telt die keuze. Haven doet zelf geen meldingen.",
			"After the chat the counsellor chooses “report” where the talk led to one, for example at Veilig Thuis, CoMensha or the police. Haven counts that choice. Haven files no reports.")}, b.margin(reach.Outcomes)...),
		Tables: []Table{
			b.single("reports", b.s("Meldingen, los geteld", "Reports, counted singly"), report),
			b.lineTable("reports", b.s("Meldingen per lijn, opgeteld", "Reports by line, added up"),
				[]string{"reports", "reports_young_person", "reports_parent", "reports_professional"},
				func(l string) []Cell {
					return []Cell{
						b.outcomes(l, contact, report, ""), b.outcomes(l, "young_person", report, ""),
						b.outcomes(l, "parent", report, ""), b.outcomes(l, "professional", report, ""),
					}
				}),
			b.unknowns("reports_unknown",
				[2]string{b.s("Wat de politie, CoMensha of Veilig Thuis met een melding deed", "What the police, CoMensha or Veilig Thuis did with a report"),
					b.s("omdat zij niets terugsturen naar Haven. Zij hebben hun eigen cijfers.",
						"because they send nothing back to Haven. They have figures of their own.")},
				[2]string{b.s("Bij welke instantie een melding is gedaan", "With which body a report was filed"),
					b.s("omdat de notitie na de chat daar geen vak voor heeft.", "because the note after the chat has no field for it.")},
				[2]string{b.s("Of een melding over een minderjarige ging", "Whether a report was about a minor"),
					b.s("omdat er geen leeftijd wordt vastgelegd.", "because no age is written down.")},
			),
		},
	}
}

func (b *build) parents() Part {
	const parent = "parent"
	return Part{
		Key: "parents", Title: b.s("4. Bij hoeveel was een ouder betrokken?", "4. In how many was a parent involved?"),
		Text: []string{b.s(
			"De hulpverlener zet na de chat een vinkje bij “een ouder is betrokken”. Dat is iets anders dan een chat mét een ouder. Die staat in de laatste kolom. Per soort gesprek staat dit los geteld bij vraag 1, 2 en 3.",
			"After the chat the counsellor ticks “a parent is involved”. That is not the same as a chat with a parent, which stands in the last column. By whom was talked to it is counted singly under questions 1, 2 and 3.")},
		Tables: []Table{
			b.lineTable("parents", b.s("Ouder betrokken, per lijn", "Parent involved, by line"),
				[]string{"parent_contacts", "parent_signals", "parent_reports", "contacts_parent"},
				func(l string) []Cell {
					return []Cell{
						b.outcomes(l, contact, "", parent), b.outcomes(l, contact, "signal", parent),
						b.outcomes(l, contact, "report", parent), b.outcomes(l, parent, "", ""),
					}
				}),
			b.unknowns("parents_unknown",
				[2]string{b.s("Hoe een ouder betrokken was: als steun, of als deel van het probleem", "How a parent was involved: as a help, or as part of what is wrong"),
					b.s("omdat er alleen een vinkje is. Meer vastleggen zou te veel over een gezin zeggen.",
						"because there is a tick and no more. Writing down more would say too much about a family.")},
			),
		},
	}
}

func (b *build) brought() Part {
	return Part{
		Key: "campaign", Title: b.s("5. Wat bracht de gezamenlijke campagne, online en offline?", "5. What did the joint campaign bring, online and offline?"),
		Text: []string{
			b.s("Wie een link of QR-code van de campagne volgt, telt als bezoek van die campagne. De bezoeker zelf wordt niet gevolgd. Het hoofdstuk “Campagnes” laat elk kanaal apart zien.",
				"Who follows a link or QR code of the campaign counts as a visit of it. Nobody is followed. The chapter “Campaigns” shows each channel apart."),
		},
		Tables: []Table{
			{
				Key: "campaign_media", Title: b.s("De campagnes samen, online en offline", "The campaigns together, online and offline"),
				Heads: b.columns("medium"), Columns: b.columns("reached", "cost", "activities", "visits", "asked", "answered", "cost_per_answered"),
				Rows: b.mediaRows(),
			},
			{
				Key: "campaign_lines", Title: b.s("Chats die via een campagne kwamen, per lijn", "Chats that came by a campaign, by line"),
				Heads: b.columns("line"), Columns: b.columns("asked", "answered", "refused", "abandoned"),
				Rows: b.byLine(func(l string) []Cell {
					var cells []Cell
					for _, stage := range []string{asked, answered, refused, left} {
						cells = append(cells, b.sum(reach.Visits, func(parts []string) bool {
							return pick(l, "", "", stage)(parts) && ofCampaign(parts)
						}))
					}
					return cells
				}),
			},
			b.unknowns("campaign_unknown",
				[2]string{b.s("Hoeveel mensen een poster zagen of een gastles onthielden", "How many people saw a poster or remembered a lesson"),
					b.s("omdat niemand dat telt. Alleen wie de link of QR-code gebruikt, is te zien.",
						"because nobody counts that. Only who uses the link or QR code shows.")},
				[2]string{b.s("Wie door de campagne kwam zonder de link te gebruiken", "Who came because of the campaign without using the link"),
					b.s("omdat niemand naar de aanleiding wordt gevraagd. Zo’n bezoek telt als “zonder campagnelink”.",
						"because nobody is asked what brought them. Such a visit counts as “without a campaign link”.")},
				[2]string{b.s("Hoeveel signalen of meldingen een campagne opleverde", "How many signals or reports came of a campaign"),
					b.s("omdat de campagne nooit bij het gesprek wordt bewaard. Het een is dus niet aan het ander te koppelen.",
						"because the campaign is never kept with the talk. The one cannot be joined to the other.")},
				[2]string{b.s("Hoeveel bezoekers van een campagne in de eigen gemeente wonen", "How many who came by a campaign live in the municipality"),
					b.s("omdat Haven niet weet waar iemand is. Bij een campagne staat alleen voor welke gemeente zij is gemaakt.",
						"because Haven does not know where anybody is. A campaign only says for which municipality it was made.")},
			),
		},
	}
}

func (b *build) handover() Part {
	part := Part{
		Key: "handover", Title: b.s("6. Hoe loopt de overdracht tussen de landelijke chat en de hulp in de regio?", "6. How does the handover between the national chat and care in the region go?"),
		Text: []string{
			b.s("De overdracht is een afspraak tussen organisaties: wie draagt over, aan welke vaste persoon, en alleen als de jongere ja zegt. Zulke afspraken staan niet in cijfers. Wel geteld is hoe vaak het gebeurde.",
				"The handover is an agreement between organisations: who hands over, to which fixed person, and only with the young person's yes. Figures do not hold such agreements. How often it happened is counted."),
			b.s("Elk contact telt op één plek. Wees de hulpverlener de weg naar hulp buiten de chat, dan telt het daar. Ging de chat verder bij een andere lijn, dan telt het bij de lijn die als eerste overdroeg. Anders bleef het bij de lijn zelf.",
				"Each contact counts in one place. Where the counsellor led to help outside of the chat, it counts there. Where the chat went on with another line, it counts with the line that handed over first. Else it stayed with the line."),
		},
		Tables: []Table{
			b.lineTable("handovers", b.s("Overdrachten en doorverwijzingen per lijn", "Handovers and referrals by line"), []string{"handovers_done", "referrals", "not_referred"},
				func(l string) []Cell {
					return []Cell{b.referred(handedOver(l)), b.referred(ledTo(l)), b.referred(stayed(l))}
				}),
		},
	}
	if b.covers(reach.Referrals) && published(reach.Referrals, b.p.Span) {
		part.Tables = append(part.Tables, b.destinationTable())
	}
	part.Tables = append(part.Tables, b.unknowns("handover_unknown",
		[2]string{b.s("Of iemand na de chat hulp kreeg in de regio", "Whether somebody got help in the region after the chat"),
			b.s("omdat Haven na de chat niemand volgt. De organisatie in de regio kan dat zelf tellen.",
				"because Haven follows nobody after the chat. The organisation in the region can count that.")},
		[2]string{b.s("In welke regio iemand woont die is doorverwezen", "In which region somebody lives who was referred"),
			b.s("omdat alleen de hulp wordt geteld waar de weg naartoe is gewezen. Waar iemand woont, vraagt en bewaart niemand.",
				"because only the help is counted that was pointed to. Nobody asks or keeps where somebody lives.")},
	))
	return part
}
