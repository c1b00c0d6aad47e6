package eval

import (
	"context"
	"math"
	"math/rand/v2"
	"reflect"
	"strconv"
	"testing"
)

var ctx = context.Background()

func TestQuantileIsNumpys(t *testing.T) {
	x := []float64{1, 2, 4, 8}
	for q, want := range map[float64]float64{0: 1, 0.1: 1.3, 0.5: 3, 0.9: 6.8, 1: 8} { // numpy.quantile(x, q)
		if got := quantile(x, q); math.Abs(got-want) > 1e-12 {
			t.Errorf("quantile %v is %v, want %v", q, got, want)
		}
	}
}

// A 95% interval holds the truth in about 95 of 100 samples, whether rows stand alone or come in groups that share their
// luck.
func TestIntervalsCoverTheTruth(t *testing.T) {
	for name, size := range map[string]int{"rows alone": 1, "groups of 6": 6} {
		t.Run(name, func(t *testing.T) { coverTheTruth(t, 60*(size+1)/size*size, size) })
	}
}

func coverTheTruth(t *testing.T, n, size int) {
	const samples, truth, gap = 300, 0.3, 0.1
	b := Bootstrap{Resamples: 200, Confidence: 0.95, Workers: 2}
	var covered, coveredGap, alone, width, loose float64
	for s := range samples {
		g := rand.New(rand.NewPCG(uint64(s), 1))
		ours, base, groups, u := make([][]float64, n), make([][]float64, n), make([]int, n), 0.0
		for i := range n { // the second follows the first, and hits a little more often; a group hits or misses together
			if groups[i] = i / size; i%size == 0 {
				u = g.Float64()
			}
			base[i], ours[i] = []float64{hit(u < truth)}, []float64{hit(u < truth+gap)}
		}
		b.Seed = uint64(s)
		scores, diff, err := b.Compare(ctx, [][][]float64{ours, base}, 1, groups)
		if err != nil {
			t.Fatal(err)
		}
		single, _, err := b.Compare(ctx, [][][]float64{base}, 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		holds := func(in Interval, v float64) float64 { return hit(in.Low <= v && v <= in.High) / samples }
		o, b, d := scores[0][0], scores[1][0], diff[0]
		covered, coveredGap, alone = covered+holds(b, truth), coveredGap+holds(d, gap), alone+holds(single[0][0], truth)
		width += d.High - d.Low
		loose += math.Hypot(o.High-o.Low, b.High-b.Low)
	}
	for name, share := range map[string]float64{"mean": covered, "difference": coveredGap} {
		if share < 0.88 || share > 0.99 {
			t.Errorf("%.2f of the 95%% intervals of a %s hold the truth", share, name)
		}
	}
	if size > 1 && alone > 0.75 {
		t.Errorf("drawing rows one by one holds the truth in %.2f: the rows of a group are not alike", alone)
	}
	if width > 0.8*loose {
		t.Errorf("pairing makes intervals of differences %.3f wide, without it they would be %.3f", width/samples, loose/samples)
	}
}

func hit(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func TestBootstrapDoesNotDependOnWorkers(t *testing.T) {
	rows, groups := [][]float64{{1, 2}, {3, 5}, {8, 13}, {21, 34}}, []int{7, -2, 7, 0}
	b := Bootstrap{Resamples: 50, Confidence: 0.9, Seed: 4, Workers: 1}
	_, one, err := b.means(ctx, rows, groups)
	if err != nil {
		t.Fatal(err)
	}
	b.Workers = 7
	if _, seven, err := b.means(ctx, rows, groups); err != nil || !reflect.DeepEqual(one, seven) {
		t.Errorf("7 workers give other resamples than 1 (%v)", err)
	}
}

func TestNoInterval(t *testing.T) {
	values := []float64{1, 3, 8, 21}
	for name, c := range map[string]struct {
		b      Bootstrap
		groups []int
	}{
		"no resamples": {Bootstrap{Confidence: 0.9}, nil},
		"one group":    {Bootstrap{Resamples: 20, Confidence: 0.9}, []int{5, 5, 5, 5}},
	} {
		if in, err := c.b.Mean(ctx, values, c.groups); err != nil || in.Value != 8.25 || !math.IsNaN(in.Low) || !math.IsNaN(in.High) {
			t.Errorf("%s: the interval is %+v (%v)", name, in, err)
		}
		in, err := c.b.AgreementIntervals(ctx, []string{"a", "a", "b", "b"}, []int32{0, 1, 1, 1}, c.groups)
		if err != nil || math.IsNaN(in[2].Value) || !math.IsNaN(in[2].Low) {
			t.Errorf("%s: the interval of %s is %+v (%v)", name, Agreement[2], in[2], err)
		}
	}
	scores, diff, err := Bootstrap{Resamples: 20, Confidence: 0.9}.Compare(ctx, [][][]float64{{}, {}}, 2, nil)
	if err != nil || len(scores) != 2 || len(scores[1]) != 2 || !math.IsNaN(scores[1][1].Value) || len(diff) != 2 || !math.IsNaN(diff[0].High) {
		t.Errorf("no queries: %+v, %+v (%v)", scores, diff, err)
	}
}

// Every interval that is published holds the truth about as often as it says. A plain percentile would lie above the
// truth altogether where classes are small; drawing rows one by one would hold it too rarely where rows come in groups.
func TestAgreementIntervalsCoverTheTruth(t *testing.T) {
	for name, c := range map[string]struct {
		size    int  // rows of a group, which all share class and cluster
		perItem bool // the class is the group itself: garments, not categories
	}{
		"rows alone": {1, false}, "groups of 4": {4, false}, "garments of 4": {4, true},
	} {
		t.Run(name, func(t *testing.T) { agreementCovers(t, c.size, c.perItem) })
	}
}

func agreementCovers(t *testing.T, size int, perItem bool) {
	draw := func(n int, seed uint64) (labels []string, clusters []int32, groups []int) {
		g := rand.New(rand.NewPCG(seed, 2))
		for i := range n {
			c := g.IntN(8)
			k := int32(c)
			if g.Float64() < 0.5 {
				k = int32(g.IntN(8))
			}
			for range size {
				label, cluster := strconv.Itoa(c), k
				if perItem { // the photos of a garment mostly share a cluster
					if label = strconv.Itoa(i); g.Float64() < 0.4 {
						cluster = int32(g.IntN(8))
					}
				}
				labels, clusters, groups = append(labels, label), append(clusters, cluster), append(groups, i)
			}
		}
		return labels, clusters, groups
	}
	const samples = 60
	n := 120 // groups
	if size == 1 {
		n = 300
	}
	// The truth is that of very many rows where they stand alone. Rows in groups agree more than chance by that alone, in
	// a small sample more than in a large one: there it is the mean over samples of as many groups.
	of, draws := 100*n, 1
	if size > 1 {
		of, draws = n, 400
	}
	truth := make([]float64, len(Agreement))
	for s := range draws {
		labels, clusters, _ := draw(of, uint64(1e6+s))
		table, err := Tabulate(labels, clusters)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range table.Agreement() {
			truth[i] += v / float64(draws)
		}
	}
	b := Bootstrap{Resamples: 100, Confidence: 0.95, Workers: 2}
	covered := make([]float64, len(Agreement))
	for s := range samples {
		b.Seed = uint64(s)
		labels, clusters, groups := draw(n, uint64(100+s))
		in, err := b.AgreementIntervals(ctx, labels, clusters, groups)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range in {
			if published := Agreement[i] == "ami" || Agreement[i] == "ari"; published == math.IsNaN(v.Low) {
				t.Fatalf("%s: interval %+v", Agreement[i], v)
			}
			if v.Low > v.Value || v.High < v.Value || v.High > 1 {
				t.Fatalf("%s: interval %+v", Agreement[i], v)
			}
			covered[i] += hit(v.Low <= truth[i] && truth[i] <= v.High) / samples
		}
	}
	for i, name := range Agreement {
		t.Logf("%s: truth %.3f, %.2f", name, truth[i], covered[i])
		if (name == "ami" || name == "ari") && covered[i] < 0.85 {
			t.Errorf("%.2f of the 95%% intervals of %s hold the truth", covered[i], name)
		}
	}
}
