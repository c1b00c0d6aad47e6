package consumertoshop

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"fashionpipe/formats"
	"pgregory.net/rapid"
)

// Everything equals what the official script prints on the same files (testdata/golden.py).
func TestEqualsTheOfficialScript(t *testing.T) {
	var golden struct {
		Cases []struct {
			Name                      string
			Queries, Gallery, Results json.RawMessage
			Accuracy                  []float64
			Missed                    int
		}
	}
	b, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &golden); err != nil {
		t.Fatal(err)
	}
	for _, c := range golden.Cases {
		truth := Truth{read[formats.QueryItem](t, c.Queries), read[formats.GalleryItem](t, c.Gallery)}
		results := read[formats.ShopResult](t, c.Results)
		answers := Match(truth, results)
		for i, k := range Ks {
			if got := accuracy(answers, k); got != c.Accuracy[i] {
				t.Errorf("%s: top-%d is %v, want %v", c.Name, k, got, c.Accuracy[i])
			}
		}
		missed := 0 // the script counts a miss only in photos that have a result
		for _, a := range answers {
			image := truth.Queries[a.Query].Image
			if a.Result < 0 && slices.ContainsFunc(results, func(r formats.ShopResult) bool { return r.Image == image }) {
				missed++
			}
		}
		if missed != c.Missed {
			t.Errorf("%s: %d queries are missed, want %d", c.Name, missed, c.Missed)
		}
	}
}

func read[T formats.QueryItem | formats.GalleryItem | formats.ShopResult](t *testing.T, b []byte) []T {
	t.Helper()
	list, err := formats.ReadList[T](strings.NewReader(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func accuracy(answers []Answer, k int) float64 {
	hits := 0
	for _, a := range answers {
		if a.Hit(k) {
			hits++
		}
	}
	return float64(hits) / float64(len(answers))
}

// The rules one by one, where the golden files mix them.
func TestRules(t *testing.T) {
	square := func(x float64) [4]float64 { return [4]float64{x, 0, x + 10, 10} }
	truth := Truth{
		Queries: []formats.QueryItem{
			{Image: 1, Style: 0, Class: 1, Pair: 5, Box: square(0)},
			{Image: 1, Style: 2, Class: 1, Pair: 5, Box: square(20)},
			{Image: 2, Style: 1, Class: 3, Pair: 6, Box: square(0)},
		},
		Gallery: []formats.GalleryItem{
			{Image: 50, Style: 2, Pair: 5, Box: square(0)},
			{Image: 50, Style: 1, Pair: 5, Box: square(100)},
			{Image: 51, Style: 2, Pair: 6, Box: square(0)},
		},
	}
	right := func(at float64, class int64, score float64) formats.ShopResult {
		return formats.ShopResult{Image: 1, Box: square(at), Class: class, Score: score, Images: []int64{50}, Boxes: [][4]float64{square(0)}}
	}
	wrong := right(20, 1, 0.9)
	wrong.Images = []int64{51}
	for _, c := range []struct {
		name        string
		results     []formats.ShopResult
		stands      int // the result for the first query
		rank, count int
	}{
		{"found", []formats.ShopResult{right(20, 1, 0.5)}, 0, 1, 2},
		{"the best of two", []formats.ShopResult{wrong, right(20, 1, 0.95)}, 1, 1, 2},
		{"the first of two with one score", []formats.ShopResult{wrong, right(20, 1, 0.9)}, 0, 0, 2},
		{"a wrong category never stands", []formats.ShopResult{right(20, 2, 0.99), wrong}, 1, 0, 2},
		{"a result of the item of style 0", []formats.ShopResult{right(1, 1, 0.5)}, -1, 0, 2},
		{"no overlap: the first item, here of style 0", []formats.ShopResult{right(500, 1, 0.5)}, -1, 0, 2},
		{"a little overlap is enough", []formats.ShopResult{right(29.9, 1, 0.5)}, 0, 1, 2},
		{"no results", nil, -1, 0, 2},
	} {
		answers := Match(truth, c.results)
		if len(answers) != c.count || answers[0].Result != c.stands || answers[0].Rank != c.rank {
			t.Errorf("%s: %+v", c.name, answers)
		}
		if !answers[0].Available || answers[1].Available || answers[1].Rank != 0 {
			t.Errorf("%s: the gallery has the first garment and not the second: %+v", c.name, answers)
		}
	}
}

func TestIoU(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		draw := func() (b [4]float64) {
			for i := range b {
				b[i] = float64(rapid.IntRange(-200, 200).Draw(r, "corner")) / 7
			}
			return b
		}
		a, b := toBox(draw()), toBox(draw())
		v := a.iou(b)
		if v < 0 || v > 1+1e-9 || math.IsNaN(v) || v != b.iou(a) {
			r.Fatalf("%v and %v overlap by %v and %v", a, b, v, b.iou(a))
		}
		if self := a.iou(a); (a[2] > 0 && a[3] > 0) != (self > 0.999) {
			r.Fatalf("%v overlaps itself by %v", a, self)
		}
	})
}
