package judge

import (
	"fmt"
	"math"
	"slices"
)

// maxHeadlines is how many numbers a run ends with at most.
const maxHeadlines = 5

// headlines tells the few numbers that matter: recall at the smallest k by each kind of label, beside the baseline, then
// the agreement of the clusters with the first kind.
func (j *judge) headlines() {
	lines := 0
	for _, by := range j.by {
		measure := fmt.Sprintf("recall@%d", slices.Min(j.K))
		if text := j.recall(by, measure); text != "" {
			j.tell.Resultf(measure+" ("+by+")", "%s", text)
			lines++
		}
	}
	for _, c := range j.metrics.Clusters {
		if lines == maxHeadlines || c.Measure != "ami" || c.By != j.by[0] {
			continue
		}
		text := "AMI " + withBounds("%.3f", c.Value, c.Low, c.High)
		for _, n := range j.metrics.Clusters {
			if n.Measure == "nmi" && n.Clusters == c.Clusters && n.By == c.By {
				text += fmt.Sprintf(", NMI %.3f", n.Value)
			}
		}
		j.tell.Resultf(fmt.Sprintf("%s, %s (%s)", c.Role, c.Label, c.By), "%s%s", text, j.random(c.Role))
		lines++
	}
}

// recall is one measure by one kind of label, of all models; "" where nothing was measured.
func (j *judge) recall(by, measure string) string {
	text := ""
	for _, r := range j.metrics.Retrieval {
		if r.By != by || r.Measure != measure || math.IsNaN(r.Value) {
			continue
		}
		if r.Role == Baseline {
			text += ", baseline "
		}
		text += withBounds("%.3f", r.Value, r.Low, r.High) + j.random(r.Role)
	}
	for _, d := range j.metrics.Difference {
		if d.By == by && d.Measure == measure && !math.IsNaN(d.Value) {
			text += ", difference " + withBounds("%+.3f", d.Value, d.Low, d.High)
		}
	}
	if g := j.models[0].Gallery; g != nil && text != "" {
		text += fmt.Sprintf(", in a gallery of %d", g.Len())
	}
	return text
}

// random says so where a model was never trained.
func (j *judge) random(role string) string {
	if j.models[j.place(role)].Meta.Random {
		return " (random weights)"
	}
	return ""
}

// withBounds writes a value and its interval, where it has one: "0.612 [0.580, 0.644]".
func withBounds(format string, value, low, high float64) string {
	if math.IsNaN(low) {
		return fmt.Sprintf(format, value)
	}
	return fmt.Sprintf(format+" ["+format+", "+format+"]", value, low, high)
}
