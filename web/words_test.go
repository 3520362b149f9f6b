package web

import (
	"io/fs"
	"regexp"
	"testing"
)

// TestYouthWordsAreInBothLanguages: whatever the young person's page can say in Dutch, in its HTML or in a part that is
// fetched later, it can say in English, and nothing of the English is left over.
func TestYouthWordsAreInBothLanguages(t *testing.T) {
	inPage := regexp.MustCompile(`data-w(?:-label|-hint)?="([^"]+)"`)
	inPart := regexp.MustCompile(`(?m)^  '([a-z0-9.]+)': ['"]`)
	keys := func(name string, r *regexp.Regexp) map[string]bool {
		b, err := fs.ReadFile(Static(), name)
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]bool{}
		for _, m := range r.FindAllSubmatch(b, -1) {
			found[string(m[1])] = true
		}
		if len(found) == 0 {
			t.Fatalf("%s has no words", name)
		}
		return found
	}
	english, dutch := keys("youth/en.js", inPart), keys("youth/index.html", inPage)
	for _, part := range []string{"again", "cards", "code", "line", "move"} {
		for k := range keys("youth/"+part+".js", inPart) {
			if dutch[k] {
				t.Errorf("%q stands in youth/%s.js and elsewhere", k, part)
			}
			dutch[k] = true
		}
	}
	for k := range dutch {
		if !english[k] {
			t.Errorf("%q has no English words", k)
		}
	}
	for k := range english {
		if !dutch[k] {
			t.Errorf("%q has no Dutch words", k)
		}
	}
}
