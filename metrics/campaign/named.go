package campaign

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"haven/metrics/reach"
)

// namePattern is what the wire and the pages take as a code.
var namePattern = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)

var (
	mailPattern = regexp.MustCompile(`@|(^|-)(at|apenstaartje)-[a-z0-9-]+-(nl|com|net|org|eu|be)$`)
	datePattern = regexp.MustCompile(`(^|[^0-9])([0-9]{1,2}-[0-9]{1,2}-(19|20)[0-9]{2}|(19|20)[0-9]{2}-[0-9]{1,2}-[0-9]{1,2})($|[^0-9])`)
	digitsInRow = regexp.MustCompile(`[0-9]{6}`)
	numberParts = regexp.MustCompile(`[0-9]+(-[0-9]+)+`)
	notACode    = regexp.MustCompile(`[^a-z0-9]+`)
)

// why is the end of what is said about a name that reads as a person's.
const why = "; a figure beside it points at that person. Name what it says or where it hangs, such as chatten-helpt or school-west"

// Named says what is wrong with the name of a campaign or of a channel: free text, a name that the counting keeps for
// itself, or something that reads as a person: a first name or surname, a title before a word, initials, a mail address, a
// telephone number or a date of birth. It knows the common ones only; a rare name is for people to see.
func Named(name string) error {
	switch {
	case name == "":
		return errors.New("a name is needed: 1 to 32 of a-z, 0-9 and -, such as chatten-helpt")
	case mailPattern.MatchString(strings.ToLower(name)):
		return fmt.Errorf("%q reads as a mail address%s", name, why)
	case !namePattern.MatchString(name):
		return fmt.Errorf("%q is free text; write a code of 1 to 32 of a-z, 0-9 and -, such as %s", name, suggestion(name))
	case name == reach.None || name == reach.Other:
		return fmt.Errorf("%q is kept for visits that came without a campaign of this file", name)
	}
	if what := Person(name); what != "" {
		return fmt.Errorf("%q reads as %s%s", name, what, why)
	}
	return nil
}

// suggestion is free text as a code, unless that is no good either.
func suggestion(name string) string {
	s := strings.Trim(notACode.ReplaceAllString(strings.ToLower(name), "-"), "-")
	s = strings.TrimRight(s[:min(len(s), 32)], "-")
	if s == "" || s == reach.None || s == reach.Other || Person(s) != "" {
		return "chatten-helpt"
	}
	return s
}

// Person says as what of a person a code of a-z, 0-9 and - reads, "" for nothing. It knows the common names only.
func Person(name string) string {
	switch {
	case datePattern.MatchString(name):
		return "a date of birth (from and to hold the days of a campaign)"
	case digitsInRow.MatchString(name), telephone(name):
		return "a telephone number or a date of birth"
	}
	tokens := strings.FieldsFunc(name, func(r rune) bool { return r == '-' })
	for i, t := range tokens {
		t = strings.Trim(t, "0123456789")
		switch {
		case given(t) != "":
			return fmt.Sprintf("a person's first name (%s)", given(t))
		case surname(tokens[i:]) != "":
			return fmt.Sprintf("a person's surname (%s)", surname(tokens[i:]))
		case written(t):
			return fmt.Sprintf("a person's name (%s)", t)
		case addressed(tokens[i:]) != "":
			return fmt.Sprintf("somebody who is spoken to (%s)", addressed(tokens[i:]))
		case initial(tokens, i):
			return fmt.Sprintf("initials and a surname (%s)", strings.Join(tokens[i:], "-"))
		}
	}
	if by := bare(tokens); by != "" {
		return fmt.Sprintf("a person's name and nothing else (%s; it is a word too, and with another beside it, such as de-%s, it is taken)", by, by)
	}
	return ""
}

// given is the first name that a word is, or is the genitive of: lisas. "" for none.
func given(t string) string {
	of := strings.TrimSuffix(t, "s")
	switch {
	case givenNames[t]:
		return t
	case givenNames[of] && !noGenitives[t]:
		return of
	}
	return ""
}

// noGenitives are words besides: Norse, and a zoo.
var noGenitives = map[string]bool{"noors": true, "artis": true}

