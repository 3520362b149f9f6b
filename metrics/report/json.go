package report

import (
	"encoding/json"
	"fmt"
	"io"
)

// JSON writes the report as one object, with the keys that its types name. Keys of sections, parts, tables, columns and
// rows are the same in every language and from one report to the next; names, titles, texts and notes are for people.
func (r *Report) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		return fmt.Errorf("report: json: %w", err)
	}
	return nil
}
