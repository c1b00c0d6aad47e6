package model

import (
	"bytes"
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"fashionpipe/formats"
)

// labelled has categories that the pixels tell, every fourth photo without one.
func labelled(n int) *fakeImages {
	im := newFakeImages(n, 16, 16)
	im.labels = func(i int) formats.Labels {
		if i%4 == 3 {
			return formats.Labels{}
		}
		red := 0
		for p := 0; p < len(im.whole[i]); p += 3 {
			red += int(im.whole[i][p])
		}
		return formats.Labels{Category: []string{"pale", "red"}[red/128/(len(im.whole[i])/3)]}
	}
	return im
}

func withTasks() TrainConfig {
	cfg := smallConfig("vicreg")
	cfg.Category, cfg.Colour = 0.5, 0.25
	return cfg
}

// TestTasksLearn: heads predict better than the mean of all photos, history has what they lose, and the weighted sum of both
// and the loss is what is minimised. The encoder has no heads.
func TestTasksLearn(t *testing.T) {
	cfg := withTasks()
	cfg.Epochs, cfg.Batch, cfg.LR = 15, 16, 1e-2
	live := ""
	r := mustTrain(t, labelled(64), cfg, Hooks{Live: func(s string) { live = s }})
	if len(r.Tasks) != 2 || r.Tasks[0].Name != "category" || r.Tasks[0].Photos != 48 || r.Tasks[1].Name != "colour" || r.Tasks[1].Photos != 64 {
		t.Fatalf("%+v", r.Tasks)
	}
	for _, s := range r.Tasks {
		t.Logf("%+v", s)
		if !(s.Score > 1.3*s.Plain) || s.Score > 1 {
			t.Errorf("%s scores %v, the mean of all %v", s.Name, s.Score, s.Plain)
		}
	}
	first, last := r.History[1], r.History[len(r.History)-1]
	if !(last.CategoryLoss < 0.7*first.CategoryLoss) || !(last.ColourLoss < 0.7*first.ColourLoss) || last.ColourLoss < 0 {
		t.Errorf("from %+v to %+v", first, last)
	}
	if last.CategoryAccuracy != r.Tasks[0].Score || last.ColourOverlap != r.Tasks[1].Score || !math.IsNaN(first.ColourOverlap) {
		t.Errorf("history: %+v", last)
	}
	if len(r.Weights) != len(resnet18.weights(cfg.Width, "")) {
		t.Errorf("%d weights in the encoder", len(r.Weights))
	}
	if !strings.Contains(live, ", category ") || !strings.Contains(live, ", colour ") {
		t.Errorf("live line %q", live)
	}
}

// TestTasksOnValidation: of photos that are not learnt from heads get the same score as of the same photos that are, when these are
// measured; what is not known of them, or of a category that was not learnt, doesn't count.
func TestTasksOnValidation(t *testing.T) {
	im, other := labelled(12), labelled(12)
	inner := other.labels
	other.labels = func(i int) formats.Labels {
		if i == 2 {
			return formats.Labels{Category: "green"}
		}
		return inner(i)
	}
	cfg := withTasks()
	cfg.Epochs, cfg.JudgeEvery = 3, 2
	judge := func(context.Context, []float32, int) (float64, error) { return 0.5, nil }
	all := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}
	r := mustTrain(t, im, cfg, Hooks{Validation: &Validation{Images: im, Rows: all, Score: judge}})
	for _, row := range r.History {
		if math.IsNaN(row.Recall) != math.IsNaN(row.ValidationColourOverlap) || math.IsNaN(row.Recall) != math.IsNaN(row.ValidationCategoryAccuracy) {
			t.Errorf("%+v", row)
		}
		if !math.IsNaN(row.Recall) && (!near(row.ValidationColourOverlap, row.ColourOverlap, 0) || row.ValidationCategoryAccuracy != row.CategoryAccuracy) {
			t.Errorf("the same photos score %+v", row)
		}
	}
	if len(r.Tasks) != 4 || !r.Tasks[1].Validation || r.Tasks[2].Validation || r.Tasks[1].Photos != 9 || r.Tasks[1].Plain != r.Tasks[0].Plain {
		t.Errorf("%+v", r.Tasks)
	}
	few := mustTrain(t, im, cfg, Hooks{Validation: &Validation{Images: other, Rows: []int{1, 2, 3}, Score: judge}})
	if s := few.Tasks[1]; s.Photos != 1 || s.Score != 0 && s.Score != 1 {
		t.Errorf("of one photo of a known category: %+v", s)
	}
	none := mustTrain(t, im, cfg, Hooks{Validation: &Validation{Images: other, Rows: []int{2, 3}, Score: judge}})
	if s := none.Tasks[1]; s.Photos != 0 || !math.IsNaN(s.Score) || none.Tasks[3].Photos != 2 {
		t.Errorf("of photos of no known category: %+v", none.Tasks)
	}
	if !bytes.Equal(bytesOf(t, r), bytesOf(t, none)) {
		t.Error("validation changes the weights")
	}
}

