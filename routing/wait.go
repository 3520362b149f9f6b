package routing

import (
	"math"
	"strconv"
	"strings"
)

// What somebody in line is told of how long they may wait.
//
// A line moves up by one place each time that a counsellor takes somebody from it. Those last served who had to wait tell how
// long a place took them: their waits together, through the places that they moved up. Whoever found a counsellor free waited
// for nobody and says nothing of it. The sum of so many like steps is a gamma distribution, of which four fifths in the middle
// are announced. Steps of one line are alike only over a short time (a shift ends, a broadcast begins), which adds variance
// that does not shrink with the length of the line. The days of routing/simulate hold what comes of it: at least four of five
// waits fall inside, of those who have to wait, with one counsellor and with forty.
const (
	// talkGuess is how long a talk is taken to last before the line itself tells how fast it moves; it weighs as much as one
	// who was served. Between the 15 minutes of De Kindertelefoon and the half hour of lines with heavier chats.
	talkGuess = 20 * 60.0
	// paceSpread is the relative variance of the pace of a line itself.
	paceSpread = 0.2
	// middle is the normal deviate of a tenth on either side.
	middle = 1.2816
	// AtOnceS is announced to who is rung for, or would be: under a minute.
	AtOnceS = 60
)

// Pace is how many seconds a line takes to move up by one place: by those last served who had to wait, newest first, who
// waited so many seconds with so many ahead of them when they came, and by the talks that go on in it.
func Pace(waits, aheads []int, talking int) float64 {
	sum, places := talkGuess/float64(max(1, talking)), 1.0
	for i := range waits {
		sum += float64(waits[i])
		places += float64(aheads[i] + 1)
	}
	return sum / places
}

// WaitRange is the range of the wait announced to somebody with so many ahead in a line of that pace, beyond those whom its
// counsellors could take now: whole minutes, in seconds.
func WaitRange(pace float64, ahead int) (lo, hi int) {
	if ahead < 0 {
		return 0, AtOnceS
	}
	places := float64(ahead + 1)
	shape := 1 / (1/places + paceSpread)
	mean := pace * places
	return int(mean*gamma(shape, -middle)) / 60 * 60, max(AtOnceS, minutes(int(math.Ceil(mean*gamma(shape, middle)))))
}

// gamma is about the quantile, at the normal deviate z, of a gamma distribution of that shape and mean 1 (Wilson and Hilferty,
// The distribution of chi-square, 1931).
func gamma(shape, z float64) float64 {
	root := 1 - 1/(9*shape) + z/(3*math.Sqrt(shape))
	return max(0, root*root*root)
}

// minutes is so many seconds in whole minutes, rounded up.
func minutes(s int) int { return (s + 59) / 60 * 60 }

// served reads the waits that a line remembers, seconds:ahead with commas between them. What is something else is left out.
func served(s string) (waits, aheads []int) {
	for f := range strings.SplitSeq(s, ",") {
		wait, ahead, _ := strings.Cut(f, ":")
		w, err := strconv.Atoi(wait)
		a, no := strconv.Atoi(ahead)
		if err == nil && no == nil && w >= 0 && a >= 0 {
			waits, aheads = append(waits, w), append(aheads, a)
		}
	}
	return waits, aheads
}
