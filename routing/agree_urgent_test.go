package routing

import (
	"log/slog"
	"slices"
	"testing"

	"haven/routing/routingtest"
)

// TestThreeUrgentInARowWhateverTheLanguage: three urgent chats go past somebody over the target who waits in another
// language of the counsellor's, then the oldest of those, in whatever language.
func TestThreeUrgentInARowWhateverTheLanguage(t *testing.T) {
	rdb, prefix := routingtest.Client(t)
	r, err := New(rdb, Config{Prefix: prefix, Node: "node1", Lines: agreeLines}, nobody{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{r, t, t.Context()}
	bea := OnDuty{Name: "bea", Lines: []string{"jip"}, Langs: []string{"nl", "en"}}
	for _, who := range []OnDuty{bea, {Name: "ann", Lines: []string{"jip"}, Langs: []string{"de"}}} { // room for more in line
		_, err = b.Enter(b.ctx, who, "d-"+who.Name)
		b.ok(err)
		b.ok(b.SetReady(b.ctx, who.Name, 1))
	}
	name := map[string]string{}
	for _, j := range []struct {
		name, lang string
		urgent     bool
	}{{"begun", "nl", false}, {"older", "en", false}, {"younger", "nl", false}, {"u1", "nl", true}, {"u2", "en", true},
		{"u3", "nl", true}, {"u4", "nl", true}} {
		joined, err := b.Join(b.ctx, Join{Line: "jip", Lang: j.lang, Urgent: j.urgent, PK: "pk", Sock: j.name})
		b.ok(err)
		name[joined.Chat] = j.name
	}
	var got []string
	for range name {
		v := b.accept("bea", "k")
		got = append(got, name[v.Chat])
		b.ok(b.End(b.ctx, "bea", v.Chat, ReasonDone))
		b.ok(b.Wrapup(b.ctx, "bea", v.Chat, Wrapup{}))
	}
	if want := []string{"begun", "u1", "u2", "u3", "older", "u4", "younger"}; !slices.Equal(got, want) {
		t.Errorf("rang in the order %v, want %v", got, want)
	}
}
