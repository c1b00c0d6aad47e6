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

// A 95% interval holds the truth in about 95 of 100 samples.
func TestIntervalsCoverTheTruth(t *testing.T) {
	const samples, n, truth, gap = 300, 120, 0.3, 0.1
	b := Bootstrap{Resamples: 200, Confidence: 0.95, Workers: 2}
	covered, coveredGap, width, loose := 0, 0, 0.0, 0.0
	for s := range samples {
		g := rand.New(rand.NewPCG(uint64(s), 1))
		rows := make([][]float64, n)
		for i := range rows { // the second column follows the first, and hits a little more often
			u := g.Float64()
			rows[i] = []float64{hit(u < truth), hit(u < truth+gap)}
		}
		b.Seed = uint64(s)
		m, r, err := b.Means(ctx, rows)
		if err != nil {
			t.Fatal(err)
		}
		first, second := b.Percentile(m[0], r[0]), b.Percentile(m[1], r[1])
		diff := make([]float64, len(r[0]))
		for i := range diff {
			diff[i] = r[1][i] - r[0][i]
		}
		d := b.Percentile(m[1]-m[0], diff)
		covered += int(hit(first.Low <= truth && truth <= first.High))
		coveredGap += int(hit(d.Low <= gap && gap <= d.High))
		width += d.High - d.Low
		loose += math.Hypot(first.High-first.Low, second.High-second.Low)
	}
	for name, c := range map[string]int{"mean": covered, "difference": coveredGap} {
		if share := float64(c) / samples; share < 0.88 || share > 0.99 {
			t.Errorf("%.2f of the 95%% intervals of a %s hold the truth", share, name)
		}
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
	rows := [][]float64{{1, 2}, {3, 5}, {8, 13}, {21, 34}}
	b := Bootstrap{Resamples: 50, Confidence: 0.9, Seed: 4, Workers: 1}
	_, one, err := b.Means(ctx, rows)
	if err != nil {
		t.Fatal(err)
	}
	b.Workers = 7
	if _, seven, err := b.Means(ctx, rows); err != nil || !reflect.DeepEqual(one, seven) {
		t.Errorf("7 workers give other resamples than 1 (%v)", err)
	}
	b.Resamples = 0
	m, none, err := b.Means(ctx, rows)
	if in := b.Percentile(m[0], none[0]); err != nil || in.Value != 8.25 || !math.IsNaN(in.Low) || !math.IsNaN(in.High) {
		t.Errorf("without resamples the interval is %+v (%v)", in, err)
	}
}

// Agreement with many small classes is what a plain percentile gets wrong: it would lie above the truth altogether.
func TestAgreementIntervalsCoverTheTruth(t *testing.T) {
	population := func(n int, seed uint64) ([]string, []int32) {
		g := rand.New(rand.NewPCG(seed, 2))
		labels, clusters := make([]string, n), make([]int32, n)
		for i := range labels {
			c := g.IntN(8)
			labels[i], clusters[i] = strconv.Itoa(c), int32(c)
			if g.Float64() < 0.5 {
				clusters[i] = int32(g.IntN(8))
			}
		}
		return labels, clusters
	}
	tabulate := func(n int, seed uint64) *Contingency {
		c, err := Tabulate(population(n, seed))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	truth := tabulate(300_000, 1).Agreement()
	const samples = 60
	b := Bootstrap{Resamples: 100, Confidence: 0.95, Workers: 2}
	covered := make([]int, len(Agreement))
	for s := range samples {
		b.Seed = uint64(s)
		in, err := b.AgreementIntervals(ctx, tabulate(250, uint64(100+s)))
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range in {
			if v.Low > v.Value || v.High < v.Value || v.High > 1 {
				t.Fatalf("%s: interval %+v", Agreement[i], v)
			}
			covered[i] += int(hit(v.Low <= truth[i] && truth[i] <= v.High))
		}
	}
	for i, name := range Agreement {
		share := float64(covered[i]) / samples
		if name == "ami" || name == "ari" { // the others are biased by the size of the sample itself
			if share < 0.85 {
				t.Errorf("%.2f of the 95%% intervals of %s hold the truth", share, name)
			}
		}
		t.Logf("%s: %.2f", name, share)
	}
}
