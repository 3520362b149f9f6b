package campaign

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// municipalityMost is the longest that a municipality's name may be, in letters.
const municipalityMost = 48

// folded are the letters with marks of Dutch and Frisian names, and some of their neighbours', without their marks.
var folded = strings.NewReplacer(
	"á", "a", "à", "a", "â", "a", "ä", "a", "ã", "a", "å", "a", "ç", "c", "é", "e", "è", "e", "ê", "e", "ë", "e", "í", "i", "ì", "i",
	"î", "i", "ï", "i", "ñ", "n", "ó", "o", "ò", "o", "ô", "o", "ö", "o", "õ", "o", "ø", "o", "ú", "u", "ù", "u", "û", "u", "ü", "u", "ý", "y", "ÿ", "y",
	"ğ", "g", "ı", "i", "ş", "s", "ł", "l", "ń", "n", "ś", "s", "ż", "z", "ź", "z", "ą", "a", "ę", "e", "ć", "c", "ĳ", "ij", "ß", "ss",
)

// namedAfter are municipalities in whose names there is a person's.
var namedAfter = map[string]bool{"hendrik-ido-ambacht": true, "mill-en-sint-hubert": true}

// street is the end of the name of one. No municipality's ends like these.
var street = regexp.MustCompile(`(straat|laan|plein|weg|steeg|gracht|kade|singel|dreef)$`)

// Municipality says what is wrong with the name of a municipality, or of several: it stands on the page and in the report
// beside figures, so that it is held to hold no person and no address. It is letters, spaces, hyphens and apostrophes, and
// commas between names. There is no list of municipalities here: some merge each January, and a campaign may be for a
// region, so that a list would refuse what is right.
func Municipality(name string) error {
	wrong := errors.New("the name of a municipality is expected here, such as Den Haag: letters, spaces, hyphens and apostrophes")
	n, letters := 0, 0
	for _, r := range name {
		n++
		switch {
		case unicode.Is(unicode.Latin, r):
			letters++
		case !strings.ContainsRune(" -'’,", r):
			return wrong
		}
	}
	if n > municipalityMost {
		return fmt.Errorf("the name of a municipality of at most %d letters is expected here", municipalityMost)
	}
	if letters < 2 || strings.Contains(name, "  ") || strings.Trim(name, " -,") != name {
		return wrong
	}
	code := folded.Replace(strings.ToLower(name))
	code = strings.Trim(notACode.ReplaceAllString(code, "-"), "-")
	for _, word := range strings.Split(code, "-") {
		if street.MatchString(word) {
			return fmt.Errorf("%q reads as an address (%s); only the name of the municipality goes here", name, word)
		}
	}
	if namedAfter[code] {
		return nil
	}
	if what := Person(code); what != "" {
		return fmt.Errorf("%q reads as %s; only the name of the municipality goes here", name, what)
	}
	return nil
}
