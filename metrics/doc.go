// Package metrics counts what lines do, and has nowhere to put whom they did it for.
//
// The operational collectors answer an operator on the private listener, exact and live: how many wait, how long, who
// is on duty, how the store does. They know no campaign, channel, topic or outcome; those belong to the reach ledger.
// Every label is of a closed set that is known at start, and every series is there from the start, since a series that
// appears with the first event tells when that was. For the same reason the exposition has no created timestamps and
// no exemplars, waits are observed in whole seconds and durations in whole minutes (the sum of a histogram after one
// chat is that chat).
//
// # Lines
//
// Every family with the label line has line="all": the sum over all lines, for haven_queue_oldest_wait_seconds,
// haven_line_target_wait_seconds and haven_line_open the largest. A line marked small is exported within it only. Read either "all" or the others: their
// sum together counts twice. Whoever has a single small line can have it back by subtraction: see [Subtractable].
//
// Gauges of lines and counsellors are read from the store, which all nodes share: they are the same on every node
// (aggregate with max). Counters, histograms, sockets and commands are each node's own (aggregate with sum).
//
// # What may not happen here
//
// No value of a label comes from a frame or a request. Nothing here reads an error's text, an address or an id.
package metrics
