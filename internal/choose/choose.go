package choose

import (
	"context"
	"errors"
	"fmt"
	"math"

	"fashionpipe/eval"
	"fashionpipe/internal/rng"
	"fashionpipe/model/cluster"
)

// Criterion is what makes a clustering good.
type Criterion string

// The criteria.
const (
	// Silhouette is the mean silhouette of the rows (Rousseeuw 1987), the highest of the candidates: clusters that are
	// tight and far apart.
	Silhouette Criterion = "silhouette"
	// Gap is the gap statistic (Tibshirani, Walther & Hastie, Estimating the number of clusters in a data set via the gap
	// statistic, 2001): how much lower the logarithm of the sum of squares is than that of rows without clusters. The
	// first candidate whose gap is at least the next one's less its standard error; the last where there is none.
	Gap Criterion = "gap"
	// Stability is the mean adjusted Rand index of two clusterings of two bootstrap resamples, over the rows that both
	// have (Ben-Hur, Elisseeff & Guyon 2002 and Fang & Wang 2012; von Luxburg, Clustering stability: an overview, 2010),
	// the highest of the candidates: clusters that are found again. Of equally stable candidates the last, since fewer
	// clusters are more easily found again.
	Stability Criterion = "stability"
)

// Options say what to choose among and how.
type Options struct {
	By      Criterion
	Values  []float64 // the candidates, ascending, at least two
	Draws   int       // Gap: sets of rows without clusters; Stability: pairs of resamples; at least 1, of Gap 2
	Seed    uint64
	Workers int

	// Fit clusters rows by a candidate; seed draws its starts.
	Fit func(ctx context.Context, data []float32, value float64, seed uint64) (*cluster.Result, error)

	// Progress is called after each fit; may be nil.
	Progress func()
}

// Candidate is a value with what came out.
type Candidate struct {
	Value  float64
	Result *cluster.Result
	Score  float64 // NaN where the criterion has none: a single cluster has no silhouette
	Spread float64 // Gap: the standard error s of the gap; Stability: the standard deviation over pairs; else NaN
}

// silhouetteRows is the most rows whose silhouettes are measured: all pairs of them are.
const silhouetteRows = 2000

// Choose clusters the rows of data, dim numbers each, by each candidate, and gives all with the number of the best. Of
// equally good ones that is the first, but see Stability.
func Choose(ctx context.Context, data []float32, dim int, o Options) (candidates []Candidate, best int, err error) {
	c := &chooser{Options: o, data: data, dim: dim}
	for _, v := range o.Values {
		r, err := c.fit(ctx, data, v, o.Seed)
		if err != nil {
			return nil, 0, err
		}
		c.candidates = append(c.candidates, Candidate{v, r, math.NaN(), math.NaN()})
	}
	score := map[Criterion]func(context.Context) error{Silhouette: c.silhouettes, Gap: c.gaps, Stability: c.stabilities}[o.By]
	if score == nil {
		return nil, 0, fmt.Errorf("choose: there is no criterion %q", o.By)
	}
	if err := score(ctx); err != nil {
		return nil, 0, err
	}
	best = c.best()
	if best < 0 {
		return nil, 0, ErrNone
	}
	return c.candidates, best, nil
}

// ErrNone is returned where no candidate has a score.
var ErrNone = errors.New("no candidate can be scored: each gives a single cluster, or a cluster for each row")

type chooser struct {
	Options
	data       []float32
	dim        int
	candidates []Candidate
}

func (c *chooser) fit(ctx context.Context, data []float32, value float64, seed uint64) (*cluster.Result, error) {
	r, err := c.Fit(ctx, data, value, seed)
	if err == nil && c.Progress != nil {
		c.Progress()
	}
	return r, err
}

// Fits is how many fits a choice takes.
func (o Options) Fits() int {
	switch o.By {
	case Gap:
		return len(o.Values) * (1 + o.Draws)
	case Stability:
		return len(o.Values) * (1 + 2*o.Draws)
	}
	return len(o.Values)
}

// seed is that of one fit to drawn rows.
func (c *chooser) seed(path ...any) uint64 {
	return rng.New(c.Seed, append([]any{"choose"}, path...)...).Uint64()
}

// best is the number of the candidate to take; -1 where none has a score.
func (c *chooser) best() int {
	if c.By == Gap {
		return firstGap(c.candidates)
	}
	best := -1
	for i, x := range c.candidates {
		if !math.IsNaN(x.Score) && (best < 0 || x.Score > c.candidates[best].Score || c.By == Stability && x.Score == c.candidates[best].Score) {
			best = i
		}
	}
	return best
}

func (c *chooser) silhouettes(ctx context.Context) error {
	for i := range c.candidates {
		_, values, err := eval.Silhouette(ctx, c.data, c.dim, c.candidates[i].Result.Label, silhouetteRows, c.Seed, c.Workers)
		if err != nil {
			return err
		}
		c.candidates[i].Score = mean(values)
	}
	return nil
}

// mean is NaN of nothing.
func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// deviation is the standard deviation of x, its squares divided by less than their number by the freedom taken.
func deviation(x []float64, freedom int) float64 {
	m, sum := mean(x), 0.0
	for _, v := range x {
		sum += float64((v - m) * (v - m))
	}
	return math.Sqrt(sum / float64(len(x)-freedom))
}
