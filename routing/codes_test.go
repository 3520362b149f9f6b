package routing

import (
	"errors"
	"maps"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

func coded(b *bench) { b.cfg.CodeKey = []byte("a key of thirty-two bytes, nearly") }

func (b *bench) code(chat string) string {
	b.t.Helper()
	words, err := b.Code(b.ctx, chat)
	b.ok(err)
	return words
}

// busy is a counsellor on duty without room, so that there is a line.
func (b *bench) busy() {
	b.t.Helper()
	b.on("zed", 1)
	b.joinOn("z")
	b.accept("zed", "kz")
}

// same says that f fails with want and leaves every key as it was but the bucket.
func (b *bench) same(name string, want error, f func() error) {
	b.t.Helper()
	before := b.dump()
	if err := f(); !errors.Is(err, want) {
		b.t.Fatalf("%s: %v, want %v", name, err, want)
	}
	after := b.dump()
	bucket := sharedKey(b.cfg.Prefix, "bucket")
	delete(before, bucket)
	delete(after, bucket)
	if !maps.Equal(before, after) {
		b.t.Fatalf("%s changed\n%v\nto\n%v", name, before, after)
	}
}

func (b *bench) refill() {
	b.t.Helper()
	b.ok(b.rdb.HDel(b.ctx, sharedKey(b.cfg.Prefix, "bucket"), "wn", "wat").Err())
}

// TestCodeWords: four of them are 44 bits, and none is mistaken for another.
func TestCodeWords(t *testing.T) {
	word, short := regexp.MustCompile(`^[a-z]{3,8}$`), map[string]string{}
	for _, w := range codeList {
		head := w[:min(4, len(w))]
		if !word.MatchString(w) || short[head] != "" {
			t.Errorf("%q is no good, beside %q", w, short[head])
		}
		short[head] = w
	}
	if len(codeList) != 2048 {
		t.Errorf("%d words", len(codeList))
	}
	if c := newCode(); len(strings.Fields(c)) != codeWords || spelled(c) != c {
		t.Errorf("%q is no code", c)
	}
}

func TestACodeAsTyped(t *testing.T) {
	const want = "kast boom fiets zee"
	for _, s := range []string{want, "KAST Boom fiets ZEE", " kast-boom-fiets-zee ", "kast, boom, fiets, zee.", "kast\u00a0boom\n fiets\tzee"} {
		if got := spelled(s); got != want {
			t.Errorf("%q is read as %q", s, got)
		}
	}
	if spelled("kastboom fiets zee") == want {
		t.Error("two words are read out of one")
	}
}

func FuzzSpelled(f *testing.F) {
	for _, s := range []string{"kast boom fiets zee", "KAST-boom", "", "\xff\xfe", "İı ſ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := spelled(s)
		if spelled(once) != once && strings.ToLower(once) == once {
			t.Errorf("%q is %q and then %q", s, once, spelled(once))
		}
		if strings.ContainsAny(once, "-.,\n\t") || strings.Contains(once, "  ") || strings.TrimSpace(once) != once {
			t.Errorf("%q is %q", s, once)
		}
	})
}

func TestNothingOfACodeIsKept(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		coded(b)
		b.busy()
		j := b.join(false)
		words := b.code(j.Chat)
		for strings.Contains(" "+words+" ", " code ") { // which names a deadline
			j = b.join(false)
			words = b.code(j.Chat)
		}
		for k, v := range b.dump() {
			for _, w := range append(strings.Fields(words), words) {
				if regexp.MustCompile(`\b` + w + `\b`).MatchString(k + v) {
					t.Errorf("%q stands in %s: %s", w, k, v)
				}
			}
		}
		at, err := b.rdb.ZScore(b.ctx, sharedKey(b.cfg.Prefix, "due"), "code:"+b.hashCode(words)).Result()
		b.ok(err)
		days := time.Until(time.Unix(int64(at), 0))
		if int64(at)%86400 != 0 || days < 30*24*time.Hour-time.Minute || days > 31*24*time.Hour {
			t.Errorf("it goes after %v", days)
		}
	})
}

// TestLateQuickExit: where the store was away, the page may have come back by its code before the quick exit reaches the
// store. That page goes on.
func TestLateQuickExit(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		coded(b)
		b.on("ann", 1)
		j := b.join(false)
		words := b.code(j.Chat)
		in, _, err := b.Reenter(b.ctx, words, j.Chat, "pk2", "s2")
		b.ok(err)
		b.ok(b.Hide(b.ctx, j.Chat, "s"))
		b.ok(b.Drop(b.ctx, j.Chat, "s2"))
		b.ok(b.Hide(b.ctx, j.Chat, "s")) // and while that one's line is down
		v, _, err := b.Resume(b.ctx, j.Chat, in.Token, "s3", 0)
		if err != nil || v.Share != in.Share {
			t.Fatalf("%+v, %v", v, err)
		}
		b.ok(b.Hide(b.ctx, j.Chat, "s3"))
		if _, _, err := b.Resume(b.ctx, j.Chat, in.Token, "s4", 0); !errors.Is(err, ErrNoChat) {
			t.Fatalf("the token still opens the chat: %v", err)
		}
	})
}

