// Package simulate holds the rules of routing as a pure model, and a day in virtual time that shows what they do to
// people: who waits how long, who is passed by whom, and whether the wait they were told came true.
//
// The model (State, Event, State.Apply) knows no store, no clock and no chance: time comes with each call. It makes the
// moves of lua/prelude in the same order and draws the same tickets, so that a test in package routing can
// run both side by side and compare everything that stands. It leaves out what does not decide who is offered what or
// whose a chat is: keys, leases, calls for a lead, and the life of a chat after its end. A search in this package's tests
// goes through every order in which anything can happen to a few people.
//
// Run draws a day from a seed. Whatever a person does (come, give up, talk, react to a ring) is drawn from the seed and
// that person's number alone, so that two policies meet the same people.
package simulate
