// Package judge turns embeddings and clusterings into metrics: it pairs rows, labels and groups with the measures of
// eval, and says the few numbers that matter. It must not know files, folders, or how an experiment is run.
package judge

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"fashionpipe/eval"
	"fashionpipe/formats"
	"fashionpipe/internal/nearest"
)

// The roles a model can have.
const (
	Ours     = "ours"
	Baseline = "baseline"
)

// Model is embeddings to judge.
type Model struct {
	Role   string // Ours or Baseline; of other embeddings their port
	Digest string // of the embeddings artifact
	*formats.Embeddings
	Gallery *Model // where neighbours of its rows are looked for; nil: among the rows themselves
}

// About is what metrics say of the model.
func (m Model) About() formats.MetricsModel {
	about := formats.MetricsModel{Role: m.Role, Name: m.Meta.Model, Dim: m.Dim, Random: m.Meta.Random, Embeddings: m.Digest, Rows: m.Len()}
	if m.Gallery != nil {
		about.Gallery, about.GalleryRows = m.Gallery.Digest, m.Gallery.Len()
	}
	return about
}

// Clustering is clusters to judge.
type Clustering struct {
	Digest string // of the clusters artifact
	*formats.Clusters
}

// Options say how to judge; they are the parameters of the kind evaluate, which documents them.
type Options struct {
	K                []int
	By               []string // "category", "garment"; empty for those that rows have
	Queries, Gallery string   // "all", or the source of the rows: "user", "shop"
	Metric           nearest.Metric
	Bootstrap        eval.Bootstrap // its Seed and Workers are those of everything
	Masked           *Model         // ours of the same photos without background; may be nil
	Start            func(queries int)
	Done             func(queries int)
}

// Teller takes what a person should know.
type Teller interface {
	Resultf(name, format string, args ...any)
	Warnf(name, format string, args ...any)
}

// judge is one judgement.
type judge struct {
	Options
	tell    Teller
	models  []Model    // ours, then the baseline if there is one
	by      []string   // the kinds of label that rows have
	labels  [][]string // one list per by, of one label per row
	groups  []int      // per row, what the bootstrap draws together
	metrics *formats.Metrics
}

// Judge measures ours, then the baseline if there is one, which must be of the same rows, and have a gallery of the same rows
// where ours has one, and clusterings of either.
func Judge(ctx context.Context, models []Model, clusterings []Clustering, o Options, tell Teller) (*formats.Metrics, error) {
	j := &judge{Options: o, tell: tell, models: models,
		metrics: &formats.Metrics{Confidence: o.Bootstrap.Confidence, Resamples: o.Bootstrap.Resamples}}
	for _, m := range models {
		j.metrics.Models = append(j.metrics.Models, m.About())
	}
	if err := sameRows(models); err != nil {
		return nil, err
	}
	if err := sameGalleries(models); err != nil {
		return nil, err
	}
	owners, err := j.owners(clusterings)
	if err != nil {
		return nil, err
	}
	j.pickLabels()
	j.groups = Pairs(models[0].Labels)
	if err := j.retrieval(ctx); err != nil {
		return nil, err
	}
	if err := j.background(ctx); err != nil {
		return nil, err
	}
	names := clusteringNames(clusterings)
	for i, c := range clusterings {
		if err := j.clustering(ctx, c, owners[i], names[i]); err != nil {
			return nil, err
		}
	}
	j.headlines()
	j.backgroundHeadlines()
	return j.metrics, nil
}

func sameRows(models []Model) error {
	if len(models) < 2 {
		return nil
	}
	ours, base := models[0], models[1]
	if ours.Len() != base.Len() {
		return fmt.Errorf("%s has %d rows and %s %d: both must be embeddings of the same images", ours.Role, ours.Len(), base.Role, base.Len())
	}
	for i := range ours.Labels {
		if a, b := ours.Labels[i].ID, base.Labels[i].ID; a != b {
			return fmt.Errorf("row %d of %s is %q, of %s %q: both must be embeddings of the same images", i, ours.Role, a, base.Role, b)
		}
	}
	return nil
}

// owners finds the model whose embeddings each clustering is of.
func (j *judge) owners(clusterings []Clustering) ([]Model, error) {
	var out []Model
	for i, c := range clusterings {
		m := slices.IndexFunc(j.models, func(m Model) bool { return m.Digest == c.Meta.Embeddings })
		if m < 0 {
			return nil, fmt.Errorf("clusters %d (%s of %q) are not of the embeddings in ours or baseline: connect clusters made from one of those", i+1, c.Meta.Algorithm, c.Meta.Model)
		}
		if n := j.models[m].Len(); len(c.Cluster) != n {
			return nil, fmt.Errorf("clusters %d have %d rows, their embeddings %d", i+1, len(c.Cluster), n)
		}
		out = append(out, j.models[m])
	}
	return out, nil
}

// labelOf gives a row's label by its kind.
var labelOf = map[string]func(formats.Labels) string{
	"category": func(l formats.Labels) string { return l.Category },
	"garment":  formats.Labels.Garment,
}

// pickLabels takes the kinds of label asked for, or else of all, that at least one row has.
func (j *judge) pickLabels() {
	var without []string
	of := j.By
	if len(of) == 0 {
		of = []string{"category", "garment"}
	}
	for _, by := range of {
		var labels []string
		labelled, differ := 0, false
		for _, l := range j.models[0].Labels {
			labels = append(labels, labelOf[by](l))
			if labels[len(labels)-1] != "" {
				labelled++
			}
		}
		for _, l := range append(j.galleryLabels(by), labels...) {
			differ = differ || l != labels[0]
		}
		if labelled == 0 {
			without = append(without, by)
			continue
		}
		if !differ {
			j.tell.Warnf("one "+by, "all rows have the %s %q: scores by %s say nothing", by, labels[0], by)
		}
		j.by, j.labels = append(j.by, by), append(j.labels, labels)
	}
	if len(without) > 0 && (len(j.By) > 0 || len(j.by) == 0) {
		j.tell.Warnf("labels", "no row has a %s: nothing is measured by it", strings.Join(without, " or a "))
	}
}
