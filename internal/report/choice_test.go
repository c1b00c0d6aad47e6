package report

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"fashionpipe/formats"
)

func fakeChoice() *formats.Choice {
	c := &formats.Choice{By: "gap", Parameter: "k", Draws: 10, Chosen: 2}
	for i, k := range []float64{1, 5, 9, 20} {
		score, spread := 0.5-0.001*(k-9)*(k-9), 0.02
		c.Candidates = append(c.Candidates, formats.ChoiceCandidate{Value: k, Clusters: int(k), Inertia: 100 / k, Score: &score, Spread: &spread})
		if i == 0 {
			c.Candidates[0].Score, c.Candidates[0].Spread = nil, nil
		}
	}
	return c
}

// The page of clusters shows what was chosen, from what and how the others did; nothing where nothing was chosen.
func TestChoiceIsShown(t *testing.T) {
	in := fakeInput(60, false)
	page := func() string {
		var b bytes.Buffer
		if err := Write(t.Context(), &b, in, Defaults()); err != nil {
			t.Fatal(err)
		}
		checkPage(t, b.Bytes())
		return b.String()
	}
	if strings.Contains(page(), "was chosen from") {
		t.Error("a choice is shown that was not made")
	}
	in.Clusters[0].Choice = fakeChoice()
	got := page()
	for _, want := range []string{
		"k 9 was chosen from 4 candidates by the gap statistic with 10 reference data sets",
		"1 candidate has no score",
		`aria-label="Gap statistic by k: 5: `,
		`; 9 was chosen."`,
		`<i class="mark" style="left:26.67%"><span>9</span></i>`,
		`<p class="xname">k</p>`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestTicksOfCandidatesKeepApart(t *testing.T) {
	var bs []bin
	for k := range 99 {
		bs = append(bs, bin{x: float64(k + 2)})
	}
	ts := choiceTicks(bs, axis{low: 2, high: 100}, 0.5)
	for i, x := range ts {
		if math.Abs(x.At-0.5) < 0.05 || i > 0 && x.At-ts[i-1].At < 0.05 {
			t.Errorf("tick %v is too near", x)
		}
	}
	if len(ts) < 10 {
		t.Errorf("only %d ticks", len(ts))
	}
}
