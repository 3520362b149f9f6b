package web

import (
	"io/fs"
	"regexp"
	"testing"
)

// TestWordsAreInBothLanguages: whatever a page can say in Dutch, in its HTML or in a part that is fetched later, it can
// say in English, and nothing of the English is left over.
func TestWordsAreInBothLanguages(t *testing.T) {
	inPage := regexp.MustCompile(`data-w(?:-label|-hint)?="([^"]+)"`)
	inPart := regexp.MustCompile(`(?m)^  '([A-Za-z0-9._-]+)':`)
	for _, page := range []struct {
		folder, english string
		parts           []string
	}{
		{"youth", "en.js", []string{"again", "cards", "code", "line", "move"}},
		{"staff", "words-en.js", nil},
	} {
		keys := func(name string, r *regexp.Regexp) map[string]bool {
			b, err := fs.ReadFile(Static(), page.folder+"/"+name)
			if err != nil {
				t.Fatal(err)
			}
			found := map[string]bool{}
			for _, m := range r.FindAllSubmatch(b, -1) {
				found[string(m[1])] = true
			}
			if len(found) == 0 {
				t.Fatalf("%s/%s has no words", page.folder, name)
			}
			return found
		}
		english, dutch := keys(page.english, inPart), keys("index.html", inPage)
		for _, part := range page.parts {
			for k := range keys(part+".js", inPart) {
				if dutch[k] {
					t.Errorf("%q stands in %s/%s.js and elsewhere", k, page.folder, part)
				}
				dutch[k] = true
			}
		}
		for k := range dutch {
			if !english[k] {
				t.Errorf("%s: %q has no English words", page.folder, k)
			}
		}
		for k := range english {
			if !dutch[k] {
				t.Errorf("%s: %q has no Dutch words", page.folder, k)
			}
		}
	}
}
