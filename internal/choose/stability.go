package choose

import (
	"context"
	"math"
	"math/rand/v2"
	"strconv"

	"fashionpipe/eval"
	"fashionpipe/internal/rng"
)

// stabilities clusters both resamples of each pair by each candidate. All candidates get the same resamples.
func (c *chooser) stabilities(ctx context.Context) error {
	scores := make([][]float64, len(c.candidates))
	for pair := range c.Draws {
		var sides [2]resample
		for side := range sides {
			sides[side] = newResample(c.data, c.dim, rng.New(c.Seed, "choose", "stability", pair, side))
		}
		for i, x := range c.candidates {
			var labels [2][]int32
			for side, s := range sides {
				r, err := c.fit(ctx, s.data, x.Value, c.seed("stability", pair, side, i))
				if err != nil {
					return err
				}
				labels[side] = s.labels(r.Label)
			}
			ari, err := agreement(labels[0], labels[1])
			if err != nil {
				return err
			}
			scores[i] = append(scores[i], ari)
		}
	}
	for i := range c.candidates {
		x := &c.candidates[i]
		x.Score = mean(scores[i])
		if len(scores[i]) > 1 {
			x.Spread = deviation(scores[i], 1)
		}
		if x.Result.K < 2 || x.Result.K == len(x.Result.Label) {
			x.Score, x.Spread = math.NaN(), math.NaN() // one cluster, or each row one, is found again whatever the rows are
		}
	}
	return nil
}

// resample is as many rows as there are, drawn with repetition.
type resample struct {
	data  []float32
	first []int32 // per row of the whole: where it was drawn first; -1 where it was not
}

func newResample(data []float32, dim int, r *rand.Rand) resample {
	n := len(data) / dim
	s := resample{data: make([]float32, 0, len(data)), first: make([]int32, n)}
	for i := range s.first {
		s.first[i] = -1
	}
	for at := range n {
		row := r.IntN(n)
		if s.first[row] < 0 {
			s.first[row] = int32(at)
		}
		s.data = append(s.data, data[row*dim:(row+1)*dim]...)
	}
	return s
}

// missing is the label of a row that a resample does not have.
const missing = -2

// labels turns those of the resample into those of all rows.
func (s resample) labels(of []int32) []int32 {
	labels := make([]int32, len(s.first))
	for row, at := range s.first {
		labels[row] = missing
		if at >= 0 {
			labels[row] = of[at]
		}
	}
	return labels
}

// agreement is the adjusted Rand index over the rows that both have. Rows in no cluster are taken as one cluster more.
func agreement(a, b []int32) (float64, error) {
	var labels []string
	var clusters []int32
	for i := range a {
		if a[i] != missing && b[i] != missing {
			labels, clusters = append(labels, strconv.Itoa(int(a[i]))), append(clusters, b[i])
		}
	}
	t, err := eval.Tabulate(labels, clusters)
	if err != nil {
		return 0, err
	}
	return t.ARI(), nil
}
