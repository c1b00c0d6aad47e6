package model

import (
	"context"
	"fmt"
	"math"

	"fashionpipe/formats"
)

// measure adds to a row what is measured of the network as it is, and appends it.
func (t *trainer) measure(ctx context.Context, row formats.HistoryRow) error {
	c, dim, err := t.meter.measure(ctx, t.step.encoder())
	var scores []float64
	if err == nil {
		scores, err = t.scoreTasks(t.meter.sample())
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return fmt.Errorf("after training step %d: %w: if training diverged, lower lr (%v)", t.done, err, t.cfg.LR)
	}
	row.FeatureStd = c.StdRatio / math.Sqrt(float64(dim))
	row.EffectiveRank, row.LogNorm, row.PairRatio = c.EffectiveRank, c.LogNorm, c.PairRatio
	for i, task := range t.goal.tasks {
		_, score, _ := task.note(&row)
		*score = scores[i]
	}
	if t.judge != nil && t.cfg.due(int(row.Epoch)) {
		if err := t.validate(ctx, &row); err != nil {
			return fmt.Errorf("validation after training step %d: %w", t.done, err)
		}
	}
	t.history = append(t.history, row)
	return nil
}

// live shows the last step and the last measures, what matters most first.
func (t *trainer) live() {
	if t.hooks.Live == nil {
		return
	}
	row := t.history[len(t.history)-1]
	text := fmt.Sprintf("loss %.4g", row.Loss)
	last := func(format string, value func(formats.HistoryRow) float64) {
		for i := len(t.history) - 1; i >= 0; i-- {
			if v := value(t.history[i]); !math.IsNaN(v) {
				text += fmt.Sprintf(format, v)
				return
			}
		}
	}
	last(", recall@1 %.3f", func(r formats.HistoryRow) float64 { return r.Recall })
	text += fmt.Sprintf(", epoch %d/%d", row.Epoch, t.cfg.Epochs)
	for _, task := range t.goal.tasks {
		loss, _, _ := task.note(&row)
		text += fmt.Sprintf(", %s %.4g", task.name, *loss)
	}
	last(", rank %.1f", func(r formats.HistoryRow) float64 { return r.EffectiveRank })
	last(", spread %.3f", func(r formats.HistoryRow) float64 { return r.FeatureStd * math.Sqrt(float64(t.meter.nets[0].dim)) })
	t.hooks.Live(text)
}
