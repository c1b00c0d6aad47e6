package stages

import (
	"context"
	"fmt"
	"math"
	"slices"

	"fashionpipe/eval"
	"fashionpipe/formats"
	"fashionpipe/internal/nearest"
)

// retrieval judges the neighbours that each model gives, and the difference of both.
func (j *judge) retrieval(ctx context.Context) error {
	if len(j.by) == 0 {
		return nil
	}
	s, t := j.params, j.task
	queries, err := j.from("queries", s.Queries)
	if err != nil {
		return err
	}
	gallery, err := j.from("gallery", s.Gallery)
	if err != nil {
		return err
	}
	o := eval.Retrieval{K: s.K, Metric: nearest.Metric(s.Metric), Queries: queries, Gallery: gallery, Seed: t.Seed, Workers: t.Workers,
		Start: func(n int) { t.Report.Start(n, "queries") }, Done: t.Report.Add}
	judged := make([][]eval.Judged, len(j.models)) // by model, then by kind of label
	for m, model := range j.models {
		if judged[m], err = o.Judge(ctx, model.Data, model.Dim, j.labels...); err != nil {
			return fmt.Errorf("judging %s: %w", model.role, err)
		}
	}
	for b, by := range j.by {
		if skipped := judged[0][b].Skipped; skipped > 0 {
			t.Warnf("skipped ("+by+")", "%d of %d queries have no positive and are in no measure", skipped, skipped+len(judged[0][b].Queries))
		}
		byModel := make([]eval.Judged, len(judged))
		for m := range judged {
			byModel[m] = judged[m][b]
		}
		if err := j.scores(ctx, by, o.Measures(), byModel); err != nil {
			return err
		}
	}
	// by model first, as people read it
	slices.SortStableFunc(j.metrics.Retrieval, func(a, b formats.RetrievalScore) int { return j.place(a.Role) - j.place(b.Role) })
	return nil
}

func (j *judge) place(role string) int {
	return slices.IndexFunc(j.models, func(m judgedModel) bool { return m.role == role })
}

// scores adds what the models reach by one kind of label. All models' values of a query stand in one row, so that a
// resample draws the same queries for all of them.
func (j *judge) scores(ctx context.Context, by string, measures []string, judged []eval.Judged) error {
	rows := make([][]float64, len(judged[0].Queries))
	for i := range rows {
		for _, m := range judged {
			rows[i] = append(rows[i], m.Values[i]...)
		}
	}
	means, replicates, err := j.bootstrap.Means(ctx, rows)
	if err != nil {
		return err
	}
	if len(rows) == 0 { // no query had a positive
		means, replicates = make([]float64, len(judged)*len(measures)), make([][]float64, len(judged)*len(measures))
		for i := range means {
			means[i] = math.NaN()
		}
	}
	for i, measure := range measures {
		for m, model := range j.models {
			at := m*len(measures) + i
			v := j.bootstrap.Percentile(means[at], replicates[at])
			j.metrics.Retrieval = append(j.metrics.Retrieval, formats.RetrievalScore{
				Role: model.role, By: by, Measure: measure, Value: v.Value, Low: v.Low, High: v.High,
				Queries: len(rows), Skipped: judged[m].Skipped,
			})
		}
		if len(j.models) == 2 {
			other := len(measures) + i
			d := j.bootstrap.Percentile(means[i]-means[other], minus(replicates[i], replicates[other]))
			j.metrics.Difference = append(j.metrics.Difference, formats.Difference{By: by, Measure: measure, Value: d.Value, Low: d.Low, High: d.High})
		}
	}
	return nil
}

func minus(a, b []float64) []float64 {
	d := make([]float64, len(a))
	for i := range a {
		d[i] = a[i] - b[i]
	}
	return d
}

// silhouetteSample is the most rows silhouettes are taken of: all pairs of them are measured.
const silhouetteSample = 2000

// clusters judges one clustering against each kind of label, and by its silhouette in the space it was made in.
func (j *judge) clusters(ctx context.Context, c clustering) error {
	add := func(by, measure string, v eval.Interval) {
		j.metrics.Clusters = append(j.metrics.Clusters, formats.ClusterScore{
			Role: c.model.role, Algorithm: c.Meta.Algorithm, K: c.Meta.K, By: by, Measure: measure, Value: v.Value, Low: v.Low, High: v.High,
		})
	}
	for b, by := range j.by {
		table, err := eval.Tabulate(j.labels[b], c.Cluster)
		if err != nil {
			return err
		}
		values, err := j.bootstrap.AgreementIntervals(ctx, table)
		if err != nil {
			return err
		}
		for i, v := range values {
			add(by, eval.Agreement[i], v)
		}
	}
	data := vectors(c.model.Embeddings, c.Meta.Normalised && !c.model.Meta.Normalised)
	values, err := eval.Silhouette(ctx, data, c.model.Dim, c.Cluster, silhouetteSample, j.task.Seed, j.task.Workers)
	if err != nil {
		return err
	}
	v := eval.Interval{Value: math.NaN(), Low: math.NaN(), High: math.NaN()}
	if len(values) > 0 {
		rows := make([][]float64, len(values))
		for i := range values {
			rows[i] = values[i : i+1]
		}
		means, replicates, err := j.bootstrap.Means(ctx, rows)
		if err != nil {
			return err
		}
		v = j.bootstrap.Percentile(means[0], replicates[0])
	}
	add("", "silhouette", v)
	return nil
}
