package model

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"pgregory.net/rapid"

	"fashionpipe/internal/nearest"
	"fashionpipe/model/cluster"
)

// onBackends runs a test with distances in small blocks, on our backend, on GoMLX's, and on XLA where there is a plugin.
func onBackends(t *testing.T, rows int, f func(t *testing.T, d *Distances)) {
	for _, name := range []string{"cpu", "go", "xla"} {
		t.Run(name, func(t *testing.T) {
			b := (*Backend)(nil)
			if name == "xla" {
				b = xlaBackend(t)
			} else {
				b = open(t, name)
			}
			f(t, newDistances(b, 32, rows))
		})
	}
}

// values draws rows and vectors of some width.
func drawRows(r *rapid.T) (rows, h []float32, vectors, own []float32, width int) {
	n, v := rapid.IntRange(1, 200).Draw(r, "rows"), rapid.IntRange(1, 80).Draw(r, "vectors")
	width = rapid.SampledFrom([]int{1, 16, 48}).Draw(r, "width")
	g := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 0))
	draw := func(n int) (x, half []float32) {
		for range n {
			sum := 0.0
			for range width {
				v := float32(g.NormFloat64())
				x, sum = append(x, v), sum+float64(v)*float64(v)
			}
			half = append(half, float32(sum/2))
		}
		return x, half
	}
	rows, h = draw(n)
	vectors, own = draw(v)
	return rows, h, vectors, own, width
}

// TestHeldRows: everything that is asked of held rows, beside the plain way in float64.
func TestHeldRows(t *testing.T) {
	onBackends(t, 64, func(t *testing.T, d *Distances) {
		rapid.Check(t, func(r *rapid.T) {
			rows, h, vectors, own, width := drawRows(r)
			held, err := d.Hold(context.Background(), rows, width, h)
			if err != nil {
				r.Fatal(err)
			}
			defer held.Free()
			c := check{r, held.(*heldRows), rows, vectors, h, own}
			c.least()
			c.below()
			c.two()
			c.weigh()
		})
	})
}

type check struct {
	*rapid.T
	held          *heldRows
	rows, vectors []float32
	h, own        []float32
}

const slight = 1e-4 // rows of 48 numbers near 1

// product is that of vector v and row r.
func (c check) product(v, r int) (sum float64) {
	w := c.held.width
	for i, x := range c.vectors[v*w : (v+1)*w] {
		sum += float64(x) * float64(c.rows[r*w+i])
	}
	return sum
}

func (c check) value(v, r int) float64 { return float64(c.h[r]) - c.product(v, r) }

func (c check) least() {
	got, err := c.held.Least(context.Background(), c.vectors)
	if err != nil {
		c.Fatal(err)
	}
	groups := c.held.Groups()
	for v := range c.own {
		want := make([]float64, groups)
		for i := range want {
			want[i] = math.Inf(1)
		}
		of := c.held.d.rows / groupSize
		for r := range c.h {
			at := r/c.held.d.rows*of + r%of
			want[at] = min(want[at], c.value(v, r))
		}
		for i, w := range want {
			if g := float64(got[v*groups+i]); !(math.Abs(g-w) < slight) {
				c.Fatalf("the least value of vector %d in group %d is %v, not %v", v, i, g, w)
			}
		}
	}
}

func (c check) below() {
	limits := make([]float32, len(c.own))
	for v := range limits {
		limits[v] = float32(c.value(v, v%len(c.h)) + 2*slight)
	}
	sets, err := c.held.Below(context.Background(), c.vectors, limits)
	if err != nil {
		c.Fatal(err)
	}
	words := (len(c.h) + 63) / 64
	for v := range limits {
		for r := range 64 * words {
			in := sets[v*words+r/64]>>(r%64)&1 == 1
			if r >= len(c.h) {
				if in {
					c.Fatalf("there is a row %d in the set of vector %d", r, v)
				}
			} else if x := c.value(v, r) - float64(limits[v]); in != (x <= 0) && math.Abs(x) > slight {
				c.Fatalf("row %d, whose value is %v above the limit of vector %d, is in its set: %v", r, x, v, in)
			}
		}
	}
}

