package report

import (
	"maps"
	"math"
	"slices"

	"haven/metrics/reach"
)

// tableName is a table of released counts in words.
func (b *build) tableName(t reach.Table) string {
	switch t {
	case reach.Visits:
		return b.s("bezoeken", "visits")
	case reach.Outcomes:
		return b.s("uitkomsten", "outcomes")
	case reach.Topics:
		return b.s("onderwerpen", "topics")
	case reach.Referrals:
		return b.s("doorverwijzingen", "referrals")
	}
	return b.s("niet bereikt", "not reached")
}

// notices are what has to be read before any figure.
func (b *build) notices() (example bool, out []string) {
	var since, referrals, emptied reach.Day
	lost, back := 0, false
	add := func(nl, en string, args ...any) { out = append(out, b.f(nl, en, args...)) }
	for _, t := range reach.Tables {
		if !published(t, b.p.Span) || !b.covers(t) {
			continue
		}
		about, _ := b.d.Releases.About(t, b.p)
		found, missing := b.parts(t, b.p)
		for _, one := range found {
			example = example || one.Example
		}
		lost, back, emptied = max(lost, about.LostDays), back || about.Back, max(emptied, about.Emptied)
		if t == reach.Referrals { // they may have begun later than the rest
			referrals = about.Since
		} else {
			since = max(since, about.Since)
		}
		switch {
		case len(missing) > 0 && len(found) > 0:
			add("Over %s zijn de %s niet vastgesteld. Daarom ontbreken ze voor de hele periode.", "For %s the %s were not sealed. So they are missing for the whole period.", b.periods(missing), b.tableName(t))
		case len(missing) > 0:
			add("De cijfers over %s zijn voor deze periode niet vastgesteld.", "The figures about %s were not sealed for this period.", b.tableName(t))
		}
	}
	totals, missing, ok := b.totals(b.p)
	for _, t := range totals {
		example = example || t.Example
	}
	switch {
	case b.p.Span == reach.Week:
	case !ok:
		add("Voor deze periode zijn er geen precieze aantallen per lijn.", "There are no exact counts by line for this period.")
	case len(missing) > 0:
		add("De precieze aantallen per lijn missen %s.", "The exact counts by line lack %s.", b.periods(missing))
	}
	if emptied != 0 {
		add("Er is geteld vanaf %s. Op %s bleek dat de tellingen leeg waren gemaakt. Wat daarvoor geteld was, is verloren.", "Counting began on %s. On %s the counts were seen to have been emptied. What had been counted before is lost.", b.day(max(since, b.p.From)), b.day(emptied))
	} else if since > b.p.From {
		add("Er is geteld vanaf %s, niet vanaf het begin van de periode.", "Counting began on %s, not with the period.", b.day(since))
	}
	if referrals > max(since, b.p.From) {
		add("Overdrachten en doorverwijzingen zijn geteld vanaf %s.", "Handovers and referrals were counted from %s on.", b.day(referrals))
	}
	if lost == 1 {
		add("Eén serverdag is verloren gegaan door een storing. Wat die server die dag telde, ontbreekt.", "One server-day was lost in a crash. What that server counted on that day is missing.")
	} else if lost > 1 {
		add("Er zijn %d serverdagen verloren gegaan door storingen. Wat die servers op die dagen telden, ontbreekt.", "%d server-days were lost in crashes. What those servers counted on those days is missing.", lost)
	}
	if back {
		add("De opslag van de tellingen is in deze periode teruggezet naar een eerder moment. Een deel van de tellingen ontbreekt.", "The store of the counts was put back to an earlier moment in this period. A part of the counts is missing.")
	}
	paid := func(c, _ string) bool { return c != reach.None && c != reach.Other }
	if of := b.covered(paid); b.entered(paid).cents > 0 && of.missing {
		add("Niet voor elke maand en elk kanaal van de campagnes zijn kosten ingevuld. “Kosten per beantwoorde chat” deelt alleen door de chats van de maanden en kanalen waarvoor dat wel zo is.",
			"Costs were not entered for every month and channel of the campaigns. “Cost per answered chat” divides by the chats of the months and channels for which they were, only.")
	}
	if example {
		out = append([]string{b.s("Dit zijn voorbeeldcijfers. Ze zijn verzonnen en gaan over niemand.", "These are example figures. They are invented and about nobody.")}, out...)
	}
	return example, out
}

