// Package fault has young people and counsellors talk while somebody breaks what they talk over, writes down what each
// of them sent and was shown, and says which promises that breaks.
//
//   - Link stands between two programs and cuts, delays, slows down or half opens what goes over it.
//   - Plan draws from a seed what breaks when; who calls it breaks it.
//   - Cast are the people: everything they do is drawn from the seed too, and everything they see goes into a History.
//   - History.Check reads that after the end and names each Violation.
//
// What is promised: an acked message is shown, and once, in order, also where the store was emptied while its author's
// page was open; each epoch of a chat has one owner and one key; capacity is not exceeded; who waits is offered within
// two seconds while somebody is free and nothing is broken, and in the order in which they came; everybody is answered; no chat vanishes without a reason.
// Not promised, and so not asked for: what a counsellor wrote and the young person was not shown when the store was
// emptied or the young person left; what the young person wrote to a counsellor who was lost before it was shown.
package fault