// TestTasksAddUp: the first step minimises the loss alone plus what heads lose by their weights.
func TestTasksAddUp(t *testing.T) {
	cfg := withTasks()
	cfg.Epochs, cfg.Batch = 1, 64
	with := mustTrain(t, labelled(64), cfg, Hooks{}).History[1]
	cfg.Category, cfg.Colour = 0, 0
	alone := mustTrain(t, labelled(64), cfg, Hooks{}).History[1]
	if want := alone.Loss + 0.5*with.CategoryLoss + 0.25*with.ColourLoss; !near(with.Loss, want, 0) {
		t.Errorf("the loss is %v, want %v", with.Loss, want)
	}
	if !math.IsNaN(alone.CategoryLoss) || !math.IsNaN(alone.ColourOverlap) {
		t.Errorf("history without heads: %+v", alone)
	}
}

// TestTasksResume: the bytes and the scores of training without a stop, also where averages are kept and batches accumulated.
func TestTasksResume(t *testing.T) {
	im := labelled(33)
	for _, cfg := range []TrainConfig{withTasks(), func() TrainConfig {
		cfg := withTasks()
		cfg.EMA, cfg.Accumulate, cfg.Batch = 0.99, 2, 4
		return cfg
	}()} {
		whole := mustTrain(t, im, cfg, Hooks{})
		dir := t.TempDir()
		ctx, add := stopAfter(20)
		if _, err := Train(ctx, open(t, "cpu"), im, cfg, Hooks{Scratch: dir, Add: add}); !errors.Is(err, context.Canceled) {
			t.Fatalf("stopped training: %v", err)
		}
		r := mustTrain(t, im, cfg, Hooks{Scratch: dir})
		if !bytes.Equal(bytesOf(t, r), bytesOf(t, whole)) || !slices.EqualFunc(r.History, whole.History, sameRow) {
			t.Error("other weights or history when stopped")
		}
		if !slices.Equal(r.Tasks, whole.Tasks) {
			t.Errorf("scores %+v, without a stop %+v", r.Tasks, whole.Tasks)
		}
	}
}

// TestNoCategories: photos of one category or none have nothing to tell apart.
func TestNoCategories(t *testing.T) {
	im := newFakeImages(8, 16, 16)
	for _, category := range []string{"", "skirt"} {
		im.labels = func(int) formats.Labels { return formats.Labels{Category: category} }
		_, err := Train(t.Context(), open(t, "cpu"), im, withTasks(), Hooks{})
		if err == nil || !strings.Contains(err.Error(), "set category to 0") {
			t.Errorf("%q: %v", category, err)
		}
	}
}

// TestBatchWithoutLabels: what the category head loses is 0 then, and so are its gradients.
func TestBatchWithoutLabels(t *testing.T) {
	im := labelled(16)
	inner := im.labels
	im.labels = func(i int) formats.Labels {
		if i < 14 {
			return formats.Labels{}
		}
		return formats.Labels{Category: inner(0).Category + string(rune('a'+i))}
	}
	cfg := withTasks()
	cfg.Batch, cfg.Epochs = 4, 1
	r := mustTrain(t, im, cfg, Hooks{})
	zero := 0
	for _, h := range r.History[1:] {
		if math.IsNaN(h.CategoryLoss) {
			t.Errorf("step %d: %v", h.Step, h.CategoryLoss)
		}
		if h.CategoryLoss == 0 {
			zero++
		}
	}
	if zero < 2 {
		t.Errorf("%d steps without a category, and 2 photos have one", zero)
	}
}

// TestHistogram: pixels in the middle of the parts of the cube, and at their edges.
func TestHistogram(t *testing.T) {
	p := make([]float32, 64)
	histogram([]byte{0, 0, 0, 63, 63, 63, 64, 127, 255, 255, 128, 191}, p)
	want := make([]float32, 64)
	want[0], want[1*16+1*4+3], want[3*16+2*4+2] = 0.5, 0.25, 0.25
	if !slices.Equal(p, want) {
		t.Errorf("%v, want %v", p, want)
	}
}
