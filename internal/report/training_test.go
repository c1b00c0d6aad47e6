package report

import (
	"math"
	"slices"
	"strings"
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

// An encoder that was kept from an earlier epoch is told as that, with its values and its place in the charts.
func TestTrainingKeptEarlier(t *testing.T) {
	e := fakeEncoder(false)
	for _, c := range charts(e) {
		if c.Mark != nil {
			t.Errorf("%s has a mark at an encoder that is the last", c.Title)
		}
	}
	e.Info.Epochs, e.Info.Steps = 2, 200
	e.Info.Validation.Recall = e.History[199].Recall
	v := newTraining(e)
	if i := slices.IndexFunc(v.Facts, func(f fact) bool { return f.Value == "epoch 2 of 5, the best" }); i < 0 || !strings.Contains(v.Facts[i].Note, "step 200 of 500") {
		t.Errorf("%+v", v.Facts)
	}
	want := map[string]string{"Loss": short(e.History[199].Loss), "Recall@1": short(e.History[199].Recall), "Learning rate": "0.001"}
	for _, c := range v.Charts {
		if c.Mark == nil || math.Abs(c.Mark.At-199.0/499) > 1e-9 {
			t.Errorf("%s: mark %+v", c.Title, c.Mark)
		}
		if w := want[c.Title]; w != "" && c.Last != w {
			t.Errorf("%s shows %s, want %s", c.Title, c.Last, w)
		}
	}
}

// The spread has one scale in the facts and in its chart: 1 is evenly spread.
func TestSpreadHasOneScale(t *testing.T) {
	e := fakeEncoder(false)
	last := e.History[len(e.History)-1].FeatureStd * math.Sqrt(float64(e.Info.Dim))
	for _, c := range charts(e) {
		if strings.HasPrefix(c.Title, "Feature spread") && c.Last != short(last) {
			t.Errorf("the chart shows %s, want %s", c.Last, short(last))
		}
	}
}
