package stages

import (
	"fmt"
	"slices"
	"strings"

	"fashionpipe/dag"
	"fashionpipe/eval"
	"fashionpipe/formats"
)

// judge is one run of the kind evaluate.
type judge struct {
	task      *dag.Task
	params    *evaluate
	bootstrap eval.Bootstrap
	models    []judgedModel // ours, then the baseline if there is one
	by        []string      // the kinds of label that rows have
	labels    [][]string    // one list per by, of one label per row
	metrics   formats.Metrics
}

type judgedModel struct {
	role   string // "ours" or "baseline"
	digest dag.Digest
	*formats.Embeddings
}

// readModels reads ours and the baseline, which must be of the same rows.
func (j *judge) readModels() error {
	for _, role := range []string{"ours", "baseline"} {
		in, ok := j.task.In.One(role)
		if !ok {
			continue
		}
		e, err := formats.ReadEmbeddings(in.Dir)
		if err != nil {
			return fmt.Errorf("reading %s: %w", role, err)
		}
		j.models = append(j.models, judgedModel{role, in.Digest, e})
		j.metrics.Models = append(j.metrics.Models, formats.MetricsModel{
			Role: role, Name: e.Meta.Model, Dim: e.Dim, Random: e.Meta.Random, Embeddings: string(in.Digest), Rows: e.Len(),
		})
	}
	if len(j.models) < 2 {
		return nil
	}
	ours, base := j.models[0], j.models[1]
	if ours.Len() != base.Len() {
		return fmt.Errorf("ours has %d rows and baseline %d: both must be embeddings of the same images", ours.Len(), base.Len())
	}
	for i := range ours.Labels {
		if a, b := ours.Labels[i].ID, base.Labels[i].ID; a != b {
			return fmt.Errorf("row %d of ours is %q, of baseline %q: both must be embeddings of the same images", i, a, b)
		}
	}
	return nil
}

// clustering is one of the clusterings to judge, with the model whose embeddings it is of.
type clustering struct {
	*formats.Clusters
	model judgedModel
}

func (j *judge) readClusters() ([]clustering, error) {
	var out []clustering
	for i, in := range j.task.In["clusters"] {
		c, err := formats.ReadClusters(in.Dir)
		if err != nil {
			return nil, fmt.Errorf("reading clusters: %w", err)
		}
		m := slices.IndexFunc(j.models, func(m judgedModel) bool { return string(m.digest) == c.Meta.Embeddings })
		if m < 0 {
			return nil, fmt.Errorf("clusters %d (%s of %q) are not of the embeddings in ours or baseline: connect clusters made from one of those", i+1, c.Meta.Algorithm, c.Meta.Model)
		}
		if n := j.models[m].Len(); len(c.Cluster) != n {
			return nil, fmt.Errorf("clusters %d have %d rows, their embeddings %d", i+1, len(c.Cluster), n)
		}
		out = append(out, clustering{c, j.models[m]})
	}
	return out, nil
}

// pickLabels takes the kinds of label asked for that at least one row has.
func (j *judge) pickLabels() {
	of := map[string]func(formats.Labels) string{
		"category": func(l formats.Labels) string { return l.Category },
		"garment":  formats.Labels.Garment,
	}
	var without []string
	for _, by := range j.params.By {
		var labels []string
		labelled := 0
		for _, l := range j.models[0].Labels {
			labels = append(labels, of[by](l))
			if labels[len(labels)-1] != "" {
				labelled++
			}
		}
		if labelled == 0 {
			without = append(without, by)
			continue
		}
		j.by, j.labels = append(j.by, by), append(j.labels, labels)
	}
	if len(without) > 0 {
		j.task.Warnf("labels", "no row has a %s: nothing is measured by it", strings.Join(without, " or a "))
	}
}

// from tells which rows have the source, nil for all; there must be one.
func (j *judge) from(param, source string) ([]bool, error) {
	if source == "all" {
		return nil, nil
	}
	which, n := make([]bool, len(j.models[0].Labels)), 0
	for i, l := range j.models[0].Labels {
		if which[i] = l.Source == source; which[i] {
			n++
		}
	}
	if n == 0 {
		return nil, fmt.Errorf("%s: %s, but no row is a %s photo: use %s: all", param, source, source, param)
	}
	return which, nil
}
