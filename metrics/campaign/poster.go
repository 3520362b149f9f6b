package campaign

import (
	_ "embed"
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"io"
	"strings"
)

// Poster is what is to be printed for one channel of a campaign.
type Poster struct {
	Origin            string // where the chat is
	Campaign, Channel string
	Line              string // that the code leads to, "" for the page on which people choose
	Open              []Open // the lines that are named, with their hours
	Lang              string // nl or en
	// Stylesheet is the address of StyleSheet where the page is served under a policy that lets no style stand in it.
	// "" writes the style into the page, so that it is one file.
	Stylesheet string
}

// Open says when a line is open, as Hours has it.
type Open struct {
	Line string
	Days []string
}

// Languages are those in which a poster speaks.
var Languages = []string{"nl", "en"}

// StyleSheet is what a poster looks like, for the page that is served.
//
//go:embed poster.css
var StyleSheet string

//go:embed poster.html
var sheet string

var sheetTemplate = template.Must(template.New("poster").Parse(sheet))

// Link is the address in the code.
func (p Poster) Link() string { return Link(p.Origin, p.Campaign, p.Channel, p.Line) }

// Typed is the address for those who type it. It leads to the page without a campaign.
func (p Poster) Typed() string { return strings.TrimPrefix(p.Origin, "https://") }

// Title is a name for the file that becomes of it.
func (p Poster) Title() string {
	title := p.Campaign + " " + p.Channel
	if p.Line != "" {
		title += " " + p.Line
	}
	return title + " " + p.Lang
}

func (p Poster) check() error {
	if p.Origin == "" || p.Campaign == "" || p.Channel == "" {
		return errors.New("campaign: a poster needs an origin, a campaign and a channel")
	}
	if _, ok := speech[p.Lang]; !ok {
		return fmt.Errorf("campaign: a poster speaks %s", strings.Join(Languages, " or "))
	}
	return nil
}

// PosterSVG writes the code by itself, for those who make their own poster: black on white within its quiet zone, 80 mm
// wide unless a page says otherwise.
func PosterSVG(w io.Writer, p Poster) error {
	if err := p.check(); err != nil {
		return err
	}
	code, err := QR(p.Link())
	if err != nil {
		return err
	}
	var link strings.Builder
	if err := xml.EscapeText(&link, []byte(p.Link())); err != nil {
		return err
	}
	n := code.Box()
	_, err = fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="80mm" height="80mm" viewBox="0 0 %d %d" shape-rendering="crispEdges" role="img">
<title>%s</title>
<path fill="#fff" d="M0 0h%dv%dh-%dz"/>
<path d="%s"/>
</svg>
`, n, n, link.String(), n, n, n, code.Path)
	return err
}

// Box is the side of a code with its quiet zone.
func (c Code) Box() int { return c.Side + 2*Quiet }

// maxRows is how many rows of hours the page has room for. Where there are more, the site tells.
const maxRows = 5

// PosterHTML writes an A4 page that a browser prints or makes a PDF of. It has no script and asks for nothing but the
// stylesheet, if that is not in it.
func PosterHTML(w io.Writer, p Poster) error {
	if err := p.check(); err != nil {
		return err
	}
	code, err := QR(p.Link())
	if err != nil {
		return err
	}
	style := template.CSS("")
	if p.Stylesheet == "" {
		style = template.CSS(StyleSheet)
	}
	open, rows := make([]Open, len(p.Open)), 0
	for i, o := range p.Open {
		open[i] = Open{Line: LineName(o.Line), Days: o.Days}
		rows += len(o.Days)
	}
	return sheetTemplate.Execute(w, struct {
		Poster
		Code  Code
		Style template.CSS
		Named []Open
		Fits  bool
		Dutch bool
	}{p, code, style, open, rows <= maxRows, p.Lang == "nl"})
}

// lineNames are those that the chat page knows by a name of their own.
var lineNames = map[string]string{"jip": "JIP", "shop": "SHOP", "fier": "Fier"}

// LineName is a line as people know it.
func LineName(line string) string {
	if name, ok := lineNames[line]; ok {
		return name
	}
	return strings.ReplaceAll(line, "-", " ")
}
