package model

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"fashionpipe/formats"
)

// scripted gives scores from a list by the number of the epoch it is asked for, and counts its calls.
type scripted struct {
	scores []float64 // per epoch, from 0: before training
	every  int
	calls  int
}

func (s *scripted) validation(im Images) *Validation {
	return &Validation{Images: im, Rows: []int{1, 3, 4}, Score: func(_ context.Context, features []float32, dim int) (float64, error) {
		if len(features) != 3*dim || norm(features[:dim]) == 0 {
			return 0, fmt.Errorf("%d features", len(features))
		}
		s.calls++
		return s.scores[(s.calls-1)*s.every], nil
	}}
}

func patient(epochs, patience, every int) TrainConfig {
	cfg := smallConfig("mse")
	cfg.Epochs, cfg.Patience, cfg.JudgeEvery, cfg.Schedule = epochs, patience, every, "constant"
	return cfg
}

// TestPatienceKeepsBestEpoch: the encoder of a training with patience is what a training of that many epochs gives, with the
// measures of then, and the history goes on to where it stopped.
func TestPatienceKeepsBestEpoch(t *testing.T) {
	im := newFakeImages(16, 16, 16)
	for _, c := range []struct {
		scores                      []float64
		epochs, patience, every     int
		wantEpoch, wantEnd, wantAll int
	}{
		{[]float64{0.9, 0.1, 0.4, 0.3, 0.2, 0.9}, 5, 2, 1, 2, 4, 5},  // the encoder before training doesn't count
		{[]float64{0, 0.1, 0.2, 0.2, 0.3, 0.1}, 5, 2, 1, 4, 5, 6},    // as good isn't better; the end comes before patience ends
		{[]float64{0, 0, 0.2, 0, 0.1, 0, 0.3}, 6, 2, 2, 2, 4, 3},     // every other epoch
		{[]float64{0, 0.1, 0.2, 0.3, 0.2, 0.1, 0}, 6, 0, 1, 6, 6, 7}, // no patience: the last
	} {
		s := &scripted{scores: c.scores, every: c.every}
		var said []string
		r := mustTrain(t, im, patient(c.epochs, c.patience, c.every), Hooks{Validation: s.validation(im), Say: func(x string) { said = append(said, x) }})
		if last := r.History[len(r.History)-1]; int(last.Epoch) != c.wantEnd || r.Info.Epochs != c.wantEpoch || s.calls != c.wantAll {
			t.Errorf("%+v: ended after epoch %d, kept %d, validated %d times", c, last.Epoch, r.Info.Epochs, s.calls)
		}
		if early := c.wantEnd < c.epochs; early != strings.Contains(fmt.Sprint(said), "stops after epoch") {
			t.Errorf("%+v: said %q", c, said)
		}
		want := mustTrain(t, im, patient(c.wantEpoch, 0, 0), Hooks{})
		if !bytes.Equal(bytesOf(t, r), bytesOf(t, want)) {
			t.Errorf("%+v: other weights than those of %d epochs", c, c.wantEpoch)
		}
		if r.Info.Steps != want.Info.Steps || r.Info.Collapse != want.Info.Collapse || r.Info.Name != want.Info.Name {
			t.Errorf("%+v: info %+v, want %+v", c, r.Info, want.Info)
		}
		for _, row := range r.History {
			measured := row.Step%2 == 0 && int(row.Epoch)%c.every == 0
			if got := !math.IsNaN(row.Recall); got != measured || got && row.Recall != c.scores[row.Epoch] {
				t.Errorf("%+v: row %+v", c, row)
			}
		}
	}
}

// TestPatienceResumes stops a training with patience at every step in turn, also after its best epoch; the result is the same.
func TestPatienceResumes(t *testing.T) {
	im := newFakeImages(16, 16, 16)
	cfg := patient(6, 2, 1)
	cfg.EMA = 0.5
	judge := func(ctx context.Context, features []float32, dim int) (float64, error) {
		return float64(features[0]), nil // of the weights alone, so it is the same however often training was stopped
	}
	hooks := func(h Hooks) Hooks {
		h.Validation = &Validation{Images: im, Rows: []int{2, 5}, Score: judge}
		return h
	}
	whole := mustTrain(t, im, cfg, hooks(Hooks{}))
	end := len(whole.History) - 1
	if whole.Info.Epochs == int(whole.History[end].Epoch) || end == 12 {
		t.Fatalf("kept epoch %d of %d: the test wants one that stops early", whole.Info.Epochs, whole.History[end].Epoch)
	}
	for steps := 1; steps < end; steps++ {
		dir := t.TempDir()
		ctx, add := stopAfter(steps * cfg.Batch)
		if _, err := Train(ctx, open(t, "cpu"), im, cfg, hooks(Hooks{Scratch: dir, Add: add})); !errors.Is(err, context.Canceled) {
			t.Fatalf("stopped training: %v", err)
		}
		r := mustTrain(t, im, cfg, hooks(Hooks{Scratch: dir}))
		if !bytes.Equal(bytesOf(t, r), bytesOf(t, whole)) || r.Info != whole.Info {
			t.Errorf("stopped after step %d: other weights, or %+v, want %+v", steps, r.Info, whole.Info)
		}
		for i := range whole.History {
			if len(r.History) != len(whole.History) || !sameRow(r.History[i], whole.History[i]) {
				t.Fatalf("stopped after step %d: other history", steps)
			}
		}
	}
}

func TestValidationRefuses(t *testing.T) {
	im := newFakeImages(4, 16, 16)
	fail := &Validation{Images: im, Rows: []int{0}, Score: func(context.Context, []float32, int) (float64, error) { return math.NaN(), nil }}
	large := &Validation{Images: newFakeImages(4, 32, 16), Rows: []int{0}}
	for want, h := range map[string]Hooks{
		"patience needs images to validate on":           {},
		"have 32 pixels, and those to learn from 16":     {Validation: large},
		"validation after training step 0: the score is": {Validation: fail},
	} {
		if _, err := Train(t.Context(), open(t, "cpu"), im, patient(2, 1, 1), h); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// TestLive: what is shown beside the bar holds the last measures.
func TestLive(t *testing.T) {
	im := newFakeImages(16, 16, 16)
	var shown []string
	s := &scripted{scores: []float64{0.5, 0.125, 0.25}, every: 1}
	r := mustTrain(t, im, patient(2, 0, 1), Hooks{Validation: s.validation(im), Live: func(x string) { shown = append(shown, x) }})
	if len(shown) != 4 || !strings.HasPrefix(shown[0], "loss ") || !strings.Contains(shown[0], ", recall@1 0.500, epoch 1/2, rank ") {
		t.Errorf("%q", shown)
	}
	last := func(r formats.HistoryRow) string {
		return fmt.Sprintf(", recall@1 0.250, epoch 2/2, rank %.1f, spread ", r.EffectiveRank)
	}
	if want := last(r.History[len(r.History)-1]); !strings.Contains(shown[3], want) {
		t.Errorf("%q, want %q", shown[3], want)
	}
}
