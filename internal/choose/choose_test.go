package choose

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"fashionpipe/model/cluster"
)

func readJSON(t *testing.T, name string, v any) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatal(err)
	}
}

func close(a, b float64) bool { return math.Abs(a-b) <= 1e-9*(1+math.Abs(b)) }

func TestSilhouetteEqualsScikitLearns(t *testing.T) {
	var g struct {
		Dim        int
		Data       []float32
		Candidates []struct {
			K          int
			Labels     []int32
			Silhouette float64
		}
	}
	readJSON(t, "silhouette.json", &g)
	o := Options{By: Silhouette, Workers: 2}
	most := 0
	for i, c := range g.Candidates {
		o.Values = append(o.Values, float64(c.K))
		if c.Silhouette > g.Candidates[most].Silhouette {
			most = i
		}
	}
	o.Fit = func(_ context.Context, _ []float32, v float64, _ uint64) (*cluster.Result, error) {
		return &cluster.Result{Label: g.Candidates[slices.Index(o.Values, v)].Labels, K: int(v)}, nil
	}
	candidates, best, err := Choose(context.Background(), g.Data, g.Dim, o)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range candidates {
		if !close(c.Score, g.Candidates[i].Silhouette) || !math.IsNaN(c.Spread) {
			t.Errorf("k=%v: silhouette %v, want %v", c.Value, c.Score, g.Candidates[i].Silhouette)
		}
	}
	if best != most {
		t.Errorf("candidate %d is taken, not %d", best, most)
	}
}

func TestGapEqualsTheFormulaAndR(t *testing.T) {
	var g struct {
		Choices []struct {
			Gaps, Errors []float64
			Best         int
		}
		Statistics []struct {
			Sums         []float64
			References   [][]float64 // by draw
			Gaps, Errors []float64
			Best         int
		}
	}
	readJSON(t, "gap.json", &g)
	for _, c := range g.Choices {
		var candidates []Candidate
		for i := range c.Gaps {
			candidates = append(candidates, Candidate{Score: c.Gaps[i], Spread: c.Errors[i]})
		}
		if got := firstGap(candidates); got != c.Best {
			t.Errorf("gaps %v with errors %v: candidate %d, R takes %d", c.Gaps, c.Errors, got, c.Best)
		}
	}
	for _, c := range g.Statistics {
		o := Options{By: Gap, Draws: len(c.References), Workers: 2}
		for i := range c.Sums {
			o.Values = append(o.Values, float64(i+1))
		}
		fits := 0
		o.Fit = func(_ context.Context, _ []float32, v float64, _ uint64) (*cluster.Result, error) {
			sums := append([][]float64{c.Sums}, c.References...)[fits/len(c.Sums)]
			fits++
			return &cluster.Result{Inertia: sums[int(v)-1]}, nil
		}
		candidates, best, err := Choose(context.Background(), []float32{1, 2, 3, 4}, 2, o)
		if err != nil {
			t.Fatal(err)
		}
		for i, x := range candidates {
			if !close(x.Score, c.Gaps[i]) || !close(x.Spread, c.Errors[i]) {
				t.Errorf("gap %v ± %v, want %v ± %v", x.Score, x.Spread, c.Gaps[i], c.Errors[i])
			}
		}
		if best != c.Best || fits != o.Fits() {
			t.Errorf("candidate %d after %d fits, R takes %d", best, fits, c.Best)
		}
	}
}

// groups draws n rows around k centres, k at most dim, all as far from each other.
func groups(n, dim, k int) []float32 {
	g := rand.New(rand.NewPCG(1, 1))
	data := make([]float32, n*dim)
	for i := range data {
		data[i] = float32(g.NormFloat64())
		if i%dim == i/dim%k {
			data[i] += 10
		}
	}
	return data
}

func kMeans(dim int) func(context.Context, []float32, float64, uint64) (*cluster.Result, error) {
	return func(ctx context.Context, data []float32, v float64, seed uint64) (*cluster.Result, error) {
		return cluster.KMeans{K: int(v), Restarts: 3, MaxIter: 100, Seed: seed, Workers: 2}.Fit(ctx, data, dim)
	}
}

