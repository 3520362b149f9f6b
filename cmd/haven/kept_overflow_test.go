package main

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"haven/chat/client"
	"haven/chat/frame"
)

// overflow is three who have waited for hours and are asked whether another line will do: one goes there, one does not,
// and a third does not answer.
func (d *workday) overflow() {
	busy := d.counsellor("Dara", 0, 1, nil, "--lines", "jip")
	talks := d.youth(client.Want{Line: "jip", Lang: "nl"})
	c := d.accept(busy, talks)
	y := d.youth(client.Want{Line: "jip", Lang: "nl"})
	d.longAgo(3 * time.Hour)
	free := d.counsellor("Efe", 0, 1, nil, "--lines", "fier")
	asked := d.expect(y, frame.THandover)
	d.met("<prefix>:{<prefix>}:asked", "<line>:<lang>:<chat>:<offer>")
	d.must(y.Consent(asked.Offer, true, false))
	went := d.accept(free, y)
	d.must(y.Leave())
	d.wrapsUp(free, went.ID())
	stays := d.youth(client.Want{Line: "jip", Lang: "nl"})
	d.longAgo(3 * time.Hour)
	d.must(stays.Consent(d.expect(stays, frame.THandover).Offer, false, false))
	d.met(chatsList, "<chat>.no.<line>")
	d.must(stays.Leave())
	silent := d.youth(client.Want{Line: "jip", Lang: "nl"})
	d.longAgo(3 * time.Hour)
	d.expect(silent, frame.THandover)
	until(d.deployment.t, d.ctx, func() bool { // as a minute would
		const key = "haven:{haven}:asked"
		all, err := d.rdb.ZRange(d.ctx, key, 0, -1).Result()
		d.must(err)
		for _, m := range all {
			d.must(d.rdb.ZAddXX(d.ctx, key, redis.Z{Score: 1, Member: m}).Err())
		}
		return d.has(chatsList + "  <chat>.na")
	})
	d.must(silent.Leave())
	d.must(talks.Leave())
	d.wrapsUp(busy, c.ID())
	free.Cut()
	busy.Cut()
}

// longAgo has everybody in line have waited for so long.
func (d *workday) longAgo(ago time.Duration) {
	d.deployment.t.Helper()
	const chats = "haven:{haven}:chats"
	for _, place := range d.rdb.ZRange(d.ctx, "haven:{haven}:waiting", 0, -1).Val() {
		chat := place[strings.LastIndexByte(place, ':')+1:]
		var rec map[string]any
		d.must(json.Unmarshal([]byte(d.rdb.HGet(d.ctx, chats, chat).Val()), &rec))
		rec["a"] = rec["a"].(float64) - ago.Seconds()
		out, err := json.Marshal(rec)
		d.must(err)
		d.must(d.rdb.HSet(d.ctx, chats, chat, out).Err())
	}
}
