package eval

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"fashionpipe/internal/nearest"
	"pgregory.net/rapid"
)

type backgroundGolden struct {
	Background []struct {
		Name, Metric     string
		Dim              int
		Data             []float32
		Garments         []int64
		Scenes           []int32
		Queries, Gallery []bool
		Scored, Skipped  int
		Values           map[string]float64
	}
	Overlap []struct {
		Name, Metric  string
		Dim, OtherDim int
		Data, Other   []float32
		Values        map[string]float64
	}
}

func readBackground(t *testing.T) (g backgroundGolden) {
	t.Helper()
	b, err := os.ReadFile("testdata/background.json")
	if err == nil {
		err = json.Unmarshal(b, &g)
	}
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// judgedMeans gives the measures of a judgement by name.
func judgedMeans(t rapid.TB, names []string, j Judged) map[string]float64 {
	t.Helper()
	m, _, err := Bootstrap{}.means(context.Background(), j.Values, nil)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]float64{}
	for i, name := range names {
		out[name] = m[i]
	}
	return out
}

func equalGolden(t *testing.T, name string, got, want map[string]float64, but string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: measures %v, golden %v", name, got, want)
	}
	for m, v := range want {
		if but != "" && m != but {
			continue
		}
		if !(math.Abs(got[m]-v) <= 1e-9) {
			t.Errorf("%s: %s is %.9f, want %.9f", name, m, got[m], v)
		}
	}
}

func TestBackgroundEqualsItsDefinition(t *testing.T) {
	for _, c := range readBackground(t).Background {
		o := Background{K: []int{1, 5, 10}, Metric: nearest.Metric(c.Metric), Queries: c.Queries, Gallery: c.Gallery, Workers: 2}
		j, err := o.Judge(context.Background(), c.Data, c.Dim, texts(c.Garments), c.Scenes)
		if err != nil {
			t.Fatal(err)
		}
		if len(j.Queries) != c.Scored || j.Skipped != c.Skipped {
			t.Errorf("%s: %d queries and %d skipped, want %d and %d", c.Name, len(j.Queries), j.Skipped, c.Scored, c.Skipped)
		}
		but := ""
		if c.Name == "ties" { // neighbours at equal distance come in another order there
			but = "sensitivity"
		}
		equalGolden(t, c.Name, judgedMeans(t, o.Measures(), j), c.Values, but)
	}
}

func TestOverlapEqualsItsDefinition(t *testing.T) {
	for _, c := range readBackground(t).Overlap {
		o := Overlap{K: []int{1, 5, 10}, Metric: nearest.Metric(c.Metric), Workers: 2}
		j, err := o.Judge(context.Background(), c.Data, c.Dim, c.Other, c.OtherDim)
		if err != nil {
			t.Fatal(err)
		}
		equalGolden(t, c.Name, judgedMeans(t, o.Measures(), j), c.Values, "")
	}
}

// grid is garments × scenes as one-hot features, each kind of the given length.
func grid(garments, scenes int, g, s float32) (data []float32, dim int, names []string, numbers []int32) {
	dim = garments + scenes
	for i := range garments {
		for k := range scenes {
			row := make([]float32, dim)
			row[i], row[garments+k] = g, s
			data = append(data, row...)
			names, numbers = append(names, strconv.Itoa(i)), append(numbers, int32(k+1))
		}
	}
	return data, dim, names, numbers
}

// Features that hold the garment alone are not sensitive at all, those of the scene alone are nothing else, and where both
// weigh the same, or features tell neither, it is one half exactly.
func TestSensitivityOfKnownFeatures(t *testing.T) {
	for _, c := range []struct {
		name string
		g, s float32
		want float64
		rest float64 // confusion
	}{{"garment", 1, 0, 0, 0}, {"scene", 0, 1, 1, 0.5}, {"both", 1, 1, 0.5, 0}, {"neither", 0, 0, 0.5, 0.5}, {"more garment", 2, 1, 0, 0}, {"more scene", 1, 2, 1, 0}} {
		for _, metric := range []nearest.Metric{nearest.Cosine, nearest.L2} {
			data, dim, garments, scenes := grid(7, 5, c.g, c.s)
			o := Background{K: []int{4}, Metric: metric, Seed: 1, Workers: 2}
			j, err := o.Judge(context.Background(), data, dim, garments, scenes)
			if err != nil {
				t.Fatal(err)
			}
			m := judgedMeans(t, o.Measures(), j)
			if m["confusion"] != c.rest || m["excess"] != c.want-c.rest {
				t.Errorf("%s, %s: %v", c.name, metric, m)
			}
			if m["sensitivity"] != c.want || len(j.Queries) != 35 || j.Skipped != 0 {
				t.Errorf("%s, %s: %v of %d queries, want %v", c.name, metric, m["sensitivity"], len(j.Queries), c.want)
			}
			if c.name == "garment" && m["garment@4"] != 1 || c.name == "scene" && m["scene@4"] != 1 {
				t.Errorf("%s, %s: %v", c.name, metric, m)
			}
			if math.Abs(j.Chance[3]-6.0/34) > 1e-12 || math.Abs(j.Chance[4]-4.0/34) > 1e-12 || j.Chance[0] != 0.5 && math.Abs(j.Chance[0]-0.5) > 1e-12 {
				t.Errorf("chance levels %v", j.Chance)
			}
		}
	}
}

