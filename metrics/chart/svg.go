package chart

import (
	"fmt"
	"html"
	"strings"
)

// open begins a drawing that is one picture to who hears the page. Without a style sheet it is as wide as its room.
func open(out *strings.Builder, kind, id, title, desc string, height int) {
	id = esc(id)
	fmt.Fprintf(out, `<svg xmlns="http://www.w3.org/2000/svg" class="chart %s" role="img" aria-labelledby="%s-title %s-desc" width="100%%" height="%d" font-family="system-ui, sans-serif">`+
		`<title id="%s-title">%s</title><desc id="%s-desc">%s</desc>`, kind, id, id, height, id, esc(title), id, esc(desc))
}

func esc(s string) string { return html.EscapeString(s) }

// across is where a value lies on a scale that leaves a little room at its end.
func across(value, most int64) string {
	return hundredths(int(float64(max(0, value)) / float64(most) * 9900))
}

// hundredths writes hundredths of a per cent.
func hundredths(n int) string { return fmt.Sprintf("%d.%02d%%", n/100, n%100) }