// TestBackInTheChat: after a quick exit the code leads into the chat, wherever that stands, and what the phone kept is dead.
func TestBackInTheChat(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		coded(b)
		b.busy()
		b.on("ann", 0)
		j := b.join(false)
		words := b.code(j.Chat)
		b.ok(b.Hide(b.ctx, j.Chat, "s"))
		enter := func(pk, sock string) (Joined, View) {
			t.Helper()
			rec, err := b.Recall(b.ctx, strings.ToUpper(words))
			b.ok(err)
			if rec.Chat != j.Chat {
				t.Fatalf("the code leads to %+v", rec)
			}
			in, v, err := b.Reenter(b.ctx, words, rec.Chat, pk, sock)
			b.ok(err)
			if in.Token == j.Token || in.Share == j.Share || v.Share != in.Share || v.PKY != pk || v.Line != "jip" {
				t.Fatalf("%+v %+v", in, v)
			}
			return in, v
		}
		in, v := enter("pk2", "s2") // held
		if v.Phase != Waiting || !v.Took || in.Ahead != 0 {
			t.Fatalf("%+v %+v", in, v)
		}
		if _, _, err := b.Resume(b.ctx, j.Chat, j.Token, "s3", 0); !errors.Is(err, ErrNoChat) {
			t.Fatalf("the old token resumes: %v", err)
		}
		b.ok(b.SetReady(b.ctx, "ann", 1))
		d, _ := b.DeskView(b.ctx, "ann")
		if d.Offer == nil || d.Offer.PK != "pk2" || !d.Offer.Again {
			t.Fatalf("%+v", d.Offer)
		}
		enter("pk3", "s3") // rings
		if _, err := b.Accept(b.ctx, "ann", d.Offer.Offer, "kx"); !errors.Is(err, ErrNoOffer) {
			t.Fatalf("the ring with the old key was answered: %v", err)
		}
		b.accept("ann", "kann")
		b.ok(b.Hide(b.ctx, j.Chat, "s3"))
		_, v = enter("pk4", "s4") // talking
		if v.Phase != Waiting || v.Took || len(v.Epochs) != 0 || !v.Answered {
			t.Fatalf("%+v", v)
		}
		d, _ = b.DeskView(b.ctx, "ann")
		if d.Offer == nil || d.Offer.Chat != j.Chat || d.Offer.PK != "pk4" || len(d.Chats) != 0 || len(d.Wrapups) != 0 {
			t.Fatalf("%+v %+v", d, d.Offer)
		}
		v = b.accept("ann", "kann2")
		if v.Phase != Talking || v.Current().E != 1 || v.PKY != "pk4" {
			t.Fatalf("%+v", v)
		}
		d, _ = b.DeskView(b.ctx, "ann")
		if d.State != StateBusy || len(d.Chats) != 1 {
			t.Fatalf("her place is counted as %+v", d)
		}
		b.ok(b.Drop(b.ctx, j.Chat, "s4"))
		b.soon("away") // lost
		_, v = enter("pk5", "s5")
		if v.Phase != Waiting {
			t.Fatalf("%+v", v)
		}
		b.ok(b.Leave(b.ctx, j.Chat))
		if rec, err := b.Recall(b.ctx, words); err != nil || rec != (Recalled{"", "ann"}) {
			t.Fatalf("after the end it leads to %+v, %v", rec, err)
		}
		b.same("enter of a chat that ended", ErrNoChat, func() error {
			_, _, err := b.Reenter(b.ctx, words, j.Chat, "pk6", "s6")
			return err
		})
	})
}

