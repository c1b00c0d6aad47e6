package sweep

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"fashionpipe/formats"
)

// writeList writes a list of neighbours in which a photo finds its own category first where it hits, and gives
// the recall.
func writeList(t *testing.T, r *rand.Rand, n int, hits []bool) (dir string, recall float64) {
	t.Helper()
	dir = t.TempDir()
	list := &formats.Neighbours{Meta: formats.NeighboursMeta{Embeddings: "e", Metric: "cosine", K: 1}, K: 1}
	for i := range n {
		list.Labels = append(list.Labels, formats.Labels{ID: fmt.Sprint(i), Category: fmt.Sprint(i % 4)})
		j := (i + 4*(1+r.IntN(n/4-1))) % n
		if !hits[i] {
			j = (i + 1) % n
		}
		list.Index, list.Score = append(list.Index, int32(j)), append(list.Score, 0.5)
		if hits[i] {
			recall += 1 / float64(n)
		}
	}
	if err := formats.WriteNeighbours(dir, list); err != nil {
		t.Fatal(err)
	}
	return dir, recall
}

// pairedSweep is two variants that are asked for the same photos: the second misses some that the first finds.
func pairedSweep(t *testing.T, n, lost, won int) (axes []Axis, runs []*Run) {
	r := newRand(t)
	a, b := make([]bool, n), make([]bool, n)
	for i := range n {
		a[i] = i%2 == 0
		b[i] = a[i]
	}
	for i := range lost {
		b[2*i] = false
	}
	for i := range won {
		b[2*i+1] = true
	}
	axes = []Axis{{Name: "x", Values: []string{"a", "b"}}}
	for i, hits := range [][]bool{a, b} {
		dir, recall := writeList(t, r, n, hits)
		runs = append(runs, &Run{Name: "x=" + axes[0].Values[i], Values: axes[0].Values[i : i+1], Metrics: []Metrics{scores("s", 0.1, recall, 0.2)},
			Lists: []List{{Dir: dir, Embeddings: "other"}, {Dir: dir, Embeddings: "e"}}})
	}
	return axes, runs
}

// Intervals of both recalls overlap by far, and yet the same photos tell the variants apart: the second finds none that
// the first misses. Where it wins some and loses some, it is noise.
func TestPhotosTellVariantsApart(t *testing.T) {
	for name, c := range map[string]struct {
		lost, won int
		apart     bool
	}{"only losses": {12, 0, true}, "both": {12, 8, false}} {
		t.Run(name, func(t *testing.T) {
			axes, runs := pairedSweep(t, 400, c.lost, c.won)
			table, err := New(t.Context(), axes, runs, "category.recall@1", nil)
			if err != nil {
				t.Fatal(err)
			}
			got := table.Rows[1].Against
			if got == nil || got.Method != Paired || got.Apart != c.apart || table.Verdict.Clear != c.apart || table.Rows[0].Name != "x=a" {
				t.Fatalf("comparison %+v", got)
			}
			// The paired difference has mean d and, over n photos, standard error √((lost+won)/n − d²)/√n.
			n, d := 400.0, float64(c.won-c.lost)/400
			se := math.Sqrt((float64(c.lost+c.won)/n - d*d) / n)
			if math.Abs(got.Difference-d) > 1e-12 || math.Abs(got.Low-(d-1.96*se)) > 0.4*se || math.Abs(got.High-(d+1.96*se)) > 0.4*se {
				t.Errorf("difference %v [%v, %v], want %v ± %v", got.Difference, got.Low, got.High, d, 1.96*se)
			}
		})
	}
}

// A list that doesn't give the recall that the scores say was made another way, and tells nothing.
func TestOtherListsAreNotUsed(t *testing.T) {
	for name, damage := range map[string]func(r *Run){
		"other recall":        func(r *Run) { r.Metrics = []Metrics{scores("s", 0.1, 0.31, 0.2)} },
		"other embeddings":    func(r *Run) { r.Lists = r.Lists[:1] },
		"no list":             func(r *Run) { r.Lists = nil },
		"gone":                func(r *Run) { r.Lists[1].Dir += "/nowhere" },
		"scored in a gallery": func(r *Run) { r.Metrics[0].Models[0].Gallery = "g" },
		"in a gallery": func(r *Run) {
			n, err := formats.ReadNeighbours(r.Lists[1].Dir)
			if err != nil {
				t.Fatal(err)
			}
			n.Meta.Gallery, n.Gallery = "g", n.Labels
			if err := formats.WriteNeighbours(r.Lists[1].Dir, n); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			axes, runs := pairedSweep(t, 400, 12, 0)
			damage(runs[1])
			table, err := New(t.Context(), axes, runs, "category.recall@1", nil)
			if err != nil || table.Rows[1].Against.Method != Intervals {
				t.Errorf("comparison %+v (%v)", table.Rows[1].Against, err)
			}
		})
	}
}

// Where an exclusion leaves a row without a seed, the others keep theirs.
func TestLevelsOfUnevenSeeds(t *testing.T) {
	axes, runs := fakeSweep(3)
	table, err := New(t.Context(), axes, runs[1:], "", nil) // the first row has seeds 2 and 3 only
	if err != nil {
		t.Fatal(err)
	}
	l := table.Levels(1)[0].Mean
	want := 0.0
	for _, r := range runs[1:] {
		if r.Values[1] == "center" && r.Values[2] != "1" {
			want += table.Value(r, "garment.recall@1").Mean / 6
		}
	}
	if l.N != 2 || math.Abs(l.Mean-want) > 1e-12 {
		t.Errorf("mean %+v, want %v of seeds 2 and 3", l, want)
	}
}

// Means over the other axes, with an interval over seeds that the other axes don't widen.
func TestLevels(t *testing.T) {
	axes, runs := fakeSweep(3)
	table, err := New(t.Context(), axes, runs, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	crop := table.Levels(1)
	if len(crop) != 2 || crop[0].Value != "center" || len(crop[0].Each) != 3 || crop[0].Mean.N != 3 {
		t.Fatalf("levels %+v", crop)
	}
	want := 0.0
	for _, r := range table.Rows {
		if r.Values[1] == "center" {
			want += r.Cells[table.Main].Mean / 3
		}
	}
	if m := crop[0].Mean; math.Abs(m.Mean-want) > 1e-12 || m.High-m.Low > 0.05 {
		t.Errorf("center is %+v, want %v; the grids differ by 0.1, which is not noise", m, want)
	}
	runs[0].Metrics, runs[3].Metrics, runs[2].Metrics, runs[7].Metrics = nil, nil, nil, nil
	if table, err = New(t.Context(), axes, runs, "", nil); err != nil {
		t.Fatal(err)
	}
	if m := table.Levels(1)[0].Mean; math.IsNaN(m.Mean) {
		t.Errorf("each seed failed in some row: %+v, want a mean all the same", m)
	}
	axes, runs = fakeSweep(1)
	if table, err = New(t.Context(), axes, runs, "", nil); err != nil {
		t.Fatal(err)
	}
	if m := table.Levels(0)[2].Mean; math.Abs(m.High-m.Low-0.04) > 1e-9 {
		t.Errorf("one seed: %+v, want the rows' intervals averaged", m)
	}
}