func (c check) two() {
	first, least, second, err := c.held.Two(context.Background(), c.vectors, c.own)
	if err != nil {
		c.Fatal(err)
	}
	for r := range c.h {
		var all []float64
		for v := range c.own {
			all = append(all, float64(c.own[v])-c.product(v, r))
		}
		at := all[first[r]]
		slices.Sort(all)
		next := append(all, math.Inf(1))[1]
		if !(math.Abs(at-all[0]) < slight && math.Abs(float64(least[r])-all[0]) < slight) || float64(second[r]) != next && !(math.Abs(float64(second[r])-next) < slight) {
			c.Fatalf("row %d: the least values are %v and %v, that of vector %d is %v; they are %v and %v", r, least[r], second[r], first[r], at, all[0], next)
		}
	}
}

func (c check) weigh() {
	for _, direct := range []bool{false, true} {
		sums, weights, err := c.held.Weigh(context.Background(), c.vectors, c.own, 2, direct)
		if err != nil {
			c.Fatal(err)
		}
		w := c.held.width
		for v := range c.own {
			total, sum := 0.0, make([]float64, w)
			for r := range c.h {
				weight := math.Exp(-max(0, float64(c.own[v])+c.value(v, r)) / 2)
				total += weight
				for i := range sum {
					sum[i] += weight * float64(c.rows[r*w+i])
				}
			}
			for i, x := range sum {
				if !(math.Abs(float64(sums[v*w+i])-x) < slight*(1+math.Abs(x))) || !(math.Abs(float64(weights[v])-total) < slight*(1+total)) {
					c.Fatalf("vector %d, by differences: %v: number %d of the sum is %v, not %v; weights %v, not %v", v, direct, i, sums[v*w+i], x, weights[v], total)
				}
			}
		}
	}
}

// manyRows draws rows with ties, copies and without.
func manyRows(r *rapid.T) (data []float32, n, dim int) {
	n, dim = rapid.IntRange(1, 700).Draw(r, "n"), rapid.SampledFrom([]int{3, 20}).Draw(r, "dim")
	levels := rapid.SampledFrom([]int{2, 5, 1000}).Draw(r, "levels")
	g := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 0))
	data = make([]float32, n*dim)
	for i := range data {
		data[i] = float32(g.IntN(levels)) - 1
	}
	return data, n, dim
}

// TestNeighboursOnABackend: the same as here, to the last bit.
func TestNeighboursOnABackend(t *testing.T) {
	onBackends(t, 256, func(t *testing.T, d *Distances) {
		rapid.Check(t, func(r *rapid.T) {
			data, n, dim := manyRows(r)
			m := rapid.SampledFrom([]nearest.Metric{nearest.Cosine, nearest.L2}).Draw(r, "metric")
			k := rapid.IntRange(1, 8).Draw(r, "k")
			find := func(d nearest.Device) [][]nearest.Neighbour {
				s, err := nearest.NewSpace(data, dim, m)
				if err != nil {
					r.Fatal(err)
				}
				defer s.Close()
				if err := s.Use(context.Background(), d); err != nil {
					r.Fatal(err)
				}
				out := make([][]nearest.Neighbour, n)
				o := nearest.Options{K: func(int) int { return k }, Seed: 3, Workers: 2}
				if err := s.Search(context.Background(), o, func(q int, near []nearest.Neighbour) { out[q] = slices.Clone(near) }); err != nil {
					r.Fatal(err)
				}
				return out
			}
			if got, want := find(d), find(nil); !slices.EqualFunc(got, want, slices.Equal[[]nearest.Neighbour]) {
				r.Fatalf("%v\non the device, and\n%v\nhere", got, want)
			}
		})
	})
}

