package sweep

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"fashionpipe/formats"
	"fashionpipe/internal/rng"
)

// TestMemory: what a comparison gave is taken from the memory, without the lists that it was read from, as long as all that it
// depends on is the same.
func TestMemory(t *testing.T) {
	const measure = "category.recall@1"
	axes, runs := pairedSweep(t, 400, 12, 8)
	m := OpenMemory(filepath.Join(t.TempDir(), "missing"))
	table, err := New(t.Context(), axes, runs, measure, m)
	if err != nil {
		t.Fatal(err)
	}
	read := *table.Rows[1].Against
	good, err := m.Encode()
	if err != nil || read.Method != Paired {
		t.Fatalf("%+v, %v", read, err)
	}
	for _, r := range runs {
		if err := os.Remove(filepath.Join(r.Lists[1].Dir, formats.NeighboursFile)); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		file   []byte
		change func(r *Run)
		known  bool
	}{
		"the same":       {good, func(*Run) {}, true},
		"another name":   {good, func(r *Run) { r.Name = "x=c" }, true},
		"damaged":        {good[:len(good)/2], func(*Run) {}, false},
		"empty":          {nil, func(*Run) {}, false},
		"another list":   {good, func(r *Run) { r.Lists = []List{{r.Lists[1].Dir + "0", "e"}} }, false},
		"one list more":  {good, func(r *Run) { r.Lists = append(r.Lists[:2:2], List{"more", "e"}) }, false},
		"another recall": {good, func(r *Run) { r.Metrics = []Metrics{scores("s", 0.1, 0.4, 0.2)} }, false},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "memory")
			if err := os.WriteFile(file, c.file, 0o644); err != nil {
				t.Fatal(err)
			}
			second := *runs[1]
			c.change(&second)
			m := OpenMemory(file)
			table, err := New(t.Context(), axes, []*Run{runs[0], &second}, measure, m)
			if err != nil {
				t.Fatal(err)
			}
			got := *table.Rows[1].Against
			if c.known != (got == read) || !c.known && got.Method != Intervals {
				t.Errorf("%+v; as it was read %+v", got, read)
			}
			if again, err := m.Encode(); err != nil || c.known != (string(again) == string(good)) || !c.known && again != nil {
				t.Errorf("to keep for the next time: %s (%v)", again, err)
			}
		})
	}
}

// BenchmarkComparisons is the table of a sweep with one seed, of the size of the paper's: 108 variants that list 20 neighbours of
// each of 30,000 photos. First all lists are read that count, then none.
func BenchmarkComparisons(b *testing.B) {
	const variants, photos, k = 108, 30_000, 20
	axes := []Axis{{Name: "x"}}
	var runs []*Run
	for v := range variants {
		value := fmt.Sprint(v)
		axes[0].Values = append(axes[0].Values, value)
		r := &Run{Name: "x=" + value, Values: []string{value}, Lists: []List{{filepath.Join(b.TempDir(), value), "e"}}}
		recall := 0.6 - float64(v)/1000
		if v <= mostPaired { // no other is read
			recall = writeLargeList(b, r.Lists[0].Dir, photos, k, recall, uint64(v))
		}
		r.Metrics = []Metrics{scores("s", 0.1, recall, 0.2)}
		runs = append(runs, r)
	}
	for _, name := range []string{"read", "remembered"} {
		b.Run(name, func(b *testing.B) {
			file := filepath.Join(b.TempDir(), "memory")
			table := func() []byte {
				m := OpenMemory(file)
				table, err := New(b.Context(), axes, runs, "category.recall@1", m)
				if err != nil || table.Rows[mostPaired].Against.Method != Paired {
					b.Fatal(err, table.Rows[mostPaired].Against)
				}
				kept, err := m.Encode()
				if err != nil {
					b.Fatal(err)
				}
				return kept
			}
			if name == "remembered" {
				if err := os.WriteFile(file, table(), 0o644); err != nil {
					b.Fatal(err)
				}
			}
			for b.Loop() {
				table()
			}
		})
	}
}

// writeLargeList writes a list in which about so many photos find their category first, and gives how many do.
func writeLargeList(b *testing.B, dir string, photos, k int, recall float64, seed uint64) float64 {
	b.Helper()
	r := rng.New(seed, "large list")
	n := &formats.Neighbours{Meta: formats.NeighboursMeta{Embeddings: "e", Metric: "cosine", K: k}, K: k}
	hits := 0
	for i := range photos {
		n.Labels = append(n.Labels, formats.Labels{ID: fmt.Sprintf("validation/%06d.jpg#0", i), Category: fmt.Sprint(i % 13), PairID: int64(1 + i/4)})
		hit := r.Float64() < recall
		if hit {
			hits++
		}
		for range k {
			j := (i + 13*(1+r.IntN(photos/13-1))) % (photos / 13 * 13)
			if !hit {
				j = (j + 1) % (photos / 13 * 13)
			}
			if j == i {
				j = (j + 13) % (photos / 13 * 13)
			}
			n.Index, n.Score = append(n.Index, int32(j)), append(n.Score, 0.5)
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	if err := formats.WriteNeighbours(dir, n); err != nil {
		b.Fatal(err)
	}
	return float64(hits) / float64(photos)
}
