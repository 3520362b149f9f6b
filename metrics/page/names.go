package page

import (
	"haven/metrics/reach"
	"haven/metrics/report"
)

// name is how people say a code of that sort, on this page as in the report.
func (l lang) name(sort, code string) string { return report.Name(string(l), sort, code) }

// stage is a step of the funnel, as a column and a row are headed.
type stage int

const (
	opened    stage = iota // the page was opened and touched
	asked                  // a line was asked for
	answered               // a counsellor accepted
	turned                 // away: the line took nobody
	abandoned              // left while waiting
	stages
)

func (l lang) stage(s stage) string {
	switch s {
	case opened:
		return l.say("Pagina geopend", "Page opened")
	case asked:
		return l.say("Chat gevraagd", "Chat asked for")
	case answered:
		return l.say("Gesprek gekregen", "Chat answered")
	case turned:
		return l.say("Niet toegelaten", "Turned away")
	}
	return l.say("Weggegaan uit de rij", "Left while waiting")
}

// counts says which stages a visit whose furthest one is this adds to.
func counts(furthest string) []stage {
	switch furthest {
	case reach.Stages[0]: // visited
		return []stage{opened}
	case reach.Stages[1]: // refused
		return []stage{opened, asked, turned}
	case reach.Stages[2]: // abandoned
		return []stage{opened, asked, abandoned}
	case reach.Stages[3]: // answered
		return []stage{opened, asked, answered}
	}
	return nil
}
