package stages

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fashionpipe/dag"
	"fashionpipe/dag/store"
)

// growing is a folder of photos and the stages that read it.
type growing struct {
	t       *testing.T
	dir     string
	photos  []string // files to take photos from
	variant func(*decode, *embed)
}

func newGrowing(t *testing.T) *growing {
	g := &growing{t: t, dir: t.TempDir(), variant: func(*decode, *embed) {}}
	g.photos, _ = filepath.Glob(filepath.Join(synthesise(t).Dir, "train", "image", "*.jpg"))
	if len(g.photos) < 12 {
		t.Fatalf("only %d photos", len(g.photos))
	}
	return g
}

// put copies the i-th photo into the folder under a name.
func (g *growing) put(i int, name string) {
	g.t.Helper()
	b, err := os.ReadFile(g.photos[i])
	if err == nil {
		err = os.WriteFile(filepath.Join(g.dir, name), b, 0o644)
	}
	if err != nil {
		g.t.Fatal(err)
	}
}

func (g *growing) change(err error) {
	g.t.Helper()
	if err != nil {
		g.t.Fatal(err)
	}
}

// run runs the stages on a store, and gives the digests of what they made and what they said.
func (g *growing) run(dir string, force ...string) (digests [2]dag.Digest, said string) {
	g.t.Helper()
	node := func(name string, k *dag.Kind, s dag.Stage, in map[string][]string) *dag.Node {
		return &dag.Node{Name: name, Kind: k, Stage: s, Seed: 1, In: in}
	}
	p, d, e := photosKind().New().(*photos), decodeKind().New().(*decode), embedKind().New().(*embed)
	p.Root, p.Layout = g.dir, "folder"
	d.Size, d.MaxRejects = 32, 0.5
	e.Arch, e.Weights, e.Width = "resnet18", "random", 4
	g.variant(d, e)
	graph, err := dag.NewGraph("growing", []*dag.Node{
		node("photos", photosKind(), p, nil),
		node("images", decodeKind(), d, map[string][]string{"photos": {"photos"}}),
		node("vectors", embedKind(), e, map[string][]string{"images": {"images"}}),
	})
	g.change(err)
	st, err := store.Open(dir, store.Options{})
	g.change(err)
	engine := &dag.Engine{Store: st, Backend: "cpu", BackendClass: func() (string, error) { return "cpu", nil }}
	var lines []string
	engine.Events = func(ev dag.Event) {
		if ev.What == dag.Warned || ev.What == dag.Said && strings.Contains(ev.Text, "earlier") || strings.Contains(ev.Text, "from before") {
			lines = append(lines, ev.Text)
		}
	}
	sum, err := engine.Run(g.t.Context(), graph, dag.RunOptions{Force: force})
	g.change(err)
	g.change(sum.Err())
	for i, name := range []string{"images", "vectors"} {
		r, _ := sum.Stage(name)
		digests[i] = r.Artifact.Digest
	}
	return digests, strings.Join(lines, "; ")
}

// TestGrowingFolder changes a folder in every way there is. Each time only what is new is worked out, and the bytes are
// those of a run on an empty store.
func TestGrowingFolder(t *testing.T) {
	for name, variant := range map[string]func(*decode, *embed){
		"random cells": func(d *decode, e *embed) { d.Cell, e.View, e.Normalise = "random", "cell", true },
		"whole photos": func(d *decode, _ *embed) { d.Grid = "none" },
	} {
		t.Run(name, func(t *testing.T) {
			g := newGrowing(t)
			g.variant = variant
			at := t.TempDir()
			path := func(name string) string { return filepath.Join(g.dir, name) }
			check := func(what, want string) {
				t.Helper()
				got, said := g.run(at)
				if name == "random cells" && strings.Contains(what, "renamed") {
					want = said // a photo's cell is drawn by its name
				}
				if said != want {
					t.Errorf("%s: said %q, want %q", what, said, want)
				}
				if fresh, _ := g.run(t.TempDir()); got != fresh {
					t.Errorf("%s: %v with earlier results, %v from nothing", what, got, fresh)
				}
			}
			for i := range 8 {
				g.put(i, string(rune('a'+i))+".jpg")
			}
			check("first", "")
			g.put(8, "a0.jpg")
			g.put(9, "zz.jpg")
			check("two added", "10 photos: 8 from before, 2 new; 10 images: 8 from before, 2 new")
			g.change(os.Remove(path("c.jpg")))
			check("one removed", "9 photos: 9 from before, 0 new; 9 images: 9 from before, 0 new")
			g.change(os.Rename(path("d.jpg"), path("y.jpg")))
			check("one renamed", "9 photos: 9 from before, 0 new; 9 images: 9 from before, 0 new")
			g.put(2, "c.jpg")
			check("one back from before", "10 photos: 10 from before, 0 new; 10 images: 10 from before, 0 new")
			g.put(10, "e.jpg")
			check("one changed", "10 photos: 9 from before, 1 new; 10 images: 9 from before, 1 new")
			g.change(os.WriteFile(path("broken.jpg"), []byte("no photo"), 0o644))
			check("one broken", "11 photos: 10 from before, 1 new; 10 images: 10 from before, 0 new")
			got, said := g.run(at, "images", "vectors")
			if again, _ := g.run(at); again != got || said != "" {
				t.Errorf("forced: said %q, %v and %v", said, got, again)
			}
		})
	}
}

// TestDamagedEarlierResults: what was taken away or damaged since is not used, and the result is right.
func TestDamagedEarlierResults(t *testing.T) {
	for _, what := range []string{"images.arrow", "embeddings.parquet", "photos.parquet", "families"} {
		g := newGrowing(t)
		at := t.TempDir()
		for i := range 4 {
			g.put(i, string(rune('a'+i))+".jpg")
		}
		g.run(at)
		var files []string
		if what == "families" {
			files, _ = filepath.Glob(filepath.Join(at, what, "*", "*.json"))
		} else {
			files, _ = filepath.Glob(filepath.Join(at, "artifacts", "*", "*", what))
		}
		if len(files) == 0 {
			t.Fatalf("no %s", what)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			g.change(err)
			b[len(b)/2] ^= 1
			g.change(os.Chmod(f, 0o644))
			g.change(os.WriteFile(f, b, 0o644))
		}
		g.put(4, "e.jpg")
		got, said := g.run(at)
		if fresh, _ := g.run(t.TempDir()); got != fresh {
			t.Errorf("%s damaged: %v, want %v", what, got, fresh)
		}
		if strings.Contains(said, "5 photos: 4 from") == (what != "embeddings.parquet") {
			t.Errorf("%s damaged: %s", what, said)
		}
	}
}

// TestFourFolders: with four folders in one store and the same parameters, each night only what is new in each is worked
// out.
func TestFourFolders(t *testing.T) {
	g := newGrowing(t)
	at, dirs := t.TempDir(), []string{t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir()}
	for night := range 2 {
		for f, dir := range dirs {
			g.dir = dir
			for i := range 2 + night {
				g.put(3*f+i, string(rune('a'+i))+".jpg")
			}
			want := ""
			if night > 0 {
				want = "3 photos: 2 from before, 1 new; 3 images: 2 from before, 1 new"
			}
			if _, said := g.run(at); said != want {
				t.Errorf("night %d, folder %d: said %q, want %q", night, f, said, want)
			}
		}
	}
}
