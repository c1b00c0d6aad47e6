package model

import (
	"fmt"
	"math"

	"fashionpipe/formats"
)

// result is the encoder. What was trained beside it has done its work, and is no part of it.
func (t *trainer) result() (r *Trained, err error) {
	weights := t.best
	if t.cfg.Patience == 0 {
		if weights, err = t.step.weights(); err != nil {
			return nil, err
		}
	}
	r = &Trained{History: t.history, Final: t.final(), Tasks: t.taskScores(), Info: t.info()}
	for _, w := range weights {
		if err := finite(w.Name, w.Data); err != nil {
			return nil, fmt.Errorf("training diverged: %w: lower lr (%v)", err, t.cfg.LR)
		}
		r.Weights = append(r.Weights, formats.Tensor(w))
	}
	return r, nil
}

// origin says where training began, if not at random weights.
func (t *trainer) origin() string {
	if t.hooks.From == nil {
		return ""
	}
	return " from given weights"
}

func (t *trainer) info() formats.EncoderInfo {
	dim := t.goal.dim()
	measures := func(r formats.HistoryRow) formats.Collapse {
		return formats.Collapse{
			StdRatio:      r.FeatureStd * math.Sqrt(float64(dim)),
			EffectiveRank: r.EffectiveRank, LogNorm: r.LogNorm, PairRatio: r.PairRatio,
		}
	}
	final := t.final()
	info := formats.EncoderInfo{
		Arch: t.cfg.Arch, Width: t.cfg.Width, Size: t.meter.sizes[0], CellSize: t.meter.sizes[1], Dim: dim,
		Mean: imagenetMean, Std: imagenetStd,
		Name: fmt.Sprintf("%s, %s, %s", t.cfg.Arch, t.cfg.Loss, count(int(final.Epoch), "epoch")) + t.origin(),
		Loss: t.cfg.Loss, Epochs: int(final.Epoch), Steps: int(final.Step), Images: t.im.Len(),
		Collapse: measures(final),
	}
	info.Collapsed = collapsed(measures(t.history[0]), info.Collapse)
	return info
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
