package synth

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"image/jpeg"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
)

func small(count int) Options {
	o := Defaults()
	o.Count, o.Width, o.Height, o.Workers = count, 90, 120, 2
	return o
}

func write(t *testing.T, o Options) string {
	t.Helper()
	dir := t.TempDir()
	if err := Write(t.Context(), dir, o); err != nil {
		t.Fatal(err)
	}
	return dir
}

// row is what a data set says of an item, read back from its files.
type row struct {
	split, source                 string
	number, pair, category, style int
}

// rows reads all annotations strictly: exact keys, exact types.
func rows(t *testing.T, dir string) []row {
	t.Helper()
	var all []row
	for _, split := range []string{"train", "validation"} {
		names, err := filepath.Glob(filepath.Join(dir, split, "annos", "*.json"))
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: no annotations (%v)", split, err)
		}
		sort.Strings(names)
		for i, name := range names {
			if want := fmt.Sprintf("%06d.json", i+1); filepath.Base(name) != want {
				t.Fatalf("%s: file %d is %s, want %s", split, i, filepath.Base(name), want)
			}
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, strict(t, split, i+1, b)...)
		}
	}
	return all
}

var itemKeys = []string{"bounding_box", "category_id", "category_name", "landmarks", "occlusion", "scale", "segmentation", "style", "viewpoint", "zoom_in"}

func strict(t *testing.T, split string, number int, b []byte) []row {
	t.Helper()
	var top map[string]json.RawMessage
	if err := json.Unmarshal(b, &top); err != nil {
		t.Fatalf("%s/%d: %v", split, number, err)
	}
	r := row{split: split, number: number, pair: integer(t, top["pair_id"])}
	if err := json.Unmarshal(top["source"], &r.source); err != nil || r.source != "user" && r.source != "shop" {
		t.Fatalf("source %s", top["source"])
	}
	var out []row
	for i := 1; i <= len(top)-2; i++ {
		var it map[string]json.RawMessage
		if err := json.Unmarshal(top["item"+strconv.Itoa(i)], &it); err != nil {
			t.Fatalf("%s/%d item%d: %v", split, number, i, err)
		}
		var keys []string
		for k := range it {
			keys = append(keys, k)
		}
		if slices.Sort(keys); !slices.Equal(keys, itemKeys) {
			t.Fatalf("keys %v", keys)
		}
		r.category, r.style = integer(t, it["category_id"]), integer(t, it["style"])
		if want := strconv.Quote(CategoryNames[r.category]); string(it["category_name"]) != want {
			t.Errorf("category %d is named %s", r.category, it["category_name"])
		}
		for _, k := range []string{"scale", "occlusion", "zoom_in", "viewpoint"} {
			if v := integer(t, it[k]); v < 1 || v > 3 {
				t.Errorf("%s is %d", k, v)
			}
		}
		integers(t, it["bounding_box"], 4)
		integers(t, it["landmarks"], 3*LandmarkCounts[r.category])
		if !regexp.MustCompile(`^\[(\[(-?\d+\.\d+,)+-?\d+\.\d+\],?)+\]$`).Match(it["segmentation"]) {
			t.Errorf("segmentation is no list of lists of floats: %.80s", it["segmentation"])
		}
		out = append(out, r)
	}
	return out
}

func integer(t *testing.T, b json.RawMessage) int {
	t.Helper()
	n, err := strconv.Atoi(string(b))
	if err != nil {
		t.Fatalf("%q is no integer", b)
	}
	return n
}

func integers(t *testing.T, b json.RawMessage, n int) {
	t.Helper()
	f := strings.Split(strings.Trim(string(b), "[]"), ",")
	if len(f) != n {
		t.Fatalf("%d numbers, want %d", len(f), n)
	}
	for _, x := range f {
		integer(t, json.RawMessage(x))
	}
}

