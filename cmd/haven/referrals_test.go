package main

import (
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"haven/chat/client"
	"haven/chat/frame"
	"haven/metrics/reach"
	"haven/routing/routingtest"
)

// TestReferralsAreCounted goes the whole way with real sockets: a handover to another line, a partner that was shown, a
// handover that the young person did not want. The year's cells are noise before and noise with the counts after: what
// the node added is their difference.
func TestReferralsAreCounted(t *testing.T) {
	store := routingtest.Start(t)
	d := deployOn(t, 1, "unix://"+store.Addr, `  - {name: fier, hours: always, cap_per_counsellor: 100}
partners: [{code: veilig-thuis, name: Veilig Thuis, phone: 0800-2000}, {code: jip-balie, name: JIP, about: Loop binnen, lines: [jip]}]
`)
	rdb := store.Client()
	t.Cleanup(func() { rdb.Close() })
	year := reach.PeriodOf(reach.Year, reach.DayOf(time.Now()))
	key := "haven:{haven:reach}:open:referrals:" + year.String()
	before := referralCells(t, rdb, key)
	if len(before) != 2*5 {
		t.Fatalf("open at the start: %v", before)
	}

	ctx := within(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	sanne := d.counsellor("Sanne", 0, 1, nil, "--lines", "jip")
	noor := d.counsellor("Noor", 0, 1, nil, "--lines", "fier")
	talk := func() (*client.Youth, string) {
		t.Helper()
		y := client.NewYouth(client.Options{URL: d.urls[0]})
		must(y.Connect(ctx))
		_, err := y.Join(ctx, client.Want{Line: "jip"})
		must(err)
		c, err := sanne.Assigned(ctx)
		must(err)
		_, err = y.Joined(ctx)
		must(err)
		return y, c.ID()
	}
	over := func(desk *client.Desk, chat, kind, referral string) {
		t.Helper()
		must(desk.End(chat, "done"))
		owes := func(n int) {
			t.Helper()
			_, err := desk.ExpectThat(ctx, func(e *client.Event) bool { return e.T == frame.TDesk && len(e.Wrapups) == n })
			must(err)
		}
		owes(1)
		must(desk.Wrapup(chat, frame.Inbound{Kind: kind, Outcome: "none", Topic: "home", Referral: referral}))
		owes(0)
	}
	propose := func(y *client.Youth, chat string, yes bool) {
		t.Helper()
		must(sanne.Handover(chat, "fier", "", ""))
		q, err := y.Expect(ctx, frame.THandover)
		must(err)
		must(y.Consent(q.Offer, yes, false))
	}
	result := func(want string) {
		t.Helper()
		e, err := sanne.Expect(ctx, frame.THandover)
		must(err)
		if e.Result != want {
			t.Fatalf("the handover is %s, not %s", e.Result, want)
		}
	}

	y, chat := talk()
	propose(y, chat, true)
	result("yes")
	_, err := noor.Assigned(ctx)
	must(err)
	result("moved")
	over(noor, chat, "young_person", "")

	_, chat = talk()
	over(sanne, chat, "parent", "veilig-thuis")

	y, chat = talk()
	propose(y, chat, false)
	result("no")
	over(sanne, chat, "young_person", "")

	_, chat = talk()
	over(sanne, chat, "nuisance", "veilig-thuis")

	_, metrics := get(t, d.priv[0]+"/metrics")
	for _, want := range []string{
		`haven_handovers_total{line="jip",result="no"} 1`,
		`haven_handovers_total{line="jip",result="nobody"} 0`, `haven_handovers_total{line="all",result="moved"} 1`,
		`haven_handovers_total{line="fier",result="no"} 0`,
	} {
		if !strings.Contains(metrics, "\n"+want+"\n") {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(metrics, "veilig") {
		t.Error("the live figures name a partner")
	}

	must(d.nodes[0].cmd.Process.Signal(syscall.SIGTERM))
	if code, _ := d.nodes[0].ends(t); code != 0 {
		t.Fatalf("exit status %d", code)
	}
	got := referralCells(t, rdb, key)
	for cell := range got {
		if got[cell] -= before[cell]; got[cell] == 0 {
			delete(got, cell)
		}
	}
	if want := map[string]int64{"jip|line-fier": 1, "jip|veilig-thuis": 1, "jip|none": 1}; !maps.Equal(got, want) {
		t.Errorf("counted %v, not %v", got, want)
	}
}

func referralCells(t *testing.T, rdb *redis.Client, key string) map[string]int64 {
	t.Helper()
	fields, err := rdb.HGetAll(within(t), key).Result()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int64{}
	for field, v := range fields {
		if strings.HasPrefix(field, ".") {
			continue
		}
		if out[field], err = strconv.ParseInt(v, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestPartnersOfTheDemo: the counsellors of the demo have the example's partners, each those of her lines.
func TestPartnersOfTheDemo(t *testing.T) {
	_, info := demo(t)
	ask := func(method, path, body, cookie string) (*http.Response, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(within(t), method, info.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Origin", info.URL)
		r.Header.Set("Content-Type", "application/json")
		if cookie != "" {
			r.Header.Set("Cookie", "haven_staff="+cookie)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp, string(b)
	}
	if resp, body := ask("GET", "/staff/partners", "", ""); resp.StatusCode != 401 || !strings.Contains(body, "no_session") {
		t.Errorf("without a session: %d %s", resp.StatusCode, body)
	}
	for _, who := range info.Staff {
		resp, body := ask("POST", "/staff/login", `{"name":"`+who.Name+`","password":"`+who.Password+`"}`, "")
		if resp.StatusCode != 204 {
			t.Fatalf("%s: %d %s", who.Name, resp.StatusCode, body)
		}
		resp, body = ask("GET", "/staff/partners", "", resp.Cookies()[0].Value)
		if desk := who.Role != "coordinator"; desk != (resp.StatusCode == 200) || desk && !strings.Contains(body, `"phone":"0800-2000"`) {
			t.Errorf("%s, %s: %d %s", who.Name, who.Role, resp.StatusCode, body)
		}
	}
}