// surname is the one that tokens begin with, or its genitive, "" for none. The longest are of three: van-der-meer.
func surname(tokens []string) string {
	for n := range min(len(tokens), 3) {
		s := strings.TrimRight(strings.Join(tokens[:n+1], "-"), "0123456789")
		for _, s := range []string{s, strings.TrimSuffix(s, "s")} {
			if surnames[s] {
				return s
			}
		}
	}
	return ""
}

// titles stand before a name: whatever follows them is one, be it a word besides, as in mevrouw-bakker.
var titles = map[string]bool{
	"mevrouw": true, "mevr": true, "mw": true, "mej": true, "meneer": true, "mijnheer": true, "mnr": true, "dhr": true,
	"juf": true, "juffrouw": true, "meester": true, "mr": true, "mrs": true, "dr": true, "drs": true, "dominee": true,
}

// afterTitles are words that show a title to be of nobody: juf-en-meester, meester-op-school.
var afterTitles = map[string]bool{
	"aan": true, "als": true, "bij": true, "en": true, "in": true, "is": true, "met": true, "mr": true, "naar": true,
	"of": true, "op": true, "uit": true, "voor": true, "worden": true, "zegt": true,
}

// addressed is a title with what follows it, "" for none: mevrouw-bakker, jufanna.
func addressed(tokens []string) string {
	for title := range titles {
		if name, glued := strings.CutPrefix(tokens[0], title); glued && len(title) > 2 && (given(name) != "" || surname([]string{name}) != "") {
			return tokens[0]
		}
	}
	if len(tokens) < 2 || !titles[tokens[0]] || tokens[1][0] <= '9' || afterTitles[tokens[1]] {
		return ""
	}
	return tokens[0] + "-" + tokens[1]
}

// bare is the first of tokens that are names, each of them a word besides, and nothing but such names: roos, bakker-2026,
// roos-bakker. Beside another word such a name is taken for the word, as in warme-bakker or bos-en-vos: to refuse every
// baker and every rose would teach people to work around the list.
func bare(tokens []string) (first string) {
	for _, t := range tokens {
		switch t = strings.Trim(t, "0123456789"); {
		case t == "":
		case !wordNames[t]:
			return ""
		case first == "":
			first = t
		}
	}
	return first
}

// telephone reports digits with dashes between them that are too many for the years of a school year: 06-12-34-56-78.
func telephone(name string) bool {
	return slices.ContainsFunc(numberParts.FindAllString(name, -1), func(s string) bool {
		return len(strings.ReplaceAll(s, "-", "")) > 8
	})
}

// written reports a first name with a surname right behind it: sannejansen.
func written(t string) bool {
	for i := 2; i < len(t); i++ {
		if givenNames[t[:i]] && surnames[t[i:]] {
			return true
		}
	}
	return false
}

// particles stand before many Dutch surnames.
var particles = map[string]bool{"van": true, "de": true, "den": true, "der": true, "ter": true, "ten": true, "el": true, "al": true}

// noInitials begin with a letter by itself that is no initial.
var noInitials = map[string]bool{
	"a-team": true, "b-side": true, "e-coach": true, "e-health": true, "e-hulp": true, "e-learning": true, "e-mail": true,
	"e-mental": true, "e-sport": true, "e-sports": true, "plan-b": true, "s-avonds": true, "s-gravenhage": true,
	"s-gravenzande": true, "s-hertogenbosch": true, "s-middags": true, "s-morgens": true, "s-nachts": true,
	"s-ochtends": true, "t-gooi": true, "t-shirt": true, "t-shirts": true, "x-ray": true,
}

// initial reports a single letter before a word at the start of a name (j-jansen, a-b-smit), and further on one before
// a particle (gastles-j-de-vries). Behind another word a letter may just be the name of a class or a school: school-x.
func initial(tokens []string, i int) bool {
	single := func(t string) bool { return len(t) == 1 && t[0] >= 'a' && t[0] <= 'z' }
	if !single(tokens[i]) {
		return false
	}
	for j := i + 1; j < len(tokens); j++ {
		switch next := tokens[j]; {
		case single(next):
		case next[0] <= '9' || noInitials[tokens[j-1]+"-"+next]:
			return false
		default:
			return i == 0 || particles[next]
		}
	}
	return false
}
