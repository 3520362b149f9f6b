// Package reach answers what a campaign brought, and has nothing in it that points at a visit.
//
// # How a visit is counted
//
// The node that holds a visit counts it once, where it was answered or where it ended, in one cell of the table visits
// (line × campaign × channel × furthest stage), and, when nobody was reached, in one of unreached (line × block of four
// hours of the week). The line is the one that answered or in which it ended: who waited elsewhere first and then went
// there counts there, as the wrap-up does. A wrap-up counts in one cell each of outcomes, topics and referrals, without
// a campaign. That of the referrals is line × partner where she led outside; else, where the chat was handed over, the
// line that did so first × the line in which it ended; else line × none. Cells come from the configuration and from
// nowhere else; what a link or a wrap-up says beyond that is Other. All of it is counted in the memory of the node, by
// Amsterdam day: the chat path asks nothing of the store.
//
// # How a count is kept
//
// A table of a period is opened before anything is counted into it: every cell starts with its noise. So the store holds
// noise and counts in one sum, and the true count stands nowhere at rest. A node registers each day that it counts as a
// batch, hands it over once after midnight or when it drains, and the same script that adds the counts forgets the
// batch: a batch that was handed over is not pending, one that is pending was not handed over, whatever was cut off in
// between. Two whole days after a period ends its tables are renamed and never change again. The batches of its days
// that are still pending then are node-days that were lost with their node; how many is published beside the figures.
//
//	  memory of a node            the ledger                                  published
//	day: cell -> count  --flush-->  open:<table>:<period>  --seal, 2 days-->  sealed:<table>:<period>
//	        ^                        noise + counts           after its end    never changes
//	   visit, wrap-up                 ^ noise, at opening
//
// # What is promised
//
// With or without one visit, everything that is ever published is about equally likely: by a factor of at most e^ε, with
// ε the sum of Budget.Total: 2 in the standard budget, and 0.25 more where there is a partner outside or another line to
// lead to (Plan.Refers); half of both in the strict one. The unit is one visit. Noise is discrete Laplace, drawn exactly
// in integers (Canonne, Kamath and Steinke, "The Discrete Gaussian for Differential Privacy", 2020, algorithm 2).
//
// # What is not
//
//   - Totals are exact: how many got a place in line, were answered, how long they waited, by line and month. They know no
//     campaign, topic or outcome, and are outside of the bound. So is the operator's live count of handovers, by the line
//     that proposed them: where they went to, and who was led outside, is in the referrals only.
//   - Who comes back ten times pays ten times. Nothing links two visits, so nothing can bound a person.
//   - Who reads the ledger's Redis before and after a flush sees what that flush added. The append-only file is rewritten
//     after each, so that it cannot be read from there.
//   - A visit whose page says goodbye before it asked for a chat and then opens another is two. One whose page dies
//     without a word before it asked is not counted.
//   - A node that dies takes the counts of its day along, and on a day without a node nobody counts. That is said, not
//     made up for.
//
// # When the store is not what it was
//
// An emptied ledger is opened anew. Its periods are counted from the day on which they are opened again, and those that
// had begun bear that day as a mark (.emptied), which stays when they are sealed: what was counted before is lost, and that
// is said beside the figures. A node knows that it was emptied when the ledger has another name than it had; a node that
// starts knows it where the ledger has a Redis of its own, since the name stands beside the chats too (the witness). Where
// both are emptied at once, as one Redis is, a node that starts takes the ledger for a new one: its periods are counted from
// that day on, which is said where it is not their first. A node that sees an old copy put back marks what is open (.back)
// and puts what was sealed back from its memory; one that has nothing in its memory draws noise once more. A node that starts on a ledger which lacks days cannot
// tell an old copy from days without a node: what it finds open may have been published before, so noise is drawn once
// more for all of it, and every interval grows accordingly.
package reach