// method says how there was counted and what it can give away.
func (b *build) method() Section {
	budget := b.spent()
	return Section{
		Key: "method", Title: b.s("Hoe er is geteld, en wat dat over iemand kan zeggen", "Method and privacy: how there was counted, and what that can say about somebody"),
		Short: b.s("Methode en privacy", "Method and privacy"),
		Parts: []Part{
			{Key: "rule", Title: b.s("De campagne wordt geteld, de mens niet", "The campaign is counted, the person is not"), Text: []string{
				b.s("Haven vraagt niets aan wie chat en bewaart niets over wie chat: geen naam, geen adres, geen apparaat, geen plaats. Elk bezoek telt mee in hoogstens één vakje van elke tabel. Daarna is het bezoek weg.",
					"Haven asks nothing of who chats and keeps nothing about them: no name, no address, no device, no place. Each visit counts in one field of each table at most. Then the visit is gone."),
				b.s("Er verschijnen alleen cijfers over hele weken, maanden, kwartalen en jaren. Twee dagen na het einde van een periode worden ze vastgesteld. Daarna veranderen ze nooit meer.",
					"Figures are published for whole weeks, months, quarters and years only. Two days after a period ends they are sealed. After that they never change."),
			}},
			{Key: "noise", Title: b.s("Waarom er ± achter de cijfers staat", "Why there is ± after the figures"), Text: []string{
				b.s("Haven telt bij elk vakje een klein toevallig getal op, of trekt het eraf. Zo kan niemand aan de cijfers zien of één bepaalde persoon er was. Dat getal komt uit een vaste kansverdeling (discreet Laplace) en is getrokken toen het tellen begon. Het echte aantal wordt nergens bewaard.",
					"Haven adds a small random number to each field, or takes it off. So nobody can see from the figures whether one person was there. The number is of a fixed distribution (discrete Laplace) and was drawn when counting began. The true count is kept nowhere."),
				b.s("“283 ± 5” betekent: in 95 van de 100 gevallen ligt het echte aantal tussen 278 en 288.",
					"“283 ± 5” means: in 95 of 100 cases the true count lies between 278 and 288."),
				b.s("“Minder dan 8” betekent: het cijfer is zo klein dat het ook toeval kan zijn. Het kan nul zijn. Het getal zelf staat dan nergens in dit verslag.",
					"“Fewer than 8” means: the figure is so small that it may be chance. It may be nought. The number itself is nowhere in this report then."),
				b.s("Cijfers tellen niet altijd op. Elk cijfer heeft een eigen toevallig verschil, en week, maand en jaar zijn los van elkaar getrokken. Hoe meer vakjes in een som zitten, hoe groter de marge. Daarom kan een latere stap, zoals beantwoord, ook hoger uitkomen dan een eerdere, zoals gevraagd.",
					"Figures do not always add up. Each has a random difference of its own, and week, month and year were drawn apart. The more fields there are in a sum, the wider its margin. So a later step, such as answered, can come out higher than an earlier one, such as asked."),
			}},
			{Key: "epsilon", Title: b.s("Wat alle cijfers met ± samen prijsgeven", "What all figures with ± give away together"),
				Text: b.plainly(budget), Tables: []Table{b.budgetTable(budget)}},
			{Key: "releases", Title: b.s("Waaruit dit verslag is gemaakt", "What this report is made of"), Tables: []Table{b.releaseTable()}},
			{Key: "outside", Title: b.s("Wat buiten de grens valt", "What is outside of the bound"), Text: []string{
				b.s("Precieze aantallen per lijn en maand (aangekomen, beantwoord, wachttijd, uren) zijn nodig om een lijn te kunnen laten draaien. Daar zit geen toeval in en de grens hierboven geldt er niet voor. Van een heel kleine lijn staan ze alleen in het totaal, en onder de tien staan ze nergens.",
					"Exact counts by line and month (arrived, answered, waits, hours) are needed to run a line. There is no chance in them and the bound above does not hold for them. Those of a very small line stand in the total only, and under ten they stand nowhere."),
				b.s("Bereik, kosten en activiteiten van een campagne zijn met de hand ingevuld. Ze gaan over de campagne en over geen enkel bezoek.",
					"Reach, cost and activities of a campaign were entered by hand. They are about the campaign and about no visit."),
				b.s("De grens geldt per bezoek. Wie vaker komt, telt vaker mee. Oefenlijnen staan buiten alle cijfers.",
					"The bound is for each visit. Who comes more often counts more often. Lines for practice are in no figure."),
			}},
		},
	}
}

// spent is the budget under which the period was counted, as far as its releases say: the configuration may be another
// one by now. What no release tells is the plan's; but a year with outcomes and without referrals is from before those
// were counted.
func (b *build) spent() reach.Budget {
	plan := b.d.Plan.Budget(b.p)
	if year := reach.PeriodOf(reach.Year, b.p.To); b.d.Releases.Get(reach.Outcomes, year) != nil && b.d.Releases.Get(reach.Referrals, year) == nil {
		plan = maps.Clone(plan)
		delete(plan, reach.Referrals)
	}
	out := reach.Budget{}
	for _, t := range reach.Tables {
		out[t] = map[reach.Span]reach.Epsilon{}
		for _, s := range t.Spent() {
			out[t][s] = plan[t][s]
			for p := reach.PeriodOf(s, b.p.From); p.From <= b.p.To; p = p.Next() {
				if r := b.d.Releases.Get(t, p); r != nil && r.Epsilon.Cmp(out[t][s]) > 0 {
					out[t][s] = r.Epsilon
				}
			}
		}
	}
	return out
}

