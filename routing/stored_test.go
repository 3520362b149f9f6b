package routing

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// TestInventory holds the list by itself; a test in cmd/haven holds it against a store in use.
func TestInventory(t *testing.T) {
	list := Inventory(DefaultDurations())
	keys, seen := map[string]bool{}, map[string]bool{}
	for _, k := range list {
		name := k.Key + " " + k.Field
		if seen[name] {
			t.Errorf("%s stands twice", name)
		}
		keys[k.Key], seen[name] = true, true
		if k.NL == "" || k.EN == "" || k.EndsNL == "" || k.EndsEN == "" || k.Example == "" || k.About == "" || k.Place != InChats {
			t.Errorf("%s is not told in full: %+v", name, k)
		}
		if timed := k.By == Expiry || k.By == Deadline; timed != (k.Longest > 0) {
			t.Errorf("%s ends by %s within %v", name, k.By, k.Longest)
		}
		if strings.HasPrefix(k.EndsEN, "until") || strings.HasPrefix(k.EndsNL, "tot ") {
			t.Errorf("%s: the page puts the word until before %q", name, k.EndsEN)
		}
	}
	for _, key := range slices.Concat(sharedKeys(anyPrefix), []string{stateKey(anyPrefix, "<chat>"), logKey(anyPrefix, "<chat>")}) {
		if !keys[key] {
			t.Errorf("nothing is said of %s", key)
		}
	}
}

// TestInventoryFollowsTheDurations: what people are told is what this deployment does.
func TestInventoryFollowsTheDurations(t *testing.T) {
	d := DefaultDurations()
	d.Ring = 90 * time.Second
	for _, k := range Inventory(d) {
		if k.Field == "ring:<offer>" && (k.Longest != d.Ring || k.EndsNL != "hooguit 90 seconden" || k.EndsEN != "90 seconds at most") {
			t.Errorf("%+v", k)
		}
	}
}

func TestTimesInWords(t *testing.T) {
	for d, want := range map[time.Duration][2]string{
		time.Second: {"1 seconde", "1 second"}, 20 * time.Second: {"20 seconden", "20 seconds"}, time.Minute: {"1 minuut", "1 minute"},
		15 * time.Minute: {"15 minuten", "15 minutes"}, time.Hour: {"1 uur", "1 hour"}, 3 * time.Hour: {"3 uur", "3 hours"},
		90 * time.Minute: {"90 minuten", "90 minutes"},
	} {
		if Dutch(d) != want[0] || English(d) != want[1] {
			t.Errorf("%v is %q and %q", d, Dutch(d), English(d))
		}
	}
}
