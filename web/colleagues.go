package web

import (
	"net/http"

	"haven/web/staff"
)

// colleagues answers GET /staff/colleagues with everybody else who has a desk, by name: to whom a chat can be brought.
// Whether one is at it only the router knows, and says when it is tried.
func (h *house) colleagues(w http.ResponseWriter, r *http.Request) error {
	me, err := h.staff.Session(r.Context(), session(r))
	if err != nil {
		return err
	}
	if !me.Role.HasDesk() {
		return staff.ErrNoDesk
	}
	all, err := h.staff.List(r.Context())
	if err != nil {
		return err
	}
	type colleague struct {
		Name  string   `json:"name"`
		Lines []string `json:"lines"`
	}
	out := []colleague{}
	for _, a := range all {
		if a.Role.HasDesk() && !a.Disabled && a.Name != me.Name {
			out = append(out, colleague{a.Name, append([]string{}, a.Lines...)})
		}
	}
	return writeJSON(w, out)
}
