package campaign

import (
	"strings"
	"testing"
)

func TestNamed(t *testing.T) {
	for _, name := range []string{
		"chatten-helpt", "jip-den-haag", "veilig-thuis-2026", "school-x", "jip", "shop", "fier", "instagram", "snapchat",
		"tiktok", "poster", "gastles", "radio-west", "mei-2026", "max", "roos-en-storm", "hope", "markt", "plan-b-noord",
		"schooljaar-2025-2026", "week-48", "2026", "s-gravenhage", "t-gooi", "e-learning", "e-sports-2026", "klas-3-b",
		"abri-noord", "tram-9", "a-z", "bos-en-vos", "samen-sterk", "de-timmerman", "112", "-", "112-helpt",
		"de-jonge-stad", "van-den-haag", "0800-0432", "warme-bakker", "bij-de-bakker", "witte-roos", "juf-en-meester",
		"meester-op-school", "noors", "artis-2026", "juf", "mr-2026", "storm", "meidenchat", "samenvoor", "meesterwerk",
		"thuis", "kansen", "ramadan", "kerst-2026", "lente", "pride", "meesterproef-techniek", "hand-in-hand",
	} {
		if err := Named(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, tt := range []struct{ name, want string }{
		{"", "a name is needed"},
		{"Chatten helpt!", `"Chatten helpt!" is free text; write a code of 1 to 32 of a-z, 0-9 and -, such as chatten-helpt`},
		{"CHATTEN", "such as chatten"},
		{"jeugd_2026", "such as jeugd-2026"},
		{"Sanne Jansen", "such as chatten-helpt"},
		{"Other", "such as chatten-helpt"},
		{"!!!", "such as chatten-helpt"},
		{"a\nb", "is free text"},
		{strings.Repeat("chat-", 7), "is free text"},
		{"école", "is free text"},
		{"none", "is kept for visits"},
		{"other", "is kept for visits"},
		{"sanne", "a person's first name (sanne)"},
		{"gesprek-met-fatima", "a person's first name (fatima)"},
		{"mehmet-2008", "a person's first name (mehmet)"},
		{"les-priya2", "a person's first name (priya)"},
		{"sannejansen", "a person's name (sannejansen)"},
		{"hibo-jansen", "a person's surname (jansen)"},
		{"les-van-der-meer-2026", "a person's surname (van-der-meer)"},
		{"school-de-vries1", "a person's surname (de-vries)"},
		{"mevrouw-bakker", "somebody who is spoken to (mevrouw-bakker)"},
		{"les-van-meneer-pietersen", "somebody who is spoken to (meneer-pietersen)"},
		{"dhr-de-zwart", "somebody who is spoken to (dhr-de)"},
		{"mw-x", "somebody who is spoken to"},
		{"jufanna-groep-8", "somebody who is spoken to (jufanna)"},
		{"meester-van-groep-8", "somebody who is spoken to"},
		{"roos", "a person's name and nothing else (roos; it is a word too, and with another beside it, such as de-roos, it is taken)"},
		{"bakker", "nothing else (bakker;"},
		{"roos-bakker", "nothing else (roos;"},
		{"vos-2", "nothing else (vos;"},
		{"kaoutar", "a person's first name (kaoutar)"},
		{"oleksandr", "a person's first name (oleksandr)"},
		{"zhang-wei", "a person's surname (zhang)"},
		{"lisas-verhaal", "a person's first name (lisa)"},
		{"jansens-les", "a person's surname (jansens)"},
		{"van-der-meers-les", "a person's surname (van-der-meer)"},
		{"klas-gulsen", "(gulsen)"}, {"pinar", "(pinar)"}, {"kasia-2", "(kasia)"}, {"les-szymon", "(szymon)"}, {"kyrylo", "(kyrylo)"},
		{"xiaoming", "(xiaoming)"}, {"ramkisoen", "(ramkisoen)"}, {"radjeshsingh", "(radjeshsingh)"}, {"nowak", "(nowak)"},
		{"j-janszoon", "initials and a surname (j-janszoon)"},
		{"a-b-zwart", "initials and a surname"},
		{"gastles-j-de-zwart", "initials and a surname (j-de-zwart)"},
		{"jip-0612345678", "a telephone number"},
		{"06-12-34-56-78", "a telephone number"},
		{"klas-130508", "a telephone number or a date of birth"},
		{"klas-13-05-2008", "a date of birth"},
		{"les-2008-5-1", "a date of birth"},
		{"zwart@example.nl", "reads as a mail address"},
		{"zwart-at-example-nl", "reads as a mail address"},
	} {
		err := Named(tt.name)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: got %v, want %s", tt.name, err, tt.want)
		}
	}
}

// Each listed name has to be one that a code can hold at all, else it is never met.
func TestListedNamesAreCodes(t *testing.T) {
	for _, list := range []map[string]bool{givenNames, surnames, wordNames} {
		if len(list) < 25 {
			t.Errorf("%d names", len(list))
		}
		for name := range list {
			if !namePattern.MatchString(name) || Named(name) == nil {
				t.Errorf("%s is listed and taken", name)
			}
		}
	}
}

// FuzzNamed holds that a name either is a code or is refused with one line, and that a suggestion is taken.
func FuzzNamed(f *testing.F) {
	for _, s := range []string{"", "chatten-helpt", "j-jansen", "--", "a--b", "13-05-2008", "Sanne Jansen", "x@y", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		err := Named(name)
		if err == nil && !namePattern.MatchString(name) {
			t.Errorf("%q is taken", name)
		}
		if err != nil && (err.Error() == "" || strings.Contains(err.Error(), "\n")) {
			t.Errorf("%q is refused with %q", name, err)
		}
		if s := suggestion(name); Named(s) != nil {
			t.Errorf("%q is suggested and refused: %v", s, Named(s))
		}
	})
}
