package catalogue_test

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"fashionpipe/formats"
	"fashionpipe/internal/catalogue"

	"pgregory.net/rapid"
)

var parts = []string{catalogue.Train, catalogue.Validation, catalogue.Test}

// drawContents gives rows a content each, which some share.
func drawContents(t *rapid.T) []formats.Photo {
	rows := drawRows(t)
	content := map[string]string{} // by path: items of a photo have its content
	for i := range rows {
		if content[rows[i].Path] == "" {
			content[rows[i].Path] = fmt.Sprint("content", rapid.IntRange(0, 40).Draw(t, "content"))
		}
		rows[i].SHA256 = content[rows[i].Path]
	}
	return rows
}

func together(p formats.Photo) string {
	if p.PairID != 0 {
		return fmt.Sprint(p.PairID)
	}
	return p.SHA256
}

// divide gives each row's part, and fails unless it is in just one.
func divide(t *rapid.T, rows []formats.Photo, sub catalogue.Subset, seed uint64) map[string]string {
	of := map[string]string{}
	for _, sub.Part = range parts {
		for _, p := range chooseIn(sub, rows, 0, seed) {
			if of[p.ID] != "" {
				t.Fatalf("%s is in %s and %s", p.ID, of[p.ID], sub.Part)
			}
			of[p.ID] = sub.Part
		}
	}
	if len(of) != len(rows) {
		t.Fatalf("%d of %d rows are in a subset", len(of), len(rows))
	}
	return of
}

// TestSubsets: they are disjoint and together whole, what belongs together is in one, and a row stays in its subset whatever
// rows there are beside it and whatever it is called.
func TestSubsets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, seed := drawContents(t), rapid.Uint64().Draw(t, "seed")
		sub := catalogue.Subset{Test: rapid.Float64Range(0, 0.6).Draw(t, "test"), Validation: rapid.Float64Range(0, 0.39).Draw(t, "validation")}
		of, group := divide(t, rows, sub, seed), map[string]string{}
		for _, p := range rows {
			if k := together(p); group[k] != "" && group[k] != of[p.ID] {
				t.Fatalf("%s is torn apart: %s and %s", k, group[k], of[p.ID])
			}
			group[together(p)] = of[p.ID]
		}
		some := slices.Clone(rows[:rapid.IntRange(1, len(rows)).Draw(t, "some")])
		for i := range some {
			some[i].Path, some[i].Category = "renamed/"+some[i].Path, "moved"
		}
		for id, part := range divide(t, some, sub, seed) {
			if of[id] != part {
				t.Fatalf("%s is in %s among fewer photos, and in %s among all", id, part, of[id])
			}
		}
		more := sub
		more.Test, more.Validation = min(0.99, sub.Test*1.5), 0
		for id, part := range divide(t, rows, more, seed) {
			if of[id] == catalogue.Test && part != catalogue.Test {
				t.Fatalf("%s leaves the test subset as that grows and validation goes", id)
			}
		}
	})
}

// TestSubsetsWithLimit: the limit chooses among the subset.
func TestSubsetsWithLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, seed := drawContents(t), rapid.Uint64().Draw(t, "seed")
		sub := catalogue.Subset{Part: catalogue.Train, Test: 0.4}
		of := divide(t, rows, sub, seed)
		limit := rapid.IntRange(1, 40).Draw(t, "limit")
		chosen := chooseIn(sub, rows, limit, seed)
		if len(chosen) > limit {
			t.Fatalf("%d rows, the limit is %d", len(chosen), limit)
		}
		for _, p := range chosen {
			if of[p.ID] != catalogue.Train {
				t.Fatalf("%s is chosen, and in subset %s", p.ID, of[p.ID])
			}
		}
	})
}

// distinct makes rows of n contents, in classes of a thousand.
func distinct(n int) []formats.Photo {
	rows := make([]formats.Photo, n)
	for i := range rows {
		id := fmt.Sprintf("%05d", i)
		rows[i] = formats.Photo{Labels: formats.Labels{ID: id, Path: id, Category: id[:2]}, SHA256: id}
	}
	return rows
}

func TestSharesAreMetInTheMean(t *testing.T) {
	rows := distinct(20000)
	sub := catalogue.Subset{Test: 0.2, Validation: 0.1}
	for i, share := range []float64{0.7, 0.1, 0.2} {
		sub.Part = parts[i]
		chosen := chooseIn(sub, rows, 0, 1)
		if got := float64(len(chosen)) / 20000; math.Abs(got-share) > 0.01 {
			t.Errorf("%s has %.3f of the photos, want %v", sub.Part, got, share)
		}
		classes := map[string]int{}
		for _, p := range chosen {
			classes[p.Category]++
		}
		for c, n := range classes {
			if got := float64(n) / 1000; math.Abs(got-share) > 0.06 { // more than four standard deviations
				t.Errorf("%s has %.3f of class %s, want %v", sub.Part, got, c, share)
			}
		}
		if len(classes) != 20 {
			t.Errorf("%s has %d classes", sub.Part, len(classes))
		}
	}
	sub.Part = catalogue.Test
	first, second := chooseIn(sub, rows, 0, 1), chooseIn(sub, rows, 0, 2)
	both := 0
	for _, p := range second {
		if _, in := slices.BinarySearchFunc(first, p, func(a, b formats.Photo) int { return cmp.Compare(a.ID, b.ID) }); in {
			both++
		}
	}
	if got := float64(both) / float64(len(second)); math.Abs(got-0.2) > 0.03 {
		t.Errorf("%.3f of the test photos of one seed are those of another, want 0.2", got)
	}
}

// TestSubsetsStay: what these photos belong to is fixed, or an upgrade would bring photos that were learnt from into the test.
func TestSubsetsStay(t *testing.T) {
	rows := distinct(24)
	for i := range 6 {
		rows[i].PairID = int64(1 + i/2)
	}
	var got strings.Builder
	sub := catalogue.Subset{Test: 0.3, Validation: 0.2}
	for _, p := range rows {
		for _, sub.Part = range parts {
			if len(chooseIn(sub, []formats.Photo{p}, 0, 7)) > 0 {
				got.WriteByte(sub.Part[1])
			}
		}
	}
	if want := "eerrrreraaeraaerrereraee"; got.String() != want {
		t.Errorf("got %s, want %s (r train, a validation, e test)", got.String(), want)
	}
}

func TestMissing(t *testing.T) {
	s := catalogue.NewSelector(catalogue.Filter{Categories: []string{"00", "01", "hat"}}, catalogue.Subset{Part: catalogue.Test, Test: 0.01}, 5, 1)
	rows := append(distinct(3000), formats.Photo{Labels: formats.Labels{ID: "hat", Path: "hat", Category: "hat"}, SHA256: "hat"})
	for i := range rows {
		s.Add(&rows[i])
	}
	if err := s.Choose(nil); err != nil || !slices.Equal(s.Missing(), []string{"hat"}) {
		t.Errorf("missing are %q, %v", s.Missing(), err)
	}
}
