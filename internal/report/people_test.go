package report

import (
	"strings"
	"testing"

	"fashionpipe/formats"
)

// TestPeople wants the section and the tile of what people said.
func TestPeople(t *testing.T) {
	rate, low, high, alpha := 0.7, 0.55, 0.8, -0.1
	j := &formats.Judgements{K: 5, Tally: formats.Tally{Won: 14, Lost: 6, Same: 4}, Queries: 12, Shared: 12,
		Judges:  []formats.Judge{{Name: "<Anna>", Tally: formats.Tally{Won: 14, Lost: 6}, Seconds: 2.25}, {Name: "Bert", Tally: formats.Tally{Same: 4}}},
		WinRate: &rate, Low: &low, High: &high, Interval: "bootstrap", Confidence: 0.95, Resamples: 10_000, P: 0.0004,
		Agreement: &alpha, Measure: "krippendorff_alpha"}
	in := fakeInput(40, false)
	in.Judgements = j
	page, root := write(t, in, Defaults())
	if !strings.Contains(sections(root), "people") {
		t.Errorf("sections %s", sections(root))
	}
	for _, want := range []string{
		"people prefer ours", "0.700 [0.550,\u00a00.800] of 20 preferences", "p &lt; 0.001", "agreement (Krippendorff&#39;s α)", "−0.10 over 12 queries", "&lt;Anna&gt;",
		"10,000 resamples of queries", "win rate of our neighbours over the baseline&#39;s", ">–</td>",
	} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page doesn't say %q", want)
		}
	}
	in.Judgements = &formats.Judgements{P: 1}
	if page, _ := write(t, in, Defaults()); !strings.Contains(string(page), "Nobody has judged these results yet") {
		t.Error("a page without answers doesn't say so")
	}
}

func TestPeopleVerdict(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		want      string
	}{{0.51, 0.9, "up"}, {0.2, 0.49, "down"}, {0.5, 0.9, "same"}, {0.3, 0.7, "same"}} {
		j := &formats.Judgements{WinRate: &c.low, Low: &c.low, High: &c.high}
		if got := peopleVerdict(j).Class; got != c.want {
			t.Errorf("[%v, %v]: %s, want %s", c.low, c.high, got, c.want)
		}
	}
	if v := peopleVerdict(&formats.Judgements{}); v.Text != "too few answers" {
		t.Error(v)
	}
}