func TestRefusedCodesChangeNothing(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.busy()
		j := b.join(false)
		b.same("a code without a key", ErrNotNow, func() error { _, err := b.Code(b.ctx, j.Chat); return err })
		b.same("a look without a key", ErrNotNow, func() error { _, err := b.Recall(b.ctx, "a b c d"); return err })
		b.same("a way in without a key", ErrNotNow, func() error { _, _, err := b.Reenter(b.ctx, "a b c d", j.Chat, "k", "s9"); return err })
		coded(b)
		words := b.code(j.Chat)
		b.same("a code of no chat", ErrNoChat, func() error { _, err := b.Code(b.ctx, newID()); return err })
		b.same("early end of a code", nil, func() error { return b.fall(b.ctx, "code", b.hashCode(words)) })
		b.same("early end of a preference", nil, func() error { return b.fall(b.ctx, "prefer", j.Chat) })
		for _, s := range []string{"", "kast", "kast boom fiets zee", words + " " + words, "\xff"} {
			b.refill()
			b.same("wrong: "+s, ErrNoChat, func() error { _, err := b.Recall(b.ctx, s); return err })
		}
		second := b.code(j.Chat)
		b.refill()
		b.same("the code before", ErrNoChat, func() error { _, err := b.Recall(b.ctx, words); return err })
		if n := b.rdb.HLen(b.ctx, sharedKey(b.cfg.Prefix, "codes")).Val(); n != 1 {
			t.Fatalf("%d codes of one chat", n)
		}
		for range 20 {
			if _, err := b.Recall(b.ctx, second); err != nil {
				t.Fatalf("the right one: %v", err)
			}
		}
	})
}

// TestGuessing: at most five wrong codes a second are looked at, of the whole deployment.
func TestGuessing(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		coded(b)
		b.busy()
		words := b.code(b.join(false).Chat)
		two := newBench(t, b.rdb, b.cfg.Prefix)
		coded(two)
		bucket := sharedKey(b.cfg.Prefix, "bucket")
		b.ok(b.rdb.HSet(b.ctx, bucket, "wn", 5, "wat", time.Now().Add(time.Hour).Unix()).Err()) // no second passes
		for i := range 7 {
			want := ErrNoChat
			if i >= 5 {
				want = ErrSlowDown
			}
			on := []*bench{b, two}[i%2]
			if _, err := on.Recall(b.ctx, "kast boom fiets zee"); !errors.Is(err, want) {
				t.Fatalf("try %d: %v", i+1, err)
			}
			b.ok(b.rdb.HSet(b.ctx, bucket, "wat", time.Now().Add(time.Hour).Unix()).Err()) // nor here
		}
		if _, err := b.Recall(b.ctx, words); !errors.Is(err, ErrSlowDown) {
			t.Fatalf("a right one is told apart while guessing is stopped: %v", err)
		}
		b.ok(b.rdb.HSet(b.ctx, bucket, "wat", time.Now().Add(-2*time.Second).Unix()).Err())
		if _, err := b.Recall(b.ctx, words); err != nil {
			t.Fatalf("a second later: %v", err)
		}
	})
}

func TestACodeEnds(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		coded(b)
		b.on("ann", 1)
		j := b.join(false)
		words := b.code(j.Chat)
		hash := b.hashCode(words)
		b.ok(b.rdb.ZAdd(b.ctx, sharedKey(b.cfg.Prefix, "due"), redis.Z{Score: 1, Member: "code:" + hash}).Err())
		if _, err := b.Recall(b.ctx, words); !errors.Is(err, ErrNoChat) {
			t.Fatalf("it leads on before the sweep: %v", err)
		}
		b.soon("code")
		for k, v := range b.dump() {
			if strings.Contains(v, hash) {
				t.Errorf("%s holds it: %s", k, v)
			}
		}
		// One who was stopped for abuse is not led back to her.
		words = b.code(j.Chat)
		b.accept("ann", "k")
		b.ok(b.End(b.ctx, "ann", j.Chat, ReasonStopped))
		b.refill()
		if _, err := b.Recall(b.ctx, words); !errors.Is(err, ErrNoChat) {
			t.Fatalf("after stopped: %v", err)
		}
	})
}

