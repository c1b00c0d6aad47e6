package cli

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"fashionpipe/dag"
)

func newTally(g *dag.Graph) *tally {
	t := &tally{told: time.Now(), count: map[dag.What]int{}, bases: map[string]string{}, of: len(g.Nodes)}
	for _, n := range g.Nodes {
		t.bases[n.Name] = cmp.Or(n.Base, n.Name)
	}
	return t
}

// tally counts the stages of a sweep. Those that are cached, skipped or soon done get no line each: there may be
// thousands.
type tally struct {
	count map[dag.What]int  // of lines that were not printed since the last one was
	bases map[string]string // node → its stage in the file
	ended int
	of    int
	told  time.Time // when counts were last printed for want of other lines
}

// soon is how long a stage of a sweep must have worked for a line of its own.
const soon = time.Second

// note prints what a stage noted. The variants of a stage often say the same: a sweep says it once.
func (s *textScreen) note(stage, text string) {
	if s.many != nil {
		said := s.many.bases[stage] + "\x00" + text
		if _, heard := s.heard[said]; heard {
			return
		}
		s.heard[said] = stage
	}
	s.line(stage, text)
}

func (s *textScreen) finished(e dag.Event) {
	switch {
	case s.many == nil:
		s.end(e.Stage, fmt.Sprintf("done in %s, %s (%s)", took(e.Took), size(e.Bytes), s.why[e.Stage]))
	case e.Took < soon:
		s.quiet(e)
	default:
		s.end(e.Stage, "done in "+took(e.Took))
	}
}

// interrupted ends a stage that was stopped. Of a sweep most had not begun: the summary counts them.
func (s *textScreen) interrupted(e dag.Event) {
	if _, began := s.said[e.Stage]; s.many == nil || began {
		s.end(e.Stage, "interrupted")
	}
}

// quiet ends a stage that there was little or no work for.
func (s *textScreen) quiet(e dag.Event) {
	if s.many != nil {
		s.bar.end(e.Stage)
		s.many.ended++
		s.many.count[e.What]++
		if e.Time.Sub(s.many.told) >= quietFor {
			s.many.told = e.Time
			s.tellCounts(1)
		}
		return
	}
	text := "cached"
	if e.What == dag.Skipped {
		text = "skipped: " + e.Reason
	}
	s.end(e.Stage, text)
}

// tellCounts prints how many stages of a sweep ended without a line, if at least so many.
func (s *textScreen) tellCounts(least int) {
	var parts []string
	sum := 0
	for _, k := range []struct {
		what dag.What
		text string
	}{{dag.Finished, "done at once"}, {dag.Cached, "cached"}, {dag.Skipped, "skipped"}} {
		if n := s.many.count[k.what]; n > 0 {
			sum += n
			parts = append(parts, thousands(n)+" "+k.text)
		}
	}
	if sum < least || sum == 0 {
		return
	}
	clear(s.many.count)
	s.bar.hide()
	fmt.Fprintf(s.w, "[%d/%d] %s\n", s.many.ended, s.many.of, strings.Join(parts, ", "))
}
