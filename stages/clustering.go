package stages

import (
	"fashionpipe/formats"
	"fashionpipe/model/cluster"
)

// vectors are the rows of e to cluster.
func vectors(e *formats.Embeddings, normalise bool) []float32 {
	if normalise {
		return cluster.Normalise(e.Data, e.Dim)
	}
	return e.Data
}

// writeClusters writes a clustering of e, with how it was chosen if it was; meta holds what the algorithm alone knows.
func writeClusters(dir string, e *formats.Embeddings, r *cluster.Result, choice *formats.Choice, meta formats.ClustersMeta) error {
	if choice != nil {
		meta.ChosenBy = choice.By
	}
	meta.Model, meta.Random = e.Meta.Model, e.Meta.Random
	meta.K, meta.Inertia, meta.Iterations, meta.Converged = r.K, r.Inertia, r.Iterations, r.Converged
	return formats.WriteClusters(dir, &formats.Clusters{
		Meta: meta, Labels: e.Labels, Cluster: r.Label, Distance: float32s(r.Distance),
		Dim: e.Dim, Centres: float32s(r.Centres), Sizes: r.Sizes, Choice: choice,
	})
}

func float32s(x []float64) []float32 {
	out := make([]float32, len(x))
	for i, v := range x {
		out[i] = float32(v)
	}
	return out
}