func TestLayout(t *testing.T) {
	o := small(150)
	o.Test = 0.1
	dir := write(t, o)
	count := map[string]int{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, filepath.Dir(path))
		count[filepath.ToSlash(rel)]++
		if filepath.Ext(path) != ".jpg" {
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		c, err := jpeg.DecodeConfig(bytes.NewReader(b))
		if err == nil && (c.Width != o.Width || c.Height != o.Height) {
			t.Errorf("%s is %d by %d", path, c.Width, c.Height)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"train/image": 75, "train/annos": 75, "validation/image": 60, "validation/annos": 60, "test/image": 15}
	if fmt.Sprint(count) != fmt.Sprint(want) {
		t.Errorf("files %v, want %v", count, want)
	}
	all := rows(t, dir)
	checkOrder(t, all)
	checkPairs(t, all)
}

// checkOrder: train by consecutive pair_id; validation user photos first, by pair_id each; no pair in two splits.
func checkOrder(t *testing.T, all []row) {
	t.Helper()
	split := map[int]string{}
	for i, r := range all {
		if s, ok := split[r.pair]; ok && s != r.split {
			t.Errorf("pair %d is in %s and %s", r.pair, s, r.split)
		}
		split[r.pair] = r.split
		if i == 0 || all[i-1].split != r.split {
			continue
		}
		p := all[i-1]
		switch {
		case r.split == "train" && r.pair != p.pair && r.pair != p.pair+1:
			t.Errorf("train: pair %d follows pair %d", r.pair, p.pair)
		case r.split == "validation" && p.source == "shop" && r.source == "user":
			t.Errorf("validation: a user photo follows a shop photo at %d", r.number)
		case r.split == "validation" && p.source == r.source && r.pair < p.pair:
			t.Errorf("validation: pair %d follows pair %d", r.pair, p.pair)
		}
	}
}

// checkPairs: a garment with a style is in a user and a shop photo.
func checkPairs(t *testing.T, all []row) {
	t.Helper()
	type key struct{ pair, style int }
	sources := map[key]map[string]bool{}
	two := 0
	for i, r := range all {
		if i > 0 && all[i-1].split == r.split && all[i-1].number == r.number {
			two++
		}
		if r.style == 0 {
			continue
		}
		k := key{r.pair, r.style}
		if sources[k] == nil {
			sources[k] = map[string]bool{}
		}
		sources[k][r.source] = true
	}
	whole := 0
	for _, s := range sources {
		if len(s) == 2 {
			whole++
		}
	}
	// close by, the second garment of a photo may lie outside of it
	if whole*100 < 95*len(sources) {
		t.Errorf("only %d of %d garments have a user and a shop photo", whole, len(sources))
	}
	if two == 0 {
		t.Error("no photo holds two items")
	}
}

// digest is of all files below dir, with their names.
func digest(t *testing.T, dir string) string {
	t.Helper()
	h := sha256.New()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		fmt.Fprintf(h, "%s %x\n", filepath.ToSlash(rel), sha256.Sum256(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

func TestSameBytesForAnyNumberOfWorkers(t *testing.T) {
	o := small(60)
	o.Workers = 1
	one := digest(t, write(t, o))
	o.Workers = 3
	if three := digest(t, write(t, o)); three != one {
		t.Error("one worker and three draw different data sets")
	}
	o.Seed = 2
	if other := digest(t, write(t, o)); other == one {
		t.Error("two seeds draw the same data set")
	}
}

// A photo must not depend on what was drawn on the canvas before, whatever its shape.
func TestPhotosDoNotLeakIntoEachOther(t *testing.T) {
	for _, size := range [][2]int{{90, 120}, {60, 200}, {200, 60}} {
		c := newCanvas(size[0], size[1])
		for i := range 60 {
			for k := range c.img.Pix {
				if k%4 != 3 {
					c.img.Pix[k] = uint8(i)
				}
			}
			source := []string{"shop", "user"}[i%2]
			s := shot{source: source, pair: 1, nth: i, items: []ware{{category: i%categories + 1, style: 1}}}
			c.drawShot(3, &s)
			if p := Draw(3, i%categories+1, source, i, size[0], size[1]); !bytes.Equal(p.Image.Pix, c.img.Pix) {
				t.Fatalf("%v: photo %d depends on the canvas it is drawn on", size, i)
			}
		}
	}
}

// Thirteen pairs in a split are enough for all categories.
func TestEveryCategoryIsThere(t *testing.T) {
	tried := 0
	for seed := range uint64(30) {
		o := small(180)
		o.Seed, o.Validation = seed, 0.5
		seen, pairs := map[string]map[int]bool{}, map[string]map[int]bool{}
		for _, s := range plan(o) {
			if seen[s.split] == nil {
				seen[s.split], pairs[s.split] = map[int]bool{}, map[int]bool{}
			}
			pairs[s.split][s.pair] = true
			for _, w := range s.items {
				seen[s.split][w.category] = true
			}
		}
		for split, s := range seen {
			if len(pairs[split]) < categories {
				continue
			}
			if tried++; len(s) != categories {
				t.Errorf("seed %d: %s has %d pairs but only %d categories", seed, split, len(pairs[split]), len(s))
			}
		}
	}
	if tried < 30 {
		t.Errorf("only %d splits had thirteen pairs", tried)
	}
}

// Every count must come out exactly, and no planned garment with a style may have a single photo.
func TestPlanCounts(t *testing.T) {
	for n := range 60 {
		for seed := range uint64(8) {
			o := small(n + 1)
			o.Seed, o.Test = seed, 0.1
			shots := plan(o)
			if len(shots) != n+1 {
				t.Fatalf("%d photos planned, want %d", len(shots), n+1)
			}
			photos := map[string]int{}
			for _, s := range shots {
				for _, w := range s.items {
					photos[fmt.Sprint(s.pair, w.category, w.style, w.extra)]++
				}
			}
			for _, s := range shots {
				for _, w := range s.items {
					if k := photos[fmt.Sprint(s.pair, w.category, w.style, w.extra)]; (k == 1) != (w.style == 0) {
						t.Fatalf("count %d seed %d: garment %+v of pair %d has %d photos", n+1, seed, w, s.pair, k)
					}
				}
			}
		}
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	o := small(5000)
	o.Done = func(int) { cancel() }
	if err := Write(ctx, t.TempDir(), o); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestUnwritableFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Write(t.Context(), file, small(3)); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("got %v, want an error that names %s", err, file)
	}
}

func BenchmarkDataset(b *testing.B) {
	o := Defaults()
	o.Count, o.Workers = b.N, 2
	if err := Write(b.Context(), b.TempDir(), o); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "photos/s")
}
