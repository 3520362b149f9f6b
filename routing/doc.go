// Package routing puts young people in line, offers them to counsellors one by one, and keeps each chat's log of sealed
// messages. All of it is in Redis, so that any number of nodes serve one deployment and none of them matters.
//
// # A chat
//
//	                 ┌──────────── back ────────────┐
//	join ─▶ waiting ─┴─ socket down ─▶ held ── 900 s ─▶ over (abandoned)
//	          │  ▲
//	      ring│  │ decline, missed ring, rest, a side's socket down: at the old ticket
//	          ▼  │
//	        offered ── accept ─▶ talking, epoch e ── done ─▶ done ── read or 300 s ─▶ over
//	                              │   ▲    │  └─ leave, stopped ─▶ over
//	        her socket down, lease│   │back│
//	                              ▼   │    └─ youth down 300 s ─▶ lost ── 900 s ─▶ over
//	                             away ┘                             │
//	                              │ 30 s                            │ back
//	                              ▼                                 ▼
//	                        waiting, at the front, next epoch e+1 on accept
//
// # Two kinds of state
//
// What concerns more than one chat (tickets, offers, capacity, deadlines) stands under one hash tag and is decided by
// one script a transition: lua/shared, each behind the part of lua/prelude that it calls. What a message
// needs (epoch, owner, log) stands under the chat's own tag: lua/chat. A decision reaches a chat's own state by
// apply.lua under a version that only grows, right after the deciding script; the decision itself notes that this is
// still to come ("apply" falls due), so that a node that dies in between is made good by any other's sweep.
//
// Everything that lasts is reaped by a deadline in one sorted set. Every node sweeps it each second, and each script
// looks whether its deadline has fallen, so that two sweepers do no harm. Deadlines are whole seconds of Redis' own
// clock and are gone within minutes; what stays longer falls due at whole hours. Order is by ticket, never by a clock.
//
// # Promises
//
//   - One owner: a chat has at most one owner in an epoch; messages of other epochs or owners are refused by the script
//     that would keep them.
//   - Once, in order: a message is kept once under the next seq, whatever is repeated; the id is looked up before the
//     epoch, so that a repeated message gets its old answer.
//   - Nobody passed over: no chat waits while a counsellor who may take it has room and nothing rings at her, unless she
//     declined it less than two minutes ago and somebody else has not. Within a class the oldest ticket rings first.
//     Classes: a place kept from before (a counsellor was lost, or the young person came back in time), urgent, the rest;
//     urgent chats go past somebody over the line's target at most three in a row.
//   - Capacity: what a counsellor talks in, what rings at her, and wrap-ups younger than two minutes never exceed the
//     capacity she gave when another is added. Lowering it ends nothing.
//   - One node counts a visit: a chat's own state names it (View.Holder), moves it with each resume and no more from the
//     first accept on; its tombstone still says so, and whether anybody accepted.
//   - Refusals leave nothing: a script guards first and writes last.
//
// Not promised: that a chat outlives the store (both browsers keep what the other did not confirm); that a ring is
// exactly as long as said (a second more); that `ahead` counts those whose line is down, who keep their place unseen.
//
// TestMachine drives random days on a real server and checks all of this after every step.
package routing
