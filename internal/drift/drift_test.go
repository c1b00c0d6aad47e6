package drift

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"fashionpipe/formats"
)

var rules = Rules{Match: 0.5, Split: 0.25, Grow: 0.25}

// clusters makes a clustering from the numbers of clusters by id.
func clusters(of map[string]int) *formats.Clusters {
	c := &formats.Clusters{}
	ids := make([]string, 0, len(of))
	for id := range of {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		c.Labels = append(c.Labels, formats.Labels{ID: id, Path: id})
		c.Cluster = append(c.Cluster, int32(of[id]))
		c.Meta.K = max(c.Meta.K, of[id]+1)
	}
	c.Sizes = make([]int, c.Meta.K)
	for _, k := range c.Cluster {
		if k >= 0 {
			c.Sizes[k]++
		}
	}
	return c
}

// some gives photos first … last−1 a cluster.
func some(of map[string]int, first, last, cluster int) {
	for i := first; i < last; i++ {
		of[fmt.Sprintf("%03d.jpg", i)] = cluster
	}
}

func compare(t rapid.TB, now, before *formats.Clusters) *formats.Drift {
	t.Helper()
	d, err := Compare(now, before, nil, nil, rules)
	if err != nil {
		t.Fatal(err)
	}
	d.Passed = true
	return d
}

// TestTransitions has one cluster of each fate and origin.
func TestTransitions(t *testing.T) {
	was, is := map[string]int{}, map[string]int{}
	some(was, 0, 10, 0) // kept and grown
	some(is, 0, 9, 5)
	some(is, 200, 205, 5) // new
	some(was, 10, 30, 1)  // split
	some(is, 10, 22, 0)
	some(is, 22, 30, 1)
	some(was, 30, 42, 2) // merged …
	some(was, 42, 50, 3) // … with this
	some(is, 30, 50, 2)
	some(was, 50, 60, 4) // scattered: died
	for i := range 5 {
		some(is, 50+2*i, 52+2*i, []int{0, 1, 2, 5, 3}[i])
	}
	some(was, 60, 64, 5) // all its photos gone: died
	some(is, 9, 10, 3)   // the photo that left cluster 0
	some(is, 210, 218, 3)
	some(is, 220, 224, 4) // of new photos: born
	d := compare(t, clusters(is), clusters(was))
	fates := ""
	for _, o := range d.Old {
		fates += fmt.Sprintf("%d %s %v; ", o.Cluster, o.Fate, o.To)
	}
	if want := "0 kept [5]; 1 split [0 1]; 2 merged [2]; 3 merged [2]; 4 died []; 5 died []; "; fates != want {
		t.Errorf("fates   %s\nwant    %s", fates, want)
	}
	origins := ""
	for _, n := range d.Now {
		origins += fmt.Sprintf("%d %s %v %s; ", n.Cluster, n.Origin, n.From, n.Change)
	}
	if want := "0 split [1] shrunk; 1 split [1] ; 2 merged [2 3] grown; 3 born [] ; 4 born [] ; 5 kept [0] grown; "; origins != want {
		t.Errorf("origins %s\nwant    %s", origins, want)
	}
	if d.Both != 60 || d.New != 17 || d.Gone != 4 {
		t.Errorf("%d in both, %d new, %d gone", d.Both, d.New, d.Gone)
	}
	how := map[string]int{}
	for _, m := range d.Moves {
		how[m.How]++
	}
	if fmt.Sprint(how) != "map[died:10 merged:8 moved:1 split:8]" || d.Moved != 27 {
		t.Errorf("%v, %d moved", how, d.Moved)
	}
	if got := Changes(d); got != "1 kept (1 grown), 1 split, 2 merged, 2 died, 2 born" {
		t.Error(got)
	}
}