// TestKMeansOnABackend: the same clusters as here, to the last bit, by every method.
func TestKMeansOnABackend(t *testing.T) {
	onBackends(t, 256, func(t *testing.T, d *Distances) {
		rapid.Check(t, func(r *rapid.T) {
			data, n, dim := manyRows(r)
			o := cluster.KMeans{K: rapid.IntRange(1, min(n, 40)).Draw(r, "k"), Restarts: 2, MaxIter: 10, Seed: 5, Workers: 2,
				Method: rapid.SampledFrom([]cluster.Method{cluster.Lloyd, cluster.Elkan, cluster.MiniBatch, cluster.HartiganWong}).Draw(r, "method"), Batch: 50}
			o.Spherical = (o.Method == cluster.Lloyd || o.Method == cluster.Elkan) && rapid.Bool().Draw(r, "spherical")
			want, err := o.Fit(context.Background(), data, dim)
			if err != nil {
				r.Fatal(err)
			}
			o.Device = d
			got, err := o.Fit(context.Background(), data, dim)
			if err != nil {
				r.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				r.Fatalf("%+v\non the device, and\n%+v\nhere", got, want)
			}
		})
	})
}

// TestMeanShiftOnABackend: the same places as here, with a flat kernel to the last bit.
func TestMeanShiftOnABackend(t *testing.T) {
	onBackends(t, 256, func(t *testing.T, d *Distances) {
		rapid.Check(t, func(r *rapid.T) {
			g := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 0))
			const dim = 20
			n, data := rapid.IntRange(10, 300).Draw(r, "n"), []float32(nil)
			places := [10]float32{0, 0, 0, 0, 1, 1, 1, 2, 2, 3} // of different sizes, so that their order is clear
			for i := range n * dim {
				data = append(data, 10*places[i/dim%10]*float32(i%dim%3+1)+float32(g.NormFloat64()))
			}
			o := cluster.MeanShift{Bandwidth: 8, Gaussian: rapid.Bool().Draw(r, "gaussian"), Blurring: rapid.Bool().Draw(r, "blurring"),
				MaxIter: 50, Tol: 1e-3, Merge: 0.5, Workers: 2}
			if o.Gaussian {
				o.Bandwidth = 6
			}
			want, err := o.Fit(context.Background(), data, dim)
			if err != nil {
				r.Fatal(err)
			}
			o.Device = d
			got, err := o.Fit(context.Background(), data, dim)
			if err != nil {
				r.Fatal(err)
			}
			if !o.Gaussian && !sameClusters(got, want, 0) || !sameClusters(got, want, gaussianTolerance*o.Bandwidth) {
				r.Fatalf("%+v\non the device, and\n%+v\nhere", got, want)
			}
		})
	})
}

// gaussianTolerance is how far an attractor of the Gaussian kernel may lie from where it is by this processor, in
// bandwidths: as far as a walker that rests may still have to go, on both sides.
const gaussianTolerance = 2e-3

func sameClusters(a, b *cluster.Result, off float64) bool {
	return slices.Equal(a.Label, b.Label) && slices.EqualFunc(a.Centres, b.Centres, func(x, y float64) bool { return math.Abs(x-y) <= off })
}

// TestMoreRowsThanFit says how much memory is wanted.
func TestMoreRowsThanFit(t *testing.T) {
	b := &Backend{name: "xla", compute: open(t, "cpu").compute}
	err := newDistances(b, 32, 64).explain(errors.New("PJRT error (code=8): RESOURCE_EXHAUSTED: Out of memory allocating 8589934592 bytes."), 1000, 512)
	want := "distances between 1000 rows of 512 numbers: out of memory on processor: XLA wanted 8.0 GiB: let nothing else run on it, or set backend to cpu"
	if err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
}

// TestImprecise: a backend whose products are rounded as TF32 does is refused.
func TestImprecise(t *testing.T) {
	d := newDistances(open(t, "cpu"), 32, 64)
	least := d.build[leastGraph]
	d.build[leastGraph] = func(g *Graph, id distanceGraph) []*Node {
		out := least(g, id)
		return []*Node{MulScalar(out[0], 1-0x1p-12)}
	}
	if _, err := d.Hold(context.Background(), make([]float32, 64), 16, make([]float32, 4)); err == nil || !strings.Contains(err.Error(), "less precisely than float32") {
		t.Errorf("%v", err)
	}
}
