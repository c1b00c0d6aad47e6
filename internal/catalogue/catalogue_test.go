package catalogue_test

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fashionpipe/formats"
	"fashionpipe/internal/catalogue"

	"pgregory.net/rapid"
)

func files(paths ...string) []catalogue.File {
	var fs []catalogue.File
	for _, p := range paths {
		fs = append(fs, catalogue.File{Path: p, Bytes: 1})
	}
	return fs
}

func TestFolder(t *testing.T) {
	for _, c := range []struct {
		name  string
		split string
		paths []string
		want  []string // path, split, category
	}{
		{"classes", "", []string{"dress/a.jpg", "hat/deep/b.PNG"}, []string{"dress/a.jpg||dress", "hat/deep/b.PNG||hat"}},
		{"flat", "", []string{"a.jpg", "b.webp"}, []string{"a.jpg||", "b.webp||"}},
		{"mixed", "", []string{"a.jpg", "hat/b.jpg"}, []string{"a.jpg||", "hat/b.jpg||hat"}},
		{"hidden and others", "", []string{".x.jpg", ".git/y.jpg", "__MACOSX/z.jpg", "a.txt", "LICENSE", "ok.jpeg"}, []string{"ok.jpeg||"}},
		{"splits", "", []string{"test/hat/a.jpg", "train/dress/b.jpg", "train/c.jpg"},
			[]string{"test/hat/a.jpg|test|hat", "train/dress/b.jpg|train|dress", "train/c.jpg|train|"}},
		{"not only splits", "", []string{"hat/a.jpg", "train/b.jpg"}, []string{"hat/a.jpg||hat", "train/b.jpg||train"}},
		{"one split", "train", []string{"test/hat/a.jpg", "train/dress/b.jpg", "training/c.jpg"}, []string{"train/dress/b.jpg|train|dress"}},
		{"deep split", "a/b", []string{"a/b/hat/x.jpg", "a/y.jpg"}, []string{"a/b/hat/x.jpg|a/b|hat"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows, rejects := catalogue.Folder(files(c.paths...), c.split)
			var got []string
			for _, r := range rows {
				got = append(got, r.Path+"|"+r.Split+"|"+r.Category)
			}
			if !slices.Equal(got, c.want) || len(rejects) != 0 {
				t.Errorf("got %q, rejects %v, want %q", got, rejects, c.want)
			}
		})
	}
}

func TestUnusableFiles(t *testing.T) {
	denied := &fs.PathError{Op: "open", Path: "/home/someone/b.jpg", Err: errors.New("permission denied")}
	_, rejects := catalogue.Folder([]catalogue.File{{Path: "a.jpg"}, {Path: "b.jpg", Err: denied}, {Path: "locked", Err: denied},
		{Path: "\xe9t\xe9/c.jpg", Bytes: 1}}, "")
	want := []formats.Reject{{Path: "a.jpg", Reason: "the file is empty"}, {Path: "b.jpg", Reason: "can't be read: permission denied"},
		{Path: "locked", Reason: "can't be read: permission denied"}, {Path: `\xe9t\xe9/c.jpg`, Reason: "its name is not UTF-8 text: rename it"}}
	if !slices.Equal(rejects, want) {
		t.Errorf("got %v, want %v", rejects, want)
	}
}

func TestDigestSeesEveryChange(t *testing.T) {
	base := []catalogue.File{{Path: "a", SHA256: [32]byte{1}}, {Path: "b", SHA256: [32]byte{2}}}
	seen := map[string]string{catalogue.Digest(base): "base"}
	for name, other := range map[string][]catalogue.File{
		"removed":    base[:1],
		"renamed":    {{Path: "a", SHA256: [32]byte{1}}, {Path: "c", SHA256: [32]byte{2}}},
		"edited":     {{Path: "a", SHA256: [32]byte{1}}, {Path: "b", SHA256: [32]byte{3}}},
		"moved over": {{Path: "a1"}, {Path: "b", SHA256: [32]byte{2}}},
		"unreadable": {{Path: "a", SHA256: [32]byte{1}}, {Path: "b", SHA256: [32]byte{2}, Err: errors.New("x")}},
	} {
		d := catalogue.Digest(other)
		if seen[d] != "" {
			t.Errorf("%s gives the digest of %s", name, seen[d])
		}
		seen[d] = name
	}
}

// drawRows makes photos with one to three items, in pairs or with classes.
func drawRows(t *rapid.T) []formats.Photo {
	paired := rapid.Bool().Draw(t, "paired")
	var rows []formats.Photo
	for i := range rapid.IntRange(1, 60).Draw(t, "photos") {
		path := fmt.Sprintf("%03d.jpg", i)
		l := formats.Labels{Path: path, Category: fmt.Sprint("class", rapid.IntRange(0, 4).Draw(t, "class"))}
		if paired {
			l.PairID = int64(rapid.IntRange(1, 12).Draw(t, "pair"))
		}
		for n := range rapid.IntRange(1, 3).Draw(t, "items") {
			l.ID = fmt.Sprintf("%s#item%d", path, n)
			rows = append(rows, formats.Photo{Labels: l})
		}
	}
	return rows
}

func key(p formats.Photo) string {
	if p.PairID != 0 {
		return fmt.Sprint(p.PairID)
	}
	return p.Path
}

// choose gives the rows that a Selector without a filter chooses.
func choose(rows []formats.Photo, limit int, seed uint64) []formats.Photo {
	return chooseIn(catalogue.Subset{}, rows, limit, seed)
}

