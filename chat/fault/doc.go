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
// Of two lines: nobody is offered to who does not answer theirs, or is handed over, or goes to the other line, but by a yes to
// that, and who goes keeps their turn; a line is closed only while a lead wants it so; the code of a chat that was hidden
// leads to it while it can be entered, and says in which line it is, and she who had it was shown what was acked before.
// Not promised, and so not asked for: what the young person wrote to a counsellor who was lost before it was shown; what a
// counsellor wrote and they were not shown when the store was emptied, where another has the chat that is begun instead;
// what either wrote and the other had not had the time to be shown when they left, or before a quick exit and the return from it.
package fault
