package web

import (
	"net/http"
	"slices"

	"haven/web/staff"
)

// Partner is a service outside of this deployment whose card a counsellor can show. All of it is from the configuration.
type Partner struct {
	Code  string   `json:"code"` // [a-z0-9-]{1,32}: what the wrap-up says
	Name  string   `json:"name"`
	Phone string   `json:"phone"`
	Hours string   `json:"hours"`
	About string   `json:"about"`
	Lines []string `json:"lines"` // whose counsellors show it; empty for all
}

// partnersOf answers GET /staff/partners with those of the lines that she serves, in the order of the configuration.
func (h *house) partnersOf(w http.ResponseWriter, r *http.Request) error {
	a, err := h.staff.Session(r.Context(), session(r))
	if err != nil {
		return err
	}
	if !a.Role.HasDesk() {
		return staff.ErrNoDesk
	}
	out := []Partner{}
	for _, p := range h.partners {
		if len(p.Lines) == 0 || slices.ContainsFunc(p.Lines, func(l string) bool { return slices.Contains(a.Lines, l) }) {
			p.Lines = append([]string{}, p.Lines...) // [] and never null
			out = append(out, p)
		}
	}
	return writeJSON(w, out)
}
