// Package web is the front of the house: listeners that never learn who calls, an airlock that lets only an
// allow-list of each request in, the mux, the headers of a hardened page, problem responses, the staff's API and the
// pages under static.
//
// What must not happen here: nothing asks for a peer's address (no RemoteAddr, no net.FileConn, no getpeername), no
// header outside the airlock's list reaches net/http, no error's text is logged. A connection is, from the outside
// in: the airlock (first request head), the conn that strips errors and addresses, the bare
// descriptor.
package web
