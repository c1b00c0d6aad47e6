package report

import (
	"fmt"
	"math"

	"fashionpipe/formats"
)

// training is how an encoder came to be.
type training struct {
	Info      formats.EncoderInfo
	Name      string
	Collapsed bool
	Facts     []fact
	Charts    []*chart
}

// fact is a name and a value.
type fact struct{ Name, Value, Note string }

func newTraining(e *EncoderTable) *training {
	if e == nil {
		return nil
	}
	i := e.Info
	t := &training{Info: i, Name: modelName(i.Name, i.Random), Collapsed: i.Collapsed}
	t.Facts = []fact{
		{"architecture", fmt.Sprintf("%s, width %d", i.Arch, i.Width), ""},
		{"feature", plural(i.Dim, "dimension", "dimensions"), ""},
		{"loss", i.Loss, ""},
		trainedFact(e),
		{"photos", count(i.Images), ""},
		{"input", inputSize(i), ""},
	}
	if v := i.Validation; v != nil {
		t.Facts = append(t.Facts, fact{"recall@1, validation", decimal(v.Recall, 3), "by " + v.By + ", " + plural(v.Rows, "photo", "photos") + "; chance " + decimal(v.Chance, 3)})
	}
	t.Facts = append(t.Facts, collapseFacts(i)...)
	t.Charts = charts(e)
	return t
}

// kept is the step whose weights the encoder has, where training went on after it.
func kept(e *EncoderTable) (step int, earlier bool) {
	n := len(e.History)
	return e.Info.Steps, n > 0 && int(e.History[n-1].Step) > e.Info.Steps
}

// trainedFact says how long it was trained, and, of an encoder that is not the last of its training, which it is.
func trainedFact(e *EncoderTable) fact {
	i := e.Info
	f := fact{"trained", fmt.Sprintf("%s, %s", plural(i.Epochs, "epoch", "epochs"), plural(i.Steps, "step", "steps")), ""}
	if step, earlier := kept(e); earlier {
		last := e.History[len(e.History)-1]
		f.Value = fmt.Sprintf("epoch %d of %d, the best", i.Epochs, last.Epoch)
		f.Note = fmt.Sprintf("step %s of %s; values are those of this epoch", count(step), count(int(last.Step)))
	}
	return f
}

func inputSize(i formats.EncoderInfo) string {
	s := fmt.Sprintf("whole photo %d px", i.Size)
	if i.CellSize > 0 {
		s += fmt.Sprintf(", cell %d px", i.CellSize)
	}
	return s
}

// collapseFacts are the measures at the end of training, each with what it should be.
func collapseFacts(i formats.EncoderInfo) []fact {
	var fs []fact
	add := func(v float64, name, value, note string) {
		if !math.IsNaN(v) {
			fs = append(fs, fact{name, value, note})
		}
	}
	c := i.Collapse
	add(c.StdRatio, "feature spread × √d", decimal(c.StdRatio, 3), "near 1 healthy, 0 collapsed")
	add(c.EffectiveRank, "effective rank", decimal(c.EffectiveRank, 1), fmt.Sprintf("of at most %d; 1 collapsed", i.Dim))
	add(c.PairRatio, "pair ratio", decimal(c.PairRatio, 3), "near 0 good, 1 useless")
	add(c.LogNorm, "log of the mean norm", decimal(c.LogNorm, 2), "falling: norms shrink")
	return fs
}

// charts draws each measure of the history that was measured at all.
func charts(e *EncoderTable) []*chart {
	var cs []*chart
	step, earlier := kept(e)
	add := func(title, note string, log bool, get func(formats.HistoryRow) float64, refs ...reference) {
		var ps []point
		for _, h := range e.History {
			if v := get(h); !math.IsNaN(v) && !math.IsInf(v, 0) {
				ps = append(ps, point{float64(h.Step), v})
			}
		}
		if len(ps) == 0 {
			return
		}
		c := newChart(title, ps, log, refs...)
		if earlier {
			c.keep(ps, float64(step))
		}
		c.Note = note
		cs = append(cs, c)
	}
	add("Loss", "per step", true, func(h formats.HistoryRow) float64 { return h.Loss })
	if v := e.Info.Validation; v != nil {
		add("Recall@1", "by "+v.By+", validation", false, func(h formats.HistoryRow) float64 { return h.Recall },
			reference{v.Chance, "chance", "bad"})
	}
	add("Learning rate", "the number is the peak", false, func(h formats.HistoryRow) float64 { return h.LR })
	if n := len(cs); n > 0 && cs[n-1].Title == "Learning rate" {
		cs[n-1].Last = short(highestRate(e.History))
	}
	add("Feature spread", "std × √d, unit length", false,
		func(h formats.HistoryRow) float64 { return h.FeatureStd * math.Sqrt(float64(e.Info.Dim)) },
		reference{1, "1, evenly spread", "good"}, reference{0, "0, collapsed", "bad"})
	add("Effective rank", fmt.Sprintf("of at most %d", e.Info.Dim), false,
		func(h formats.HistoryRow) float64 { return h.EffectiveRank }, reference{1, "1, collapsed", "bad"})
	add("Pair ratio", "MSE, pairs ÷ random pairs", false,
		func(h formats.HistoryRow) float64 { return h.PairRatio }, reference{1, "1, useless", "bad"})
	add("Category", "accuracy of the head, training photos", false,
		func(h formats.HistoryRow) float64 { return h.CategoryAccuracy })
	add("Category, validation", "accuracy of the head, validation photos", false,
		func(h formats.HistoryRow) float64 { return h.ValidationCategoryAccuracy })
	add("Colours", "histogram intersection, training photos", false,
		func(h formats.HistoryRow) float64 { return h.ColourOverlap })
	add("Colours, validation", "histogram intersection, validation photos", false,
		func(h formats.HistoryRow) float64 { return h.ValidationColourOverlap })
	add("Log norm", "of the mean; falling: features shrink", false,
		func(h formats.HistoryRow) float64 { return h.LogNorm })
	arrange(cs, e.Info.Validation != nil)
	return cs
}

// highestRate is what the learning rate rises to: at the end it often is next to 0, which says little.
func highestRate(history []formats.HistoryRow) float64 {
	highest := math.Inf(-1)
	for _, h := range history {
		if !math.IsNaN(h.LR) {
			highest = math.Max(highest, h.LR)
		}
	}
	return highest
}

// arrange fills the first line with loss and learning rate, or with loss, recall and learning rate.
func arrange(cs []*chart, recall bool) {
	first := []string{"wide", "half"}
	if recall {
		first = []string{"half", "half", "half"}
	}
	for i, class := range first[:min(len(first), len(cs))] {
		cs[i].Class = class
	}
}
