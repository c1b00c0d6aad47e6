package nearest

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// wrongDevice computes values that are wrong by up to a share of what Held allows.
type wrongDevice struct {
	share  float64
	random *rand.Rand
}

type wrongRows struct {
	wrongDevice
	rows, h []float32
	width   int
}

func (d wrongDevice) Hold(_ context.Context, rows []float32, width int, h []float32) (Held, error) {
	return &wrongRows{d, rows, h, width}, nil
}

func (d *wrongRows) Free() {}

func (d *wrongRows) value(h float32, a, b []float32) float32 {
	var product, aa, bb float64
	for i, x := range a {
		product += float64(x) * float64(b[i])
		aa += float64(x) * float64(x)
		bb += float64(b[i]) * float64(b[i])
	}
	wrong := errorFactor(d.width) * math.Sqrt(aa*bb) * d.share
	return float32(float64(h) - product + wrong*[]float64{-1, 0, 1}[d.random.IntN(3)])
}

func (d *wrongRows) row(i int) []float32 { return d.rows[i*d.width : (i+1)*d.width] }

// each calls f with all values of all vectors.
func (d *wrongRows) each(vectors []float32, f func(vector, row int, value float32)) {
	for v := range len(vectors) / d.width {
		for r, h := range d.h {
			f(v, r, d.value(h, vectors[v*d.width:(v+1)*d.width], d.row(r)))
		}
	}
}

func (d *wrongRows) Groups() int { return (len(d.h) + 1) / 2 }

func (d *wrongRows) Least(_ context.Context, vectors []float32) ([]float32, error) {
	out := slices.Repeat([]float32{float32(math.Inf(1))}, len(vectors)/d.width*d.Groups())
	d.each(vectors, func(v, r int, x float32) {
		at := &out[v*d.Groups()+r%d.Groups()]
		*at = min(*at, x)
	})
	return out, nil
}

func (d *wrongRows) Below(_ context.Context, vectors, limits []float32) ([]uint64, error) {
	n := words(len(d.h))
	out := make([]uint64, len(limits)*n)
	d.each(vectors, func(v, r int, x float32) {
		if x <= limits[v] {
			out[v*n+r/64] |= 1 << (r % 64)
		}
	})
	return out, nil
}

func (d *wrongRows) Two(_ context.Context, vectors, h []float32) (first []int32, least, second []float32, err error) {
	inf := float32(math.Inf(1))
	for r := range d.h {
		at, low, next := int32(0), inf, inf
		for v, h := range h {
			switch x := d.value(h, d.row(r), vectors[v*d.width:(v+1)*d.width]); {
			case x < low:
				at, low, next = int32(v), x, low
			case x < next:
				next = x
			}
		}
		first, least, second = append(first, at), append(least, low), append(second, next)
	}
	return first, least, second, nil
}

func (d *wrongRows) Weigh(_ context.Context, vectors, h []float32, s float64, direct bool) (sums, weights []float32, err error) {
	sums, weights = make([]float32, len(vectors)), make([]float32, len(h))
	d.each(vectors, func(v, r int, x float32) {
		a := vectors[v*d.width : (v+1)*d.width]
		half := max(0, float64(h[v])+float64(x))
		if direct {
			half = SquaredL2(a, d.row(r)) / 2
		}
		w := math.Exp(-half / s)
		weights[v] += float32(w)
		for i, b := range d.row(r) {
			sums[v*d.width+i] += float32(w) * b
		}
	})
	return sums, weights, nil
}

// sets draws rows: well apart or nearly all alike, with exact ties or without, sorted or not, with copies and zeros.
func sets(r *rapid.T) (data []float32, n, dim int, g *rand.Rand) {
	n, dim = rapid.IntRange(1, 150).Draw(r, "n"), rapid.IntRange(1, 40).Draw(r, "dim")
	spread := rapid.SampledFrom([]float64{1, 1e-3, 1e-6}).Draw(r, "spread")
	size := rapid.SampledFrom([]float64{1, 1e-25, 1e25}).Draw(r, "size")
	grid, copies := rapid.Bool().Draw(r, "grid"), rapid.Bool().Draw(r, "copies")
	g = rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 0))
	data = make([]float32, n*dim)
	for i := range data {
		data[i] = float32(size * (1 + spread*g.NormFloat64()))
		if grid {
			data[i] = float32(size * float64(g.IntN(3)-1))
		}
	}
	for i := range n {
		if copies && g.IntN(3) == 0 {
			copy(data[i*dim:(i+1)*dim], data[g.IntN(n)*dim:][:dim])
		}
	}
	return data, n, dim, g
}

// on gives the same rows on a device that is as wrong as may be.
func on(r *rapid.T, data []float32, dim int, m Metric, g *rand.Rand) *Space {
	return firstOn(r, len(data)/dim, data, dim, m, g)
}

// firstOn gives the same rows, of which a device holds the first.
func firstOn(r *rapid.T, first int, data []float32, dim int, m Metric, g *rand.Rand) *Space {
	s, err := NewSpace(data, dim, m)
	if err != nil {
		r.Fatal(err)
	}
	if err := s.UseFirst(context.Background(), wrongDevice{0.98, g}, first); err != nil {
		r.Fatal(err)
	}
	return s
}

