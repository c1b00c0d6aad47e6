package report

import (
	"math"
	"testing"
)

// TestTrainingCharts: recall stands beside the loss where there was a validation, and nowhere else.
func TestTrainingCharts(t *testing.T) {
	e := fakeEncoder(false)
	cs := charts(e)
	if len(cs) != 7 || cs[1].Title != "Recall@1" || cs[1].Class != "half" || cs[1].Lines[0].Text != "chance" || cs[1].Note != "by garment, validation" {
		t.Errorf("%d charts, the second is %+v", len(cs), cs[1])
	}
	e.Info.Validation = nil
	for i := range e.History {
		e.History[i].Recall = math.NaN()
	}
	if cs = charts(e); len(cs) != 6 || cs[0].Class != "wide" || cs[1].Title != "Learning rate" {
		t.Errorf("%d charts, the second is %+v", len(cs), cs[1])
	}
}
