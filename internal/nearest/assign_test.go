package nearest

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Again and again while some of the centres move: little, far, onto each other, beyond what float32 holds, or not at all.
func TestAssign(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n, dim, k := rapid.IntRange(1, 250).Draw(r, "n"), rapid.IntRange(1, 20).Draw(r, "dim"), rapid.IntRange(1, 300).Draw(r, "k")
		g := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		grid := rapid.Bool().Draw(r, "grid") // exact ties
		data, centres := make([]float32, n*dim), make([]float64, k*dim)
		value := func() float64 {
			if grid {
				return float64(g.IntN(3)) * 100
			}
			return 1000 + g.NormFloat64()
		}
		for i := range data {
			data[i] = float32(value())
		}
		for i := range centres {
			centres[i] = value()
		}
		s := space(t, data, dim, L2)
		a, err := NewAssigner(s, 2)
		if err != nil {
			r.Fatal(err)
		}
		b, err := NewBounded(s, 2)
		if err != nil {
			r.Fatal(err)
		}
		label := make([]int32, n)
		for range 4 {
			if err := a.Assign(context.Background(), centres, label); err != nil {
				r.Fatal(err)
			}
			checkAssigned(r, s, centres, label)
			clear(label)
			if err := b.Assign(context.Background(), centres, label); err != nil {
				r.Fatal(err)
			}
			checkAssigned(r, s, centres, label)
			move(g, centres, dim, value, rapid.SampledFrom([]float64{0, 0.1, 0.9, 1}).Draw(r, "moving"))
			if rapid.IntRange(0, 9).Draw(r, "fewer") == 0 {
				centres = centres[:max(1, len(centres)/dim/2)*dim]
			}
		}
	})
}

// move moves a share of the centres.
func move(g *rand.Rand, centres []float64, dim int, value func() float64, share float64) {
	for c := 0; c < len(centres); c += dim {
		if g.Float64() >= share {
			continue
		}
		at := centres[c : c+dim]
		switch g.IntN(5) {
		case 0:
			copy(at, centres[g.IntN(len(centres)/dim)*dim:][:dim])
		case 1:
			at[g.IntN(dim)] = 1e30
		case 2:
			at[g.IntN(dim)] += 1e-3 * g.NormFloat64()
		default:
			for j := range at {
				at[j] = value()
			}
		}
	}
}

func checkAssigned(r *rapid.T, s *Space, centres []float64, label []int32) {
	dim := s.Dim
	order := all(len(centres) / dim)
	for i, l := range label {
		at := func(c int32) float64 { return SquaredToCentre(s.Row(i), centres[int(c)*dim:(int(c)+1)*dim]) }
		want := slices.MinFunc(order, func(a, b int32) int { return cmp.Compare(at(a), at(b)) })
		if l != want {
			r.Fatalf("row %d goes to centre %d at %v, not %d at %v", i, l, at(l), want, at(want))
		}
	}
}

// Centres that creep, as in the last iterations of k-means, and rows in groups: the bounds answer for most, again and
// again, and must not wear out.
func TestBoundsLast(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		const n, dim, k = 300, 24, 40
		g := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		pace := rapid.SampledFrom([]float64{1e-9, 1e-3, 0.05, 0.5}).Draw(r, "pace")
		data, centres := make([]float32, n*dim), make([]float64, k*dim)
		for i := range data {
			data[i] = float32(50 + 4*math.Sin(float64(i/dim%k*dim+i%dim)*12.9898) + g.NormFloat64())
		}
		for i := range centres {
			centres[i] = float64(data[i])
		}
		s := space(t, data, dim, L2)
		b, err := NewBounded(s, 2)
		if err != nil {
			r.Fatal(err)
		}
		label := make([]int32, n)
		for range 12 {
			if err := b.Assign(context.Background(), centres, label); err != nil {
				r.Fatal(err)
			}
			checkAssigned(r, s, centres, label)
			for i := range centres {
				centres[i] += pace * g.NormFloat64()
			}
		}
	})
}

// Rows listed are given the centres that a call for all of them gives.
func TestAssignSome(t *testing.T) {
	const n, dim, k = 500, 7, 300
	g := rand.New(rand.NewPCG(5, 1))
	data, centres := make([]float32, n*dim), make([]float64, k*dim)
	for i := range data {
		data[i] = float32(g.NormFloat64())
	}
	for i := range centres {
		centres[i] = g.NormFloat64()
	}
	s := space(t, data, dim, L2)
	a, err := NewAssigner(s, 2)
	if err != nil {
		t.Fatal(err)
	}
	every, some, squared := make([]int32, n), make([]int32, n/3), make([]float64, n/3)
	if err := a.Assign(context.Background(), centres, every); err != nil {
		t.Fatal(err)
	}
	rows := make([]int32, n/3)
	for i := range rows {
		rows[i] = int32(3*i + i%2)
	}
	if err := a.AssignSome(context.Background(), rows, centres, some, squared); err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		c := int(every[row])
		if some[i] != every[row] || squared[i] != SquaredToCentre(s.Row(int(row)), centres[c*dim:(c+1)*dim]) {
			t.Fatalf("row %d alone goes to %d at %v, among all to %d", row, some[i], squared[i], c)
		}
	}
	if err := a.Assign(context.Background(), centres, some[:0:0]); err != nil { // what it knew of all rows is gone
		t.Fatal(err)
	}
	if !slices.Equal(a.own, every) {
		t.Error("after a call for some rows, one for all gives other labels")
	}
}

// A call that was stopped leaves nothing that a later one could trust.
func TestAssignAfterStop(t *testing.T) {
	s := space(t, []float32{0, 1, 10, 11}, 1, L2)
	a, err := NewAssigner(s, 1)
	if err != nil {
		t.Fatal(err)
	}
	label, centres := make([]int32, 4), []float64{0, 10}
	if err := a.Assign(context.Background(), centres, label); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := a.Assign(ctx, []float64{10, 0}, label); err == nil || !slices.Equal(label, []int32{0, 0, 1, 1}) {
		t.Errorf("a stopped call returns %v and labels %v", err, label)
	}
	if err := a.Assign(context.Background(), centres, label); err != nil || !slices.Equal(label, []int32{0, 0, 1, 1}) {
		t.Errorf("labels %v (%v)", label, err)
	}
}