func TestSearchOnADeviceGivesTheSame(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		data, n, dim, g := sets(r)
		m := rapid.SampledFrom([]Metric{Cosine, L2}).Draw(r, "metric")
		k := rapid.IntRange(0, 30).Draw(r, "k")
		o := Options{K: func(q int) int { return k * (q % 3) }, Seed: 7, Workers: 3}
		if rapid.Bool().Draw(r, "some") {
			o.Queries = slices.DeleteFunc(all(n), func(i int32) bool { return i%4 == 1 })
		}
		want := find(t, space(t, data, dim, m), o)
		done := 0
		o.Workers, o.Done = 1, func(n int) { done += n }
		got := find(t, on(r, data, dim, m, g), o)
		for q := range n {
			if !slices.Equal(got[q], want[q]) {
				r.Fatalf("the neighbours of row %d are\n%v on a device, and\n%v here", q, got[q], want[q])
			}
		}
		if queries := len(o.Queries); o.Queries != nil && done != queries || o.Queries == nil && done != n {
			r.Fatalf("%d queries are told to be done", done)
		}
	})
}

// TestGalleryOnADeviceGivesTheSame: the rows that a device holds are searched from the others, or from themselves too; another gallery
// is searched here.
func TestGalleryOnADeviceGivesTheSame(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		data, n, dim, g := sets(r)
		m := rapid.SampledFrom([]Metric{Cosine, L2}).Draw(r, "metric")
		first := rapid.IntRange(1, n).Draw(r, "first")
		k := rapid.IntRange(0, 1+first/6).Draw(r, "k") // a device is of use for few
		o := Options{K: fixed(k), Seed: 7, Workers: 2, Gallery: all(first), Queries: all(n)[first:]}
		switch rapid.IntRange(0, 3).Draw(r, "form") {
		case 0:
			o.Queries = nil
		case 1:
			o.Gallery = all(n)[first-1:]
		case 2:
			o.Gallery = nil
		}
		want, got := find(t, space(t, data, dim, m), o), find(t, firstOn(r, first, data, dim, m, g), o)
		for q := range n {
			if !slices.Equal(got[q], want[q]) {
				r.Fatalf("the neighbours of row %d are\n%v on a device, and\n%v here", q, got[q], want[q])
			}
		}
	})
}

func TestAssignOnADeviceGivesTheSame(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		data, n, dim, g := sets(r)
		k := rapid.IntRange(1, 60).Draw(r, "k")
		centres := make([]float64, k*dim)
		value := func() float64 { return float64(data[g.IntN(len(data))]) }
		for i := range centres {
			centres[i] = value()
		}
		held := on(r, data, dim, L2, g)
		here, err := NewAssigner(space(t, data, dim, L2), 2)
		if err != nil {
			r.Fatal(err)
		}
		there, err := NewAssigner(held, 2)
		if err != nil {
			r.Fatal(err)
		}
		bounded, err := NewBounded(held, 2)
		if err != nil {
			r.Fatal(err)
		}
		want, got := make([]int32, n), make([]int32, n)
		for range 3 {
			if err := here.Assign(context.Background(), centres, want); err != nil {
				r.Fatal(err)
			}
			for name, a := range map[string]interface {
				Assign(context.Context, []float64, []int32) error
			}{"Assigner": there, "Bounded": bounded} {
				if err := a.Assign(context.Background(), centres, got); err != nil {
					r.Fatal(err)
				}
				if !slices.Equal(got, want) {
					r.Fatalf("%s: rows go to centres\n%v on a device, and to\n%v here", name, got, want)
				}
			}
			move(g, centres, dim, value, 0.5)
		}
	})
}

func TestShiftOnADevice(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		data, n, dim, g := sets(r)
		gaussian := rapid.Bool().Draw(r, "gaussian")
		here, there := space(t, data, dim, L2), on(r, data, dim, L2, g)
		h := math.Sqrt(here.Distance(0, n-1)) * rapid.SampledFrom([]float64{0.1, 0.5, 1, 3}).Draw(r, "width")
		places := func(s *Space) *Places {
			p, err := s.PlacesAt(all(n))
			if err != nil {
				r.Fatal(err)
			}
			return p
		}
		a, b := places(here), places(there)
		moved, weight := [2][]float64{make([]float64, n), make([]float64, n)}, [2][]float64{make([]float64, n), make([]float64, n)}
		for range 3 {
			for i, p := range []*Places{a, b} {
				if err := p.Shift(context.Background(), all(n), Kernel{gaussian, h}, moved[i], weight[i], 2); err != nil {
					r.Fatal(err)
				}
			}
			if !gaussian && (!slices.Equal(a.rows, b.rows) || !slices.Equal(moved[0], moved[1]) || !slices.Equal(weight[0], weight[1])) {
				r.Fatal("flat windows have other means on a device")
			}
			if !gaussian {
				continue
			}
			for i := range n {
				if far := math.Sqrt(SquaredL2(a.row(i), b.row(i))); far > 4e-3*h*here.scale || math.Abs(weight[0][i]-weight[1][i]) > 4e-3*weight[0][i] {
					r.Fatalf("place %d is %v from where it is here, at a bandwidth of %v; weights are %v and %v", i, far, h*here.scale, weight[0][i], weight[1][i])
				}
			}
			copy(b.rows, a.rows) // so that it is each step that is compared
			for i := range n {
				b.refresh(i)
			}
		}
	})
}

// TestImpreciseDeviceIsNoticed: neighbours are checked against what the device said.
func TestImpreciseDeviceIsNoticed(t *testing.T) {
	g := rand.New(rand.NewPCG(1, 2))
	data := make([]float32, 300*16)
	for i := range data {
		data[i] = float32(g.NormFloat64())
	}
	s := space(t, data, 16, L2)
	if err := s.Use(context.Background(), wrongDevice{1e4, g}); err != nil {
		t.Fatal(err)
	}
	err := s.Search(context.Background(), Options{K: fixed(5), Workers: 2}, func(int, []Neighbour) {})
	if err == nil || !strings.Contains(err.Error(), "less precisely than float32") {
		t.Errorf("the error is %v", err)
	}
}