// TestOnlyRenumbered: other numbers for the same clusters are no change at all.
func TestOnlyRenumbered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		was := drawClusters(t, "was")
		turn := rapid.Permutation([]int{0, 1, 2, 3, 4, 5}).Draw(t, "numbers")
		is := map[string]int{}
		for id, k := range was {
			is[id] = k
			if k >= 0 {
				is[id] = turn[k]
			}
		}
		d := compare(t, clusters(is), clusters(was))
		if d.Moved != 0 || len(was) > 0 && math.Abs(*d.ARI-1) > 1e-12 {
			t.Fatalf("%d moved, ARI %v", d.Moved, d.ARI)
		}
		for _, o := range d.Old {
			if o.Size > 0 && o.Fate != formats.Kept {
				t.Fatalf("cluster %d %s", o.Cluster, o.Fate)
			}
		}
	})
}

// TestTimeReversed: what splits one way merges the other, and as many photos move.
func TestTimeReversed(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		a, b := clusters(drawClusters(t, "a")), clusters(drawClusters(t, "b"))
		there, back := compare(t, a, b), compare(t, b, a)
		for _, o := range there.Old {
			if (o.Fate == formats.Split) != (back.Now[o.Cluster].Origin == formats.Merged) {
				t.Fatalf("cluster %d: %s %v, and back %s %v", o.Cluster, o.Fate, o.To, back.Now[o.Cluster].Origin, back.Now[o.Cluster].From)
			}
		}
		stay := func(d *formats.Drift) (n int64) {
			for _, f := range d.Flows {
				if f.Matched {
					n += f.Photos
				}
			}
			return n
		}
		if there.Both != back.Both || there.New != back.Gone {
			t.Fatal("counts of photos differ")
		}
		if there.ARI != nil && math.Abs(*there.ARI-*back.ARI) > 1e-12 {
			t.Fatalf("ARI %v and %v", *there.ARI, *back.ARI)
		}
		none := int64(0)
		for _, f := range there.Flows {
			if f.Before == nil && f.Now == nil {
				none += f.Photos
			}
		}
		if int64(there.Both)-stay(there)-none != int64(there.Moved) {
			t.Fatalf("%d of %d stay, %d moved", stay(there), there.Both, there.Moved)
		}
		if err := formats.WriteDrift(dir, there); err != nil {
			t.Fatal(err)
		}
	})
}

func drawClusters(t *rapid.T, name string) map[string]int {
	of := map[string]int{}
	for i, k := range rapid.SliceOfN(rapid.IntRange(-2, 5), 0, 40).Draw(t, name) {
		if k >= -1 { // -2: not there
			of[fmt.Sprintf("%03d.jpg", i)] = k
		}
	}
	return of
}

// TestPair knows photos by their content.
func TestPair(t *testing.T) {
	labels := func(ids ...string) (out []formats.Labels) {
		for _, id := range ids {
			out = append(out, formats.Labels{ID: id})
		}
		return out
	}
	now, before := labels("a", "b", "c", "d", "e", "x"), labels("a", "b", "old c", "d", "y")
	p := pair(now, before, Contents{"a": "1", "b": "22", "c": "3", "d": "4", "e": "4", "x": "9"},
		Contents{"a": "1", "b": "2", "old c": "3", "d": "4", "y": "8"})
	if !slices.Equal(p.of, []int{0, -1, 2, 3, -1, -1}) || p.both != 3 || p.renamed != 1 || p.changed != 1 {
		t.Errorf("%+v", p)
	}
	if p = pair(now, before, nil, nil); !slices.Equal(p.of, []int{0, 1, -1, 3, -1, -1}) || p.renamed+p.changed != 0 {
		t.Errorf("by id alone: %+v", p)
	}
	// a and b changed names, c has the content of d, which is still there: so c alone is another photo.
	now = labels("a", "b", "c", "d")
	p = pair(now, now, Contents{"a": "2", "b": "1", "c": "4", "d": "4"}, Contents{"a": "1", "b": "2", "c": "3", "d": "4"})
	if !slices.Equal(p.of, []int{1, 0, -1, 3}) || p.both != 3 || p.renamed != 2 || p.changed != 1 {
		t.Errorf("two swapped: %+v", p)
	}
}
