package judge

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"fashionpipe/eval"
	"fashionpipe/formats"
)

// byBackground is what differences of measures of the background go by.
const byBackground = "background"

// background judges how much of each model's neighbours the background explains: by the scenes of the rows, where they
// have some, and by ours made of the same photos without background, where that is given.
func (j *judge) background(ctx context.Context) error {
	if err := j.scenes(ctx); err != nil || j.Masked == nil {
		return err
	}
	return j.overlap(ctx)
}

// scenes judges by the number of the background, which synth gives rows.
func (j *judge) scenes(ctx context.Context) error {
	labels := j.models[0].Labels
	garments, scenes, known := make([]string, len(labels)), make([]int32, len(labels)), false
	for i, l := range labels {
		garments[i], scenes[i] = l.Garment(), l.Scene
		known = known || l.Scene > 0
	}
	if !known {
		return nil
	}
	queries, gallery, err := j.whose()
	if err != nil {
		return err
	}
	o := eval.Background{K: j.K, Metric: j.Metric, Queries: queries, Gallery: gallery,
		Seed: j.Bootstrap.Seed, Workers: j.Bootstrap.Workers, Start: j.Start, Done: j.Done}
	var judged []eval.Judged
	for _, m := range j.models {
		b, err := o.Judge(ctx, m.Data, m.Dim, garments, scenes)
		if err != nil {
			return fmt.Errorf("judging %s by scenes: %w", m.Role, err)
		}
		judged = append(judged, b)
	}
	if len(judged[0].Queries) == 0 {
		j.tell.Warnf("scenes", "no garment is before several scenes that other garments are before too: nothing says how much the background counts")
	}
	return j.addBackground(ctx, o.Measures(), judged)
}

// overlap compares the neighbours of ours with those of the same photos without background.
func (j *judge) overlap(ctx context.Context) error {
	ours, masked := j.models[0], *j.Masked
	if err := sameRows([]Model{ours, masked}); err != nil {
		return fmt.Errorf("%w (rows that can't be masked are kept by decode unless it says unmasked: reject)", err)
	}
	if masked.Digest == ours.Digest {
		return errors.New("masked is ours itself: it must be embeddings of the same photos decoded with mask: polygon")
	}
	queries, gallery, err := j.whose()
	if err != nil {
		return err
	}
	o := eval.Overlap{K: j.K, Metric: j.Metric, Queries: queries, Gallery: gallery,
		Seed: j.Bootstrap.Seed, Workers: j.Bootstrap.Workers, Start: j.Start, Done: j.Done}
	judged, err := o.Judge(ctx, ours.Data, ours.Dim, masked.Data, masked.Dim)
	if err != nil {
		return fmt.Errorf("judging ours against masked: %w", err)
	}
	return j.addBackground(ctx, o.Measures(), []eval.Judged{judged})
}

// addBackground adds what the first models, as many as were judged, reach.
func (j *judge) addBackground(ctx context.Context, measures []string, judged []eval.Judged) error {
	first := judged[0] // the queries follow from labels: all models have the same
	var values [][][]float64
	for _, m := range judged {
		values = append(values, m.Values)
	}
	scores, differences, err := j.Bootstrap.Compare(ctx, values, len(measures), groupsOf(j.groups, first.Queries))
	if err != nil {
		return err
	}
	for m := range judged {
		for i, measure := range measures {
			v := scores[m][i]
			j.metrics.Background = append(j.metrics.Background, formats.BackgroundScore{
				Role: j.models[m].Role, Measure: measure, Value: v.Value, Low: v.Low, High: v.High, Chance: first.Chance[i],
				Queries: len(first.Queries), Skipped: first.Skipped,
			})
		}
	}
	for i, d := range differences {
		j.metrics.Difference = append(j.metrics.Difference,
			formats.Difference{By: byBackground, Measure: measures[i], Value: d.Value, Low: d.Low, High: d.High})
	}
	return nil
}

// whose are the rows of ours to judge and to be found, as asked for; nil for all. With a gallery of other photos the queries
// are judged among themselves.
func (j *judge) whose() (queries, gallery []bool, err error) {
	labels := j.models[0].Labels
	if queries, err = from("queries", j.Queries, labels); err != nil {
		return nil, nil, err
	}
	if j.models[0].Gallery != nil {
		return queries, queries, nil
	}
	gallery, err = from("gallery", j.Gallery, labels)
	return queries, gallery, err
}

// backgroundHeadlines tells the one number of each comparison.
func (j *judge) backgroundHeadlines() {
	texts := map[string]string{}
	said := []string{"sensitivity", "excess"}
	explained := fmt.Sprintf("explained@%d", slices.Max(j.K)) // a large neighbourhood varies least
	for _, s := range j.metrics.Background {
		if math.IsNaN(s.Value) || s.Measure != explained && !slices.Contains(said, s.Measure) {
			continue
		}
		if s.Role == Baseline {
			texts[s.Measure] += ", baseline "
		}
		texts[s.Measure] += withBounds("%.3f", s.Value, s.Low, s.High) + j.random(s.Role)
		if s.Measure == explained { // of few photos, random neighbours have hardly more in common
			texts[s.Measure] += fmt.Sprintf(", %.3f of neighbours at random", s.Chance)
		}
	}
	for _, d := range j.metrics.Difference {
		if d.By == byBackground && texts[d.Measure] != "" {
			texts[d.Measure] += ", difference " + withBounds("%+.3f", d.Value, d.Low, d.High)
		}
	}
	for _, measure := range said {
		if t := texts[measure]; t != "" {
			j.tell.Resultf("background "+measure, "%s", t)
		}
	}
	if t := texts[explained]; t != "" {
		j.tell.Resultf(explained+" by the background", "%s", t)
	}
}