// plainly says what ε means. With ε, odds change by at most e^ε, so even odds become e^ε to 1.
func (b *build) plainly(budget reach.Budget) []string {
	sure := func(e float64) string {
		return b.number(math.Ceil(100*math.Exp(e)/(1+math.Exp(e))), Count) + b.s(nbsp+"%", "%")
	}
	total := budget.Total()
	if total == (reach.Epsilon{}) {
		return nil
	}
	text := []string{
		b.f("De grens heet ε (epsilon). Eén bezoek betaalt voor alle cijfers die er ooit over verschijnen samen hoogstens ε = %s. Hoe kleiner ε, hoe minder de cijfers kunnen verraden.",
			"The bound is called ε (epsilon). One visit pays at most ε = %s for all figures that are ever published about it, together. The smaller ε, the less the figures can give away.", b.number(total.Float(), Epsilon)),
		b.f("In gewone woorden: stel dat iemand vooraf niet weet of één bepaald bezoek er was, vijftig-vijftig. Na het lezen van alle cijfers met ± samen kan diegene daar hoogstens %s zeker van zijn. Wie alleen de jaarcijfers over bezoeken leest, hoogstens %s. Dat geldt ook voor wie al heel veel over iemand weet.",
			"In plain words: say that somebody does not know beforehand whether one visit was there, fifty-fifty. After reading all figures with ± together they can be at most %s sure of it. Who reads only the year's figures about visits, at most %s. That also holds for who knows a lot about somebody already.",
			sure(total.Float()), sure(budget[reach.Visits][reach.Year].Float())),
	}
	if budgets := b.d.Plan.Budgets; budgets.NextYear != 0 {
		text = append(text, b.f("Vanaf %d geldt een ander budget. Een bezoek in de week van de jaarwisseling betaalt van beide een deel, en nooit meer dan ε = %s.",
			"From %d on the budget is another one. A visit in the week of that new year pays a part of both, and never more than ε = %s.",
			budgets.NextYear, b.number(b.d.Plan.Declared().Float(), Epsilon)))
	}
	return text
}

// one is a single field under a budget.
func one(e reach.Epsilon) reach.Figure {
	return reach.Figure{Noise: []reach.Term{{Eps: e, N: 1}}, Known: true}
}

func epsilon(e reach.Epsilon) Cell {
	return Cell{Kind: Number, Number: e.Float(), Unit: Epsilon}
}

func (b *build) budgetTable(budget reach.Budget) Table {
	t := Table{
		Key: "budget", Title: b.s("ε per tabel en termijn", "ε by table and span"),
		Heads: b.columns("table", "span"), Columns: b.columns("epsilon", "half_one", "fewer_one"),
	}
	for _, table := range reach.Tables {
		for _, s := range table.Spent() {
			if e := budget[table][s]; e != (reach.Epsilon{}) {
				t.Rows = append(t.Rows, Row{Key: string(table) + "|" + string(s), Name: []string{b.tableName(table), b.tongue.span(s)},
					Cells: []Cell{epsilon(e), exact(one(e).Half()), exact(one(e).Threshold())}})
			}
		}
	}
	sum := b.unknown("alleen per vakje", "by field only", b.s("Marge en ondergrens horen bij één vakje van één tabel.", "Margin and threshold belong to one field of one table."))
	t.Rows = append(t.Rows, Row{Key: "total", Name: []string{b.s("één bezoek, alles samen", "one visit, all together"), b.s("voor altijd", "for ever")},
		Cells: []Cell{epsilon(budget.Total()), sum, sum}, Total: true})
	return t
}

func (b *build) releaseTable() Table {
	t := Table{
		Key: "releases", Title: b.s("Vastgestelde tabellen", "Sealed tables"),
		Heads: b.columns("table", "period"), Columns: b.columns("epsilon", "half_one", "fewer_one", "since", "lost_days", "back", "example"),
	}
	yes := func(v bool) Cell {
		if v {
			return words(b.s("ja", "yes"))
		}
		return words(b.s("nee", "no"))
	}
	for _, table := range reach.Tables {
		if !published(table, b.p.Span) || !b.covers(table) {
			continue
		}
		found, missing := b.parts(table, b.p)
		for _, r := range found {
			t.Rows = append(t.Rows, Row{Key: string(table) + "|" + r.Period.String(), Name: []string{b.tableName(table), b.period(r.Period)}, Cells: []Cell{
				epsilon(r.Epsilon), exact(one(r.Epsilon).Half()), exact(one(r.Epsilon).Threshold()),
				words(b.day(r.Since)), exact(int64(r.LostDays)), yes(r.Back), yes(r.Example),
			}})
		}
		for _, p := range missing {
			none := b.unknown("niet vastgesteld", "not sealed", b.s("Voor deze periode is hierover niets vastgesteld.", "Nothing about this was sealed for this period."))
			t.Rows = append(t.Rows, Row{Key: string(table) + "|" + p.String(), Name: []string{b.tableName(table), b.period(p)},
				Cells: slices.Repeat([]Cell{none}, len(t.Columns))})
		}
	}
	return t
}