// Four groups far apart: each criterion finds them, the same with any number of workers.
func TestEachCriterionFindsTheGroups(t *testing.T) {
	const dim = 5
	data := groups(160, dim, 4)
	for _, by := range []Criterion{Silhouette, Gap, Stability} {
		fits := 0
		o := Options{By: by, Values: []float64{2, 3, 4, 5, 7}, Draws: 6, Seed: 3, Workers: 2, Fit: kMeans(dim), Progress: func() { fits++ }}
		candidates, best, err := Choose(context.Background(), data, dim, o)
		if err != nil || candidates[best].Value != 4 || candidates[best].Result.K != 4 || fits != o.Fits() {
			t.Errorf("%s: %+v is taken after %d fits (%v)", by, candidates[best], fits, err)
		}
		o.Workers = 1
		again, _, err := Choose(context.Background(), data, dim, o)
		if err != nil {
			t.Fatal(err)
		}
		for i := range again {
			if again[i].Score != candidates[i].Score {
				t.Errorf("%s, k=%v: %v with one worker, %v with two", by, again[i].Value, again[i].Score, candidates[i].Score)
			}
		}
	}
}

// Rows without groups: the gap statistic says one cluster, which only it can.
func TestGapOfNoGroups(t *testing.T) {
	g := rand.New(rand.NewPCG(2, 2))
	data := make([]float32, 200*3)
	for i := range data {
		data[i] = float32(g.Float64()) * float32(i%3+1)
	}
	o := Options{By: Gap, Values: []float64{1, 2, 3, 4}, Draws: 10, Workers: 2, Fit: kMeans(3)}
	if candidates, best, err := Choose(context.Background(), data, 3, o); err != nil || best != 0 {
		t.Errorf("candidate %d of %+v (%v)", best, candidates, err)
	}
}

func TestNothingToScore(t *testing.T) {
	data := []float32{1, 1, 1, 1}
	for _, by := range []Criterion{Silhouette, Gap, Stability} {
		o := Options{By: by, Values: []float64{1, 2}, Draws: 2, Workers: 1, Fit: kMeans(1)}
		if _, _, err := Choose(context.Background(), data, 1, o); !errors.Is(err, ErrNone) {
			t.Errorf("%s of equal rows: %v", by, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, by := range []Criterion{Silhouette, Gap, Stability} {
		o := Options{By: by, Values: []float64{1, 2}, Draws: 2, Workers: 1, Fit: kMeans(1)}
		if _, _, err := Choose(ctx, data, 1, o); !errors.Is(err, context.Canceled) {
			t.Errorf("%s, cancelled: %v", by, err)
		}
	}
}

// The box is the smallest with edges along the principal components: a cloud along a diagonal gets a thin one.
func TestBoxFollowsTheRows(t *testing.T) {
	g := rand.New(rand.NewPCG(3, 3))
	var data []float32
	for range 500 {
		along, across := 10*g.Float64(), 0.1*g.Float64()
		data = append(data, float32((along+across)/math.Sqrt2), float32((along-across)/math.Sqrt2))
	}
	b, err := newBox(context.Background(), data, 2)
	if err != nil {
		t.Fatal(err)
	}
	edges := []float64{b.high[0] - b.low[0], b.high[1] - b.low[1]}
	slices.Sort(edges)
	if edges[0] > 0.13 || edges[0] < 0.09 || edges[1] < 9.5 || edges[1] > 10.1 {
		t.Errorf("edges of %v", edges)
	}
	rows := b.draw(1000, g)
	for i, v := range rows {
		if float64(v) < b.low[i%2]-1e-4 || float64(v) > b.high[i%2]+1e-4 {
			t.Fatalf("%v is outside the box", v)
		}
	}
}

// Of wide rows the box is along the numbers themselves.
func TestBoxOfWideRows(t *testing.T) {
	const dim = mostAxes + 1
	data := make([]float32, 2*dim)
	for j := range dim {
		data[j], data[dim+j] = float32(j), float32(-j)
	}
	b, err := newBox(context.Background(), data, dim)
	if err != nil || b.low[7] != -7 || b.high[7] != 7 {
		t.Errorf("%v (%v)", b, err)
	}
}

// A resample of all rows once would give full agreement; those missing in one are left out.
func TestAgreementIsOverCommonRows(t *testing.T) {
	if ari, err := agreement([]int32{0, 0, 1, 1, missing}, []int32{1, 1, 0, 0, 0}); err != nil || ari != 1 {
		t.Errorf("%v (%v)", ari, err)
	}
	if ari, err := agreement([]int32{0, 0, 1, 1}, []int32{1, 0, 0, 1}); err != nil || ari > 0 {
		t.Errorf("%v (%v)", ari, err)
	}
	s := newResample([]float32{0, 1, 2, 3, 4, 5, 6, 7}, 1, rand.New(rand.NewPCG(1, 1)))
	labels := make([]int32, 8)
	for i, v := range s.data {
		labels[i] = int32(v)
	}
	for row, l := range s.labels(labels) {
		if l != missing && l != int32(row) || l == missing && slices.Contains(s.data, float32(row)) {
			t.Errorf("row %d has label %d of %v", row, l, s.data)
		}
	}
}
