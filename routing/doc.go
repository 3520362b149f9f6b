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
// A line that closes ends the waiting (closed); what is talked in goes on past it, and so does a place kept at the front
// for as long as somebody of the line is on duty.
//
// # A chat that goes elsewhere
//
//	                   ┌─ no, keep, a new proposal: control is hers, the young person stays
//	talking ─ propose ─┤
//	                   └─ yes ─▶ the leg: a place of its own at the front of the other line, or for one colleague
//	                              │  ▲      the first counsellor stays and owns the chat; her epoch stands
//	                          ring│  │ the young person's line is down: held, and back in line with it
//	                              ▼  │
//	                             rings ── accept ─▶ moved: epoch e+1 of the other, the first one's place is free
//	                              │
//	                              └─ declined, missed, rest, ten minutes, line closed ─▶ the first goes on (nobody)
//
//	the first is lost meanwhile (grace over) ─▶ the chat waits at the front of the line that was agreed on
//	the chat ends or is lost meanwhile       ─▶ no leg
//
//	waiting ── overflow, or a lead: a sister line is offered ── yes ─▶ waiting there, at its own ticket
//	                                                        └── no ──▶ stays, and is not asked about that line again;
//	                                                            no answer: is asked nothing for three minutes
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
// # Wakes
//
// A change wakes the nodes that hold a socket which has to hear of it, by Pub/Sub from within the script that decides it.
// On a Cluster what concerns more than one chat goes by sharded Pub/Sub, on channels under the tag of the routing state,
// to the servers of that slot alone. What concerns one chat goes plainly, to every server: its script may publish to the
// slot of that chat only, so a node would have to subscribe chat by chat, and publishing from Go would be a second call
// for each message. A wake may be lost; a subscription that breaks, and on a Cluster every tenth second, has everything
// looked at again.
//
// # Failover
//
// A call that decides something on one primary and tells the chat's own state on the one that took its place would bring
// there what nobody decided. Each decision carries a mark, and a chat's own state takes it only where the record that
// stands beside it bears that mark.
//
// An epoch that pages were told and the store then forgot is given to nobody else: the first epoch of a chat in a life of
// the store leaps above those of the last one (begin_epoch).
//
// On a Cluster each primary fails by itself and may forget the last moments that its replica had not. When the store began
// another life, every node holds all records against the chats' own states (mend.go): what one of the two forgot is done
// again, or told again above what was told. A message whose author's socket knows of a later seq than the store, or was acked
// one that the store has not, is refused as unavailable until that page, which hears of the other life, sent again what was
// not read, so that order holds. A socket that finds the place of something it knows taken by something else is told no more
// until its page resumed (package chat).
//
// # Promises, what they do not promise, and what holds them
//
// TestMachine drives random days on a real server and checks every invariant of the routing state after each step.
// TestModelAgreesWithScripts holds the scripts against the pure model in simulate, and TestEverythingThatCanHappen goes
// through every order of events that the model allows for a few people (simulate/search_test.go says which; HAVEN_LONG=1
// goes further); its mutants are rules broken on purpose, each found. They are meant by "the search" below.
//
//   - One owner: a chat has at most one owner in an epoch, and an epoch that is over takes nothing: messages of other
//     epochs or owners are refused by the script that would keep them. Not promised: that both states of a chat change at
//     one instant. Within a call that gives a chat to somebody, messages of the owner before are kept until the chat's own
//     state was told; behind its return none is. With replicas, that no two pages are told of two owners under one epoch
//     holds also while two primaries answer: none is told before Config.Replicas have her, and none of what the old one decided
//     is told on the new. Without, and on a Cluster, a primary may forget whom it assigned. TestWhoOwnsAChat
//     (linearizability, with a mutant), the search, TestLog, TestNoEpochIsToldBeforeAReplicaHasIt,
//     TestOldPrimaryDecidesNothing.
//   - Once, in order: a message is kept once under the next seq, whatever is repeated; the id is looked up before the
//     epoch, so that a repeated message gets its old answer. Not promised: a message that was never acked; its author's
//     page sends it again. TestLog, TestNothingOvertakesWhatFailed, TestForgottenMessageIsNotOvertaken,
//     and in package chat TestForgottenOfTheOtherSide.
//   - Nobody passed over: no chat waits while a counsellor who may take it has room and nothing rings at her, unless she
//     declined it less than two minutes ago and somebody else has not, or it waits for one counsellor by a return code, by a
//     lead or by a handover. Within a class the oldest ticket rings first. Classes: a place kept from before (a counsellor
//     was lost, a handover, or the young person came back in time), urgent, the rest; urgent chats go past somebody over the
//     line's target at most three in a row. Not promised: at once in each case. Where one who was waited for goes, where a
//     node dies in a call, and where one transition frees more than two counsellors, the next sweep offers what is left,
//     within a second. A chat that comes back by its return code rings at the counsellor who had it before older ones do; its young
//     person sees for whom it waits, and may let her go (Anyone).
//     TestMachine, TestOffersByRoomThenIdle, TestUrgentGoesAheadThreeInARow, the search.
//   - Nobody lost: a chat that joined is in line, rings, is held, talked in, lost for a while or over, and is over only by
//     an end that somebody or a deadline gave it. If everybody falls silent, deadlines alone end all of it and nothing is
//     left. Not promised: that a chat outlives the store (both browsers keep what the other did not confirm and bring it to the
//     chat that is begun instead, the counsellor's where it is hers again), or that somebody comes: who waits may wait until
//     the line closes. The search, TestMachine, TestLostAndBackAtTheFront, TestDeskDropReturnAndForfeit, TestDeadNode,
//     TestDeadNodeIsToldFirst.
//   - Capacity: what a counsellor talks in, what rings at her, and wrap-ups younger than two minutes never exceed the
//     capacity she gave when another is added. Lowering it ends nothing. Not promised: that she is never above it; entering
//     again with wrap-ups owed, or a lower number, leaves what there is. TestMachine, TestWrapupHoldsItsPlace, the search.
//   - A handover moves nobody who did not say yes, and leaves nobody without a counsellor: until it is accepted the first one
//     owns the chat, and whatever goes wrong gives it back to her. Not promised: that the other side takes it, or that the
//     two talk with the young person at once; a leg rings at one counsellor and is back after one refusal, not offered on.
//     TestHandoverToALine, TestHandoverThatIsNotTaken, TestHandoverOfALostCounsellor, TestWhoOwnsAChat, the search.
//   - Overflow asks and never moves, and keeps the ticket, so that who comes over stands where they would have stood.
//     Not promised: a shorter wait there than was likely when asked. TestOverflowMovesAPlace, TestOverflowAtAFairTicket,
//     TestModelAgreesOnOverflow, the search.
//   - A decision reaches the chat's own state, also when the node that made it dies, and an older one that comes late changes
//     nothing. Not promised: when; the sweep does it after two seconds. TestCrashBetweenTheTwoStatesIsMadeGood, TestMend,
//     the search (up to two calls that are cut off or stand still).
//   - Cost: one chat from arrival to end is eight calls of scripts and the same work with 3,000 in line as with 10; nothing
//     scans. TestCycleIsFewCalls, BenchmarkMatching (10 against 100,000). Not promised: passing over; a counsellor who
//     declined many in a row is led past each of them.
//   - One node counts a visit: a chat's own state names it (View.Holder), moves it with each resume and no more from the
//     first accept on; its tombstone still says so, and whether anybody accepted. TestOneNodeHoldsAVisit.
//   - A return code is known to whom it was given: four words, of which a keyed hash is kept until its day. All wrong ones
//     are answered alike, and past five in a second none is looked at. Not promised: that who learned the words is kept out.
//     TestNothingOfACodeIsKept, TestRefusedCodesChangeNothing, TestGuessing.
//   - Refusals leave nothing: a script guards first and writes last. TestRefusals, TestRefusedHandoverChangesNothing.
//
// Not promised at all: that a ring is exactly as long as said (a second more); that `ahead` counts those whose line is
// down, who keep their place unseen. Fairness against strict order and chance is measured, not proved: simulate.Run.
package routing
