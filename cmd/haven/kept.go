package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"haven/metrics/reach"
	"haven/routing"
	"haven/web"
	"haven/web/staff"
)

// inventory is everything that a deployment keeps, anywhere, from the lists of the packages that keep it.
func inventory(cfg *config) []routing.Kept {
	d := cfg.Durations
	if d == (routing.Durations{}) {
		d = routing.DefaultDurations()
	}
	return slices.Concat(routing.Inventory(d), staff.Inventory(), reach.Inventory(), web.OnDevices(), passing(d))
}

// prometheusKeeps is how long the Prometheus of docker-compose.yml keeps what it read of /metrics.
const prometheusKeeps = 15 * 24 * time.Hour

// passing is what processes hold while they run and what a disk holds of Redis. It is written by hand; the canary test
// reads the memory and the files.
func passing(d routing.Durations) []routing.Kept {
	var all []routing.Kept
	add := func(place routing.Place, about routing.Subject, key string, by routing.Ending, longest time.Duration, until, untilEN, nl, en string) {
		all = append(all, routing.Kept{Place: place, Key: key, About: about, By: by, Longest: longest, NL: nl, EN: en, EndsNL: until, EndsEN: untilEN})
	}
	memory := func(about routing.Subject, key, until, untilEN, nl, en string) {
		add(routing.InMemory, about, key, routing.Event, 0, until, untilEN, nl, en)
	}
	memory(routing.AboutYouth, "connection", "de verbinding weg is", "the connection is gone",
		"welke chat bij welke verbinding hoort, en de berichten die onderweg zijn, op slot", "which chat belongs to which connection, and the messages on their way, sealed")
	memory(routing.AboutCampaign, "visit", "het bezoek geteld is, hooguit "+routing.Dutch(d.Held)+" na het verbreken",
		"the visit is counted, "+routing.English(d.Held)+" after the line dropped at most",
		"via welke campagne en waar iemand kwam", "by which campaign and channel somebody came")
	memory(routing.AboutCampaign, "day", "de dag voorbij is en de tellingen zijn doorgegeven", "the day is over and the counts are handed on",
		"tellingen van de dag: hoeveel bezoeken per lijn, campagne en plek", "counts of the day: how many visits by line, campaign and channel")
	memory(routing.AboutService, "metrics", "de server stopt", "the node stops",
		"hoeveel mensen nu wachten en praten, per lijn; zonder wie en zonder campagne", "how many wait and talk now, by line; without who and without campaign")
	add(routing.OnDisk, routing.AboutYouth, "appendonlydir", routing.Deadline, routing.RewriteEvery, "hooguit "+routing.Dutch(routing.RewriteEvery)+" nadat Redis het vergat",
		routing.English(routing.RewriteEvery)+" after Redis forgot it at most", "wat hierboven staat en al weg is; berichten op slot", "what stands above and is gone already; messages sealed")
	add(routing.OnDisk, routing.AboutService, "prometheus", routing.Deadline, prometheusKeeps, fmt.Sprintf("%d dagen later, waar Prometheus meeloopt zoals in docker-compose.yml", prometheusKeeps/(24*time.Hour)),
		fmt.Sprintf("%d days later, where Prometheus runs as in docker-compose.yml", prometheusKeeps/(24*time.Hour)),
		"het verloop daarvan: hoeveel mensen er om de halve minuut wachtten en praatten, per lijn; zonder wie en zonder campagne",
		"the course of that: how many waited and talked every half minute, by line; without who and without campaign")
	add(routing.OnDisk, routing.AboutService, "log", routing.Stays, 0, "de beheerder het wist", "the operator deletes it",
		"of de server draait en wat er misging; geen adressen en niets over een chat", "whether the node runs and what went wrong; no addresses and nothing about a chat")
	return all
}

// writeKept lists it for an operator, one line each.
func writeKept(out io.Writer, all []routing.Kept) error {
	fmt.Fprintf(out, "Kept, and nothing else (%d entries, from the code that keeps them; for people: /kept on the public listener):\n", len(all))
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, k := range all {
		name := k.Key
		if k.Field != "" {
			name += "  " + k.Field
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\tuntil %s\n", k.Place, name, k.About, k.EN, k.EndsEN)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out)
	return err
}
