package model

import (
	"context"
	"errors"
	"fmt"
	"math"

	"fashionpipe/formats"
)

// Validation judges a network in training on images that it does not learn from.
type Validation struct {
	Images Images
	Rows   []int // those it embeds, as whole photos
	// Score judges the features [len(Rows), dim]; more is better.
	Score func(ctx context.Context, features []float32, dim int) (float64, error)
}

// validator runs a Validation.
type validator struct {
	*Validation
	net      *inferencer // of a meter
	features []float32   // at the last score [len(Rows), dim]
	held     *held       // the rows, where the device keeps images; else nil
}

// newValidator uses the network that the meter has compiled for whole photos.
func newValidator(v *Validation, m *collapseMeter) (*validator, error) {
	size, err := viewSize(v.Images, Whole)
	if err != nil {
		return nil, err
	}
	if size != m.sizes[0] {
		return nil, fmt.Errorf("the images to validate on have %d pixels, and those to learn from %d: decode both with the same size", size, m.sizes[0])
	}
	return &validator{Validation: v, net: m.nets[0]}, nil
}

// score embeds the rows with the weights that the meter measured last, and judges them.
func (v *validator) score(ctx context.Context) (float64, error) {
	dim := v.net.dim
	v.features = make([]float32, len(v.Rows)*dim)
	err := v.net.each(ctx, v.Images, pick{view: Whole, rows: v.Rows}, v.held, func(j int, f []float32) error {
		copy(v.features[j*dim:], f)
		return finite("a feature", f)
	})
	if err != nil {
		return 0, err
	}
	score, err := v.Score(ctx, v.features, dim)
	if err == nil && math.IsNaN(score) {
		err = errors.New("the score is not a number")
	}
	return score, err
}

// validate adds to a row how the network, as the meter measured it last, does on the images to validate on.
func (t *trainer) validate(ctx context.Context, row *formats.HistoryRow) (err error) {
	if row.Recall, err = t.judge.score(ctx); err != nil {
		return err
	}
	scores, err := t.scoreTasks(t.judge.sample())
	if err != nil {
		return err
	}
	for i, task := range t.goal.tasks {
		_, _, validation := task.note(row)
		*validation = scores[i]
	}
	return nil
}

// sample is what was judged last.
func (v *validator) sample() sample { return sample{v.Images, v.Rows, v.features} }

// due says whether an epoch is one to validate after: before training, at every so many epochs, and at the end.
func (c TrainConfig) due(epoch int) bool {
	return epoch%max(c.JudgeEvery, 1) == 0 || epoch == c.Epochs
}

// bestEpoch is the first row of the best validation after an epoch of training, and the last row that was validated; -1 where there
// is none.
func bestEpoch(history []formats.HistoryRow) (best, last int) {
	best, last = -1, -1
	for i, r := range history {
		if r.Epoch == 0 || math.IsNaN(r.Recall) {
			continue
		}
		if last = i; best < 0 || r.Recall > history[best].Recall {
			best = i
		}
	}
	return best, last
}

// stopped says whether validation has not got better for as many epochs as patience allows.
func (t *trainer) stopped() bool {
	best, last := bestEpoch(t.history)
	return t.cfg.Patience > 0 && best >= 0 && int(t.history[last].Epoch-t.history[best].Epoch) >= t.cfg.Patience
}

// sayStopped tells that training ends early.
func (t *trainer) sayStopped() {
	best, last := bestEpoch(t.history)
	t.say("stops after epoch %d of %d: recall@1 was best after epoch %d, %.3f", t.history[last].Epoch, t.cfg.Epochs, t.history[best].Epoch, t.history[best].Recall)
}

// keepBest copies the weights if the last row of the history is the best so far.
func (t *trainer) keepBest() (err error) {
	if best, _ := bestEpoch(t.history); t.cfg.Patience > 0 && best == len(t.history)-1 {
		t.best, err = t.step.weights()
	}
	return err
}

// final is the row of the history whose weights the encoder keeps: the best where training has patience, else the last.
func (t *trainer) final() formats.HistoryRow {
	if best, _ := bestEpoch(t.history); t.cfg.Patience > 0 {
		return t.history[best]
	}
	return t.history[len(t.history)-1]
}
