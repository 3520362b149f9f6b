// Package client speaks haven.1 from Go: a Youth on /chat and a counsellor's Desk on /desk, with real sealing or,
// Unsealed, with random bytes of the same size. It is for tests and for load, and so comes in two styles: without
// Handlers everything heard waits in an inbox for Expect; with Handlers each frame is handed over at once on the
// reader's goroutine, and messages cost few allocations.
//
// Both ends keep what the protocol asks of a client: nothing is sent before the other side's key confirmation was
// checked, a seq or id that was had is dropped, what was not acked is sent again under its id after Reconnect, and
// what was refused as stale_epoch is sealed again for the new epoch.
package client