// TestTheSameCounsellor: a chat that came with a code waits for her, and nobody is passed over for it.
func TestTheSameCounsellor(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		coded(b)
		b.on("ann", 1)
		first := b.join(false)
		b.accept("ann", "k1") // ann is full
		again := func(name string) Joined {
			t.Helper()
			j, err := b.Join(b.ctx, Join{Line: "jip", Lang: "nl", PK: "pk", Sock: "s", Again: true, Prefer: name})
			b.ok(err)
			return j
		}
		before := b.join(false)
		hers := again("ann")
		after := b.join(false)
		if hers.Ahead != 1 {
			t.Fatalf("%d ahead", hers.Ahead)
		}
		b.on("bea", 1)
		if got := b.rings("bea"); got != before.Chat {
			t.Fatalf("bea is rung for %s", got)
		}
		b.accept("bea", "k2")
		b.on("cas", 1)
		if got := b.rings("cas"); got != after.Chat {
			t.Fatalf("cas is rung for %s: a chat that waits for ann holds up who came after it", got)
		}
		b.ok(b.End(b.ctx, "ann", first.Chat, ReasonStopped))
		b.ok(b.Wrapup(b.ctx, "ann", first.Chat, Wrapup{}))
		if got := b.rings("ann"); got != hers.Chat {
			t.Fatalf("ann is rung for %s", got)
		}
		d, _ := b.DeskView(b.ctx, "ann")
		if !d.Offer.Again {
			t.Error("nothing says that they were here before")
		}
		// Who waited longer goes first with her too.
		b.accept("ann", "k3")
		older := b.join(false)
		later := again("ann")
		b.ok(b.End(b.ctx, "ann", hers.Chat, ReasonStopped))
		b.ok(b.Wrapup(b.ctx, "ann", hers.Chat, Wrapup{}))
		if got := b.rings("ann"); got != older.Chat {
			t.Fatalf("ann is rung for %s, and %s waited longer", got, older.Chat)
		}
		// After the set time it is anybody's, at its ticket.
		b.on("dee", 1)
		if got := b.rings("dee"); got != "" {
			t.Fatalf("dee is rung for %s", got)
		}
		b.soon("prefer")
		if got := b.rings("dee"); got != later.Chat {
			t.Fatalf("dee is rung for %s", got)
		}
	})
}

// TestThePreferenceEnds: it holds only while she is on duty for the chat and did not decline it.
func TestThePreferenceEnds(t *testing.T) {
	for name, end := range map[string]func(*bench, string){
		"rest":     func(b *bench, _ string) { b.ok(b.Rest(b.ctx, "ann")) },
		"drop":     func(b *bench, _ string) { b.ok(b.DropDesk(b.ctx, "ann", "d-ann")) },
		"decline":  func(b *bench, o string) { b.ok(b.Decline(b.ctx, "ann", o)) },
		"ring out": func(b *bench, o string) { b.soon("ring:" + o) },
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, b *bench) {
				b.on("bea", 2)
				b.on("ann", 1)
				j, err := b.Join(b.ctx, Join{Line: "jip", Lang: "nl", PK: "pk", Sock: "s", Again: true, Prefer: "ann"})
				b.ok(err)
				d, _ := b.DeskView(b.ctx, "ann")
				if d.Offer == nil || d.Offer.Chat != j.Chat || b.rings("bea") != "" {
					t.Fatalf("bea has more room, but ann knows them: %+v", d)
				}
				end(b, d.Offer.Offer)
				b.sweep(b.ctx)
				if got := b.rings("bea"); got != j.Chat {
					t.Fatalf("bea is rung for %q", got)
				}
			})
		})
	}
	for name, prefer := range map[string]string{"nobody of that name": "zoe", "another line": "fie"} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, b *bench) {
				_, err := b.Enter(b.ctx, OnDuty{Name: "fie", Lines: []string{"fier"}, Langs: []string{"nl"}}, "d-fie")
				b.ok(err)
				b.ok(b.SetReady(b.ctx, "fie", 1))
				b.on("bea", 1)
				j, err := b.Join(b.ctx, Join{Line: "jip", Lang: "nl", PK: "pk", Sock: "s", Again: true, Prefer: prefer})
				b.ok(err)
				if got := b.rings("bea"); got != j.Chat {
					t.Fatalf("bea is rung for %q", got)
				}
			})
		})
	}
}

// TestCodeScriptsMayRunAgain: go-redis repeats a write whose answer was lost.
func TestCodeScriptsMayRunAgain(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		coded(b)
		b.on("ann", 1)
		j := b.join(false)
		hash := b.hashCode("kast boom fiets zee")
		keep := func() string {
			s, _, err := b.shared(b.ctx, "code_keep", 0, j.Chat, hash, 86400)
			b.ok(err)
			return s
		}
		if keep() != "ok" {
			t.Fatal("not kept")
		}
		b.same("code_keep again", nil, func() error { keep(); return nil })
		b.accept("ann", "k")
		in := func() error {
			_, _, err := b.shared(b.ctx, "code_enter", 1, j.Chat, hash, "node1/s2", "pk2", b.langs, 180, "[]")
			return err
		}
		b.ok(in())
		b.same("code_enter again", nil, in)
		other := b.joinOn("s7")
		b.same("another chat's code", nil, func() error {
			s, _, err := b.shared(b.ctx, "code_keep", 0, other.Chat, hash, 86400)
			if s != "taken" {
				t.Errorf("%s", s)
			}
			return err
		})
	})
}

func (b *bench) joinOn(sock string) Joined {
	b.t.Helper()
	j, err := b.Join(b.ctx, Join{Line: "jip", Lang: "nl", PK: "pk", Sock: sock})
	b.ok(err)
	return j
}
