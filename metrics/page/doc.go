// Package page is what a coordinator reads: what campaigns brought, whom nobody reached, whether the service was there
// when it said so, and how the lines stand now. It is HTML made on the server from what was released, with forms and
// links that work without a script; one small module renews the wallboard.
//
// What must not happen here: a raw value under its threshold in any part of a page, a figure without its interval, the
// figures of a small line by themselves, an exact count under report.Floor, a campaign on the wallboard. Whoever asks was
// let in before: package web looks at session, role and origin.
package page