// Garments and scenes change places: what was sensitivity becomes its rest.
func TestSensitivityIsSymmetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const g, s, dim = 4, 3, 3
		data := rapid.SliceOfN(rapid.Float32Range(-1, 1), g*s*dim, g*s*dim).Draw(t, "data")
		_, _, garments, scenes := grid(g, s, 1, 1)
		turned, numbers := make([]string, len(scenes)), make([]int32, len(scenes))
		for i := range scenes {
			turned[i] = strconv.Itoa(int(scenes[i]))
			n, _ := strconv.Atoi(garments[i])
			numbers[i] = int32(n + 1)
		}
		value := func(garments []string, scenes []int32) float64 {
			o := Background{K: []int{1}, Metric: nearest.L2}
			j, err := o.Judge(context.Background(), data, dim, garments, scenes)
			if err != nil {
				t.Fatal(err)
			}
			return judgedMeans(t, o.Measures(), j)["sensitivity"]
		}
		if a, b := value(garments, scenes), value(turned, numbers); math.Abs(a+b-1) > 1e-12 {
			t.Errorf("%v, and %v with garments and scenes exchanged", a, b)
		}
	})
}

func TestBackgroundWithoutQueries(t *testing.T) {
	data, dim, garments, scenes := grid(3, 3, 1, 1)
	for name, spoil := range map[string]func(){
		"no scenes": func() { clear(scenes) },
		"one garment": func() {
			_, _, garments, scenes = grid(3, 3, 1, 1)
			for i := range garments {
				garments[i] = "one"
			}
		},
	} {
		spoil()
		o := Background{K: []int{1, 5}, Metric: nearest.Cosine}
		j, err := o.Judge(context.Background(), data, dim, garments, scenes)
		if err != nil || len(j.Queries) != 0 || j.Skipped != 9 || !math.IsNaN(j.Chance[0]) {
			t.Errorf("%s: %+v, %v", name, j, err)
		}
	}
}

// The same space twice, also one of all-equal rows, overlaps entirely; chance is k of the others.
func TestOverlapOfTheSame(t *testing.T) {
	data, dim, _, _ := grid(5, 4, 1, 0.5)
	for _, d := range [][]float32{data, make([]float32, len(data))} {
		o := Overlap{K: []int{1, 5, 50}, Metric: nearest.Cosine, Seed: 4, Workers: 2}
		j, err := o.Judge(context.Background(), d, dim, d, dim)
		if err != nil {
			t.Fatal(err)
		}
		for name, v := range judgedMeans(t, o.Measures(), j) {
			if want := map[bool]float64{true: 1, false: 0}[name[0] == 'o']; v != want {
				t.Errorf("%s is %v", name, v)
			}
		}
		for i, want := range []float64{1.0 / 19, 5.0 / 19, 1} {
			if math.Abs(j.Chance[i]-want) > 1e-12 || math.Abs(j.Chance[3+i]-(1-want)) > 1e-12 {
				t.Errorf("chance levels %v", j.Chance)
			}
		}
	}
}

// Of many rows, C is taken from a sample that is the same each time.
func TestSampled(t *testing.T) {
	gallery := make([]int32, 3*mostSampled)
	for i := range gallery {
		gallery[i] = int32(2 * i)
	}
	rows := sampled(gallery, 5)
	if len(rows) != mostSampled || !slices.IsSorted(rows) || len(slices.Compact(slices.Clone(rows))) != mostSampled || rows[mostSampled-1]%2 != 0 {
		t.Errorf("%d rows, sorted %v", len(rows), slices.IsSorted(rows))
	}
	if !slices.Equal(rows, sampled(gallery, 5)) || slices.Equal(rows, sampled(gallery, 6)) {
		t.Error("the sample doesn't follow the seed")
	}
	if got := sampled(gallery[:mostSampled], 5); len(got) != mostSampled || &got[0] != &gallery[0] {
		t.Error("few rows are sampled")
	}
}
