// Package hvn1 seals the messages of a chat between its two ends: suite 1 of HVN1, which is ephemeral ECDH on
// P-256, HKDF-SHA256 and AES-256-GCM, from the standard library alone. It is for Go clients; the server never
// holds what it needs to open anything.
//
// Each epoch of a chat has a Session of its own, from one's own Key and the public key of the other side. Nothing
// is to be sealed before the other side's key confirmation was checked (Session.Check): until then nobody knows
// who sits at the other end. There is no fallback.
//
// What is promised: a message opens only under the chat, epoch, direction, kind, count and id that it was sealed
// under. What is not: that the far end is who it says it is, beyond comparing Session.SAS by another way, and that
// messages are not held back; that is for the seq of the log and the count n to show.
package hvn1
