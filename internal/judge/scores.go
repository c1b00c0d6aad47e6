package judge

import (
	"context"
	"fmt"
	"slices"

	"fashionpipe/eval"
	"fashionpipe/formats"
	"fashionpipe/model/cluster"
)

// retrieval judges the neighbours that each model gives, and the difference of both.
func (j *judge) retrieval(ctx context.Context) error {
	if len(j.by) == 0 {
		return nil
	}
	s, err := j.search()
	if err != nil {
		return err
	}
	o := eval.Retrieval{K: j.K, Metric: j.Metric, Queries: s.queries, Gallery: s.gallery, Own: s.own,
		Seed: j.Bootstrap.Seed, Workers: j.Bootstrap.Workers, Start: j.Start, Done: j.Done}
	judged := make([][]eval.Judged, len(j.models)) // by model, then by kind of label
	for m, model := range j.models {
		if judged[m], err = o.Judge(ctx, model.vectors(), model.Dim, s.labels...); err != nil {
			return fmt.Errorf("judging %s: %w", model.Role, err)
		}
	}
	for b, by := range j.by {
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

// place is where among the models the one of a role is.
func (j *judge) place(role string) int {
	return slices.IndexFunc(j.models, func(m Model) bool { return m.Role == role })
}

// scores adds what the models reach by one kind of label.
func (j *judge) scores(ctx context.Context, by string, measures []string, judged []eval.Judged) error {
	first := judged[0] // the queries, and those skipped, follow from the labels: all models have the same
	if first.Skipped > 0 {
		j.tell.Warnf("skipped ("+by+")", "%d of %d queries have no positive and are in no measure", first.Skipped, first.Skipped+len(first.Queries))
	}
	var values [][][]float64
	for _, m := range judged {
		values = append(values, m.Values)
	}
	scores, differences, err := j.Bootstrap.Compare(ctx, values, len(measures), groupsOf(j.groups, first.Queries))
	if err != nil {
		return err
	}
	for i, measure := range measures {
		for m, model := range j.models {
			v := scores[m][i]
			j.metrics.Retrieval = append(j.metrics.Retrieval, formats.RetrievalScore{
				Role: model.Role, By: by, Measure: measure, Value: v.Value, Low: v.Low, High: v.High, Chance: first.Chance[i],
				Queries: len(first.Queries), Skipped: first.Skipped,
			})
		}
	}
	for i, d := range differences {
		j.metrics.Difference = append(j.metrics.Difference, formats.Difference{By: by, Measure: measures[i], Value: d.Value, Low: d.Low, High: d.High})
	}
	return nil
}

// silhouetteSample is the most rows silhouettes are taken of: all pairs of them are measured.
const silhouetteSample = 2000

// clustering judges one clustering against each kind of label, and by its silhouette in the space it was made in.
func (j *judge) clustering(ctx context.Context, c Clustering, of Model, name string) error {
	add := func(by, measure string, v eval.Interval) {
		j.metrics.Clusters = append(j.metrics.Clusters, formats.ClusterScore{
			Role: of.Role, Clusters: c.Digest, Label: name, Algorithm: c.Meta.Algorithm, K: c.Meta.K, By: by, Measure: measure,
			Value: v.Value, Low: v.Low, High: v.High,
		})
	}
	for b, by := range j.by {
		values, err := j.Bootstrap.AgreementIntervals(ctx, j.labels[b], c.Cluster, j.groups)
		if err != nil {
			return err
		}
		for i, v := range values {
			add(by, eval.Agreement[i], v)
		}
	}
	data := of.Data
	if c.Meta.Normalised && !of.Meta.Normalised {
		data = cluster.Normalise(data, of.Dim)
	}
	rows, values, err := eval.Silhouette(ctx, data, of.Dim, c.Cluster, silhouetteSample, j.Bootstrap.Seed, j.Bootstrap.Workers)
	if err != nil {
		return err
	}
	v, err := j.Bootstrap.Mean(ctx, values, groupsOf(j.groups, rows))
	if err != nil {
		return err
	}
	add("", "silhouette", v)
	return nil
}
