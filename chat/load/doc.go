// Package load brings young people and counsellors by the thousand to a running server, over the real frames, and
// checks the history of every message: acked, delivered, lost, doubled, out of order, in another chat.
//
// In a closed loop each chat has a number of messages in flight, and one that is both acked and delivered is
// answered from the other side at once: that finds the throughput. In an open loop messages are sent at a given
// rate whatever comes back, and times are measured from when a message was due, not from when the generator got
// round to it: that finds what people would feel. Idle opens connections and leaves them, for memory.
//
// ServeBaseline is a bare relay on the same websocket library that keeps nothing; its figure in the same run is
// what the library and the machine allow, so that a ratio to it holds where a rate does not.
package load
