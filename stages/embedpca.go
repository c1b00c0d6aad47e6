package stages

import (
	"context"
	"fmt"
	"math"
	"sort"

	"fashionpipe/internal/giveup"
	"fashionpipe/internal/pca"
	"fashionpipe/internal/rng"
)

// pcaRows is how many vectors principal components are fitted on, at most: it bounds time, which grows with its third
// power, and memory, which a Gram matrix for each of many images would fill.
const pcaRows = 1024

// pcaSample draws the rows that components are fitted on, sorted, and gives the rest.
func pcaSample(seed uint64, n int) (sample, rest []int) {
	order := rng.New(seed, "pca").Perm(n)
	k := min(n, pcaRows)
	sort.Ints(order[:k])
	sort.Ints(order[k:])
	return order[:k], order[k:]
}

// reduced fills in the components of every image's vector: first of the sample, which they are fitted on, then of the rest.
func (w *embedding) reduced(ctx context.Context, seed uint64, components int) error {
	sample, rest := pcaSample(seed, w.images.Len())
	dim := w.enc.Dim(w.size)
	data := make([]float32, 0, len(sample)*dim)
	err := w.each(ctx, sample, false, func(_ int, v []float32) { data = append(data, v...) })
	if err != nil {
		return err
	}
	p, err := giveup.Do(ctx, func() (*pca.Projection, error) { return pca.Fit(data, len(sample), dim, components) }, nil)
	if err != nil {
		return fmt.Errorf("pca: %w", err)
	}
	put := func(i int, v []float32) {
		p.Apply(w.to.Row(i), v)
		if w.to.Meta.Normalised {
			normalise(w.to.Row(i))
		}
	}
	for j, i := range sample {
		put(i, data[j*dim:(j+1)*dim])
	}
	w.task.Resultf("pca", "%d of %d numbers hold %.1f %% of the variance", components, dim, 100*p.Share())
	return w.each(ctx, rest, false, put)
}

// normalise divides a vector by its L2 norm; one of zeros stays.
func normalise(v []float32) {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if sum == 0 {
		return
	}
	for i, x := range v {
		v[i] = float32(float64(x) / math.Sqrt(sum))
	}
}