// chooseIn gives the rows that one chooses in a subset.
func chooseIn(sub catalogue.Subset, rows []formats.Photo, limit int, seed uint64) []formats.Photo {
	s := catalogue.NewSelector(catalogue.Filter{}, sub, limit, seed)
	for i := range rows {
		s.Add(&rows[i])
	}
	_ = s.Choose(nil) // that none are chosen is seen
	return slices.DeleteFunc(slices.Clone(rows), func(p formats.Photo) bool { return !s.Keeps(&p) })
}

func TestChoose(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := drawRows(t)
		limit, seed := rapid.IntRange(0, 80).Draw(t, "limit"), rapid.Uint64().Draw(t, "seed")
		chosen := choose(rows, limit, seed)
		if limit > 0 && len(chosen) > limit {
			t.Fatalf("%d rows chosen, the limit is %d", len(chosen), limit)
		}
		if (limit == 0 || limit >= len(rows)) && len(chosen) != len(rows) {
			t.Fatalf("%d of %d rows, with limit %d", len(chosen), len(rows), limit)
		}
		in := map[string]int{}
		for _, p := range chosen {
			in[key(p)]++
		}
		all := map[string]int{}
		for _, p := range rows {
			all[key(p)]++
		}
		for k, n := range in {
			if n != all[k] {
				t.Fatalf("%d of the %d rows of %s are chosen", n, all[k], k)
			}
		}
		if !slices.IsSortedFunc(chosen, func(a, b formats.Photo) int { return strings.Compare(a.ID, b.ID) }) {
			t.Fatal("the order is lost")
		}
		shuffled := slices.Clone(rows)
		r := rand.New(rand.NewPCG(seed, 1))
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		again := choose(shuffled, limit, seed)
		slices.SortFunc(again, func(a, b formats.Photo) int { return strings.Compare(a.ID, b.ID) })
		if len(again)+len(chosen) > 0 && !reflect.DeepEqual(again, chosen) {
			t.Fatal("another order of rows gives another choice")
		}
	})
}

func TestChooseFillsTheLimit(t *testing.T) {
	var rows []formats.Photo
	for i := range 1000 {
		rows = append(rows, formats.Photo{Labels: formats.Labels{ID: fmt.Sprint(i), Path: fmt.Sprint(i), Category: fmt.Sprint(i % 4 / 3)}})
	}
	chosen := choose(rows, 101, 1)
	ones := 0
	for _, p := range chosen {
		if p.Category == "1" {
			ones++
		}
	}
	if len(chosen) != 101 || ones != 25 {
		t.Errorf("%d rows, %d of the class that has a quarter", len(chosen), ones)
	}
	if reflect.DeepEqual(chosen, choose(rows, 101, 2)) {
		t.Error("another seed gives the same choice")
	}
	for i := range rows {
		rows[i].PairID = int64(1 + i/2)
	}
	if n := len(choose(rows, 101, 1)); n != 100 {
		t.Errorf("%d rows of pairs for limit 101, want 100", n)
	}
}

func TestFilter(t *testing.T) {
	rows := []formats.Photo{
		{Labels: formats.Labels{ID: "1", Source: "user", Category: "skirt", Scale: 1, Occlusion: 2, ZoomIn: 3, Viewpoint: 1}},
		{Labels: formats.Labels{ID: "2", Source: "shop", Category: "vest", Scale: 2, Occlusion: 1, ZoomIn: 1, Viewpoint: 3}},
	}
	for name, c := range map[string]struct {
		f    catalogue.Filter
		want string
	}{
		"all":       {catalogue.Filter{}, "12"},
		"source":    {catalogue.Filter{Sources: []string{"shop"}}, "2"},
		"category":  {catalogue.Filter{Categories: []string{"skirt", "sling"}}, "1"},
		"scale":     {catalogue.Filter{Scale: []int{2, 3}}, "2"},
		"occlusion": {catalogue.Filter{Occlusion: []int{2}}, "1"},
		"zoom in":   {catalogue.Filter{ZoomIn: []int{1, 2}}, "2"},
		"viewpoint": {catalogue.Filter{Viewpoint: []int{1, 2, 3}}, "12"},
		"both":      {catalogue.Filter{Sources: []string{"user"}, Viewpoint: []int{3}}, ""},
	} {
		got := ""
		for _, p := range rows {
			if c.f.Keep(&p.Labels) {
				got += p.ID
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestNoPhotos(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "notes.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ root, split, want string }{
		{root, "", "it holds notes.txt"},
		{root, "train", `no folder "train" (split); it holds notes.txt`},
		{filepath.Join(root, "x"), "", "there is no folder"},
	} {
		if err := catalogue.NoPhotos(c.root, c.split); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want something with %q", err, c.want)
		}
	}
}

// TestChooseFromMore: what is chosen as a folder grows was chosen before, or is new.
func TestChooseFromMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, more := rapid.IntRange(1, 60).Draw(t, "rows"), rapid.IntRange(0, 30).Draw(t, "more")
		var rows []formats.Photo
		for i := range n + more {
			path := fmt.Sprintf("%03d.jpg", i)
			rows = append(rows, formats.Photo{Labels: formats.Labels{ID: path, Path: path}})
		}
		limit := rapid.IntRange(1, 70).Draw(t, "limit")
		was := map[string]bool{}
		for _, p := range choose(rows[:n], limit, 5) {
			was[p.ID] = true
		}
		now := choose(rows, limit, 5)
		if len(now) != min(limit, n+more) {
			t.Fatalf("%d rows", len(now))
		}
		for _, p := range now {
			if !was[p.ID] && p.ID < fmt.Sprintf("%03d.jpg", n) {
				t.Fatalf("%s is chosen now, and wasn't among fewer", p.ID)
			}
		}
	})
}
