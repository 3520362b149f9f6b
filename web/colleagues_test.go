package web

import (
	"context"
	"testing"
	"time"

	"haven/routing"
	"haven/web/staff"
)

// fakeDuty says who is on duty, and counts how often it was asked.
type fakeDuty struct {
	asked int
	who   map[string][]string
	err   error
}

func (f *fakeDuty) OnDuty(context.Context) (map[string][]string, error) {
	f.asked++
	return f.who, f.err
}

func TestStaffColleagues(t *testing.T) {
	duty := &fakeDuty{err: routing.ErrUnavailable}
	h := testHouse(t, Config{Duty: duty})
	if b := text(t, ask(h, "GET", "/staff/colleagues", "", as(t, h, "Noor")...)); b != "[]" {
		t.Errorf("alone: %s", b)
	}
	for _, a := range []staff.Account{
		{Name: "Lian", Role: staff.RoleLead, Lines: []string{"fier", "jip"}, Langs: []string{"nl"}},
		{Name: "Bo", Role: staff.RoleCounsellor, Lines: []string{"fier"}, Langs: []string{"nl"}},
		{Name: "Weg", Role: staff.RoleCounsellor, Lines: []string{"fier"}, Langs: []string{"nl"}, Disabled: true},
		{Name: "Root", Role: staff.RoleAdmin},
	} {
		if err := h.staff.Add(t.Context(), a, "correct horse"); err != nil {
			t.Fatal(err)
		}
	}
	says := func(name, want string) {
		t.Helper()
		r := ask(h, "GET", "/staff/colleagues", "", as(t, h, name)...)
		if got := text(t, r); r.StatusCode != 200 || got != want || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d %s", name, r.StatusCode, got)
		}
	}
	// The store is away: who is there is not known, and left out.
	says("Noor", `[{"name":"Bo","lines":["fier"]},{"name":"Lian","lines":["fier","jip"]}]`)
	says("Lian", `[{"name":"Bo","lines":["fier"]},{"name":"Noor","lines":["jip"]}]`)
	h.presence.at = time.Time{}
	duty.err, duty.who = nil, map[string][]string{"Lian": {"fier", "jip"}, "Noor": {"jip"}, "Somebody else": {"jip"}}
	says("Noor", `[{"name":"Bo","lines":["fier"],"on_duty":[]},{"name":"Lian","lines":["fier","jip"],"on_duty":["fier","jip"]}]`)
	duty.asked = 0
	for range 100 { // which takes no second, or not many
		h.presence.now(t.Context())
	}
	if duty.asked > 9 {
		t.Errorf("asked %d times", duty.asked)
	}
	onlyAtADesk(t, h, "/staff/colleagues", "Lian")
}
