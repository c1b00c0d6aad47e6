package model

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fashionpipe/formats"
)

func embedAll(t *testing.T, e *Encoder, im Images, v View, normalise bool) [][]float32 {
	t.Helper()
	var all [][]float32
	err := e.Embed(context.Background(), open(t, "cpu"), im, v, normalise, func(i int, f []float32) error {
		if i != len(all) {
			t.Fatalf("row %d after %d", i, len(all)-1)
		}
		all = append(all, slices.Clone(f))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestEmbedTrained writes a trained encoder, reads it back and embeds: sizes are checked, and a vector doesn't depend on
// its company in the table.
func TestEmbedTrained(t *testing.T) {
	im := newFakeImages(resnet18.batch+3, 24, 16)
	r := mustTrain(t, im, smallConfig("mse"), Hooks{})
	dir := t.TempDir()
	if err := formats.WriteEncoder(dir, r.Info, r.Weights, r.History); err != nil {
		t.Fatal(err)
	}
	e, err := LoadEncoder(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := embedAll(t, e, im, Whole, false)
	if len(all) != im.Len() || len(all[0]) != 32 {
		t.Fatalf("%d vectors of %d", len(all), len(all[0]))
	}
	last := &fakeImages{spec: im.spec, whole: im.whole[resnet18.batch+2:], cell: im.cell[resnet18.batch+2:]}
	if alone := embedAll(t, e, last, Whole, false); !slices.Equal(alone[0], all[resnet18.batch+2]) {
		t.Error("an image alone gets another vector than among others")
	}
	for i, f := range embedAll(t, e, im, Cell, true) {
		if math.Abs(norm(f)-1) > 1e-5 {
			t.Fatalf("vector %d has norm %v", i, norm(f))
		}
	}
	noCell := newFakeImages(1, 24, 16)
	noCell.spec.Grid, noCell.spec.CellSize = "", 0
	for _, c := range []struct {
		im   Images
		v    View
		want string
	}{
		{newFakeImages(1, 32, 16), Whole, "trained on whole images of 24 pixels, and these have 32"},
		{newFakeImages(1, 24, 24), Cell, "trained on cell images of 16 pixels, and these have 24"},
		{noCell, Cell, "no cells: decode with a grid"},
	} {
		err := e.Embed(context.Background(), open(t, "cpu"), c.im, c.v, false, nil)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := e.Embed(ctx, open(t, "cpu"), im, Whole, false, nil); err == nil {
		t.Error("embedding goes on after cancelling")
	}
}

// TestBatched: images taken one by one have the features that they have in a batch.
func TestBatched(t *testing.T) {
	e, err := RandomEncoder(t.Context(), "resnet18", 4, "", "", 1)
	if err != nil {
		t.Fatal(err)
	}
	im := newFakeImages(3, 32, 32)
	want, got := embedAll(t, e, im, Whole, false), embedAll(t, e.Batched(1), im, Whole, false)
	for i := range want {
		for j, x := range want[i] {
			if d := math.Abs(float64(got[i][j] - x)); d > 1e-4 {
				t.Fatalf("image %d: %v, want %v", i, got[i], want[i])
			}
		}
	}
}

func TestRandomEncoder(t *testing.T) {
	im := newFakeImages(3, 32, 16)
	for _, c := range []struct {
		arch, layer, name string
		dim               int
	}{
		{"resnet18", "", "resnet18, random weights", 64},
		{"vgg16", "", "vgg16 fc2, random weights", 512},
		{"vgg16", "fc1", "vgg16 fc1, random weights", 512},
		{"vgg16", "pool5", "vgg16 pool5, random weights", 64},
	} {
		e, err := RandomEncoder(t.Context(), c.arch, 8, c.layer, "", 5)
		if err != nil {
			t.Fatal(err)
		}
		if e.Info().Name != c.name || !e.Info().Random || e.Info().Dim != c.dim {
			t.Errorf("info %+v", e.Info())
		}
		f := embedAll(t, e, im, Whole, false)
		if len(f[0]) != c.dim || norm(f[0]) == 0 || slices.Equal(f[0], f[1]) {
			t.Errorf("%s: %d numbers, norm %v", c.name, len(f[0]), norm(f[0]))
		}
	}
	if _, err := RandomEncoder(t.Context(), "vgg16", 8, "fc3", "", 1); err == nil || !strings.Contains(err.Error(), "fc2, fc1, pool5") {
		t.Errorf("unknown layer: %v", err)
	}
	e, _ := RandomEncoder(t.Context(), "vgg16", 8, "", "", 1)
	err := e.Embed(context.Background(), open(t, "cpu"), newFakeImages(1, 24, 24), Whole, false, nil)
	if err == nil || !strings.Contains(err.Error(), "at least 32 pixels") {
		t.Errorf("small images: %v", err)
	}
}

// TestFileEncoder: torchvision's files load, extra weights included; missing and misshapen ones are named.
func TestFileEncoder(t *testing.T) {
	e, err := RandomEncoder(t.Context(), "resnet18", 8, "", "", 5)
	if err != nil {
		t.Fatal(err)
	}
	var all formats.Weights
	for n, x := range e.weights {
		all = append(all, formats.Tensor{Name: n, Shape: x.shape, Data: x.data})
	}
	all = append(all, formats.Tensor{Name: "fc.bias", Shape: []int{2}, Data: []float32{1, 2}})
	write := func(w formats.Weights) string {
		slices.SortFunc(w, func(a, b formats.Tensor) int { return strings.Compare(a.Name, b.Name) })
		path := filepath.Join(t.TempDir(), "w.safetensors")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := formats.WriteSafetensors(f, w, nil); err != nil {
			t.Fatal(err)
		}
		return path
	}
	path := write(all)
	got, err := FileEncoder("resnet18", 8, "", "", path)
	if err != nil {
		t.Fatal(err)
	}
	im := newFakeImages(2, 32, 16)
	if a, b := embedAll(t, e, im, Whole, false), embedAll(t, got, im, Whole, false); !slices.Equal(a[1], b[1]) {
		t.Error("other vectors with weights from a file")
	}
	if got.Info().Random || got.Info().Name != "resnet18" {
		t.Errorf("info %+v", got.Info())
	}
	if _, err := FileEncoder("resnet18", 16, "", "", path); err == nil || !strings.Contains(err.Error(), "has shape [8 3 7 7], and resnet18 of width 16 needs [16 3 7 7]: it is of width 8, so set width: 8") {
		t.Errorf("other width: %v", err)
	}
	if _, err := FileEncoder("vgg16", 8, "", "", path); err == nil || !strings.Contains(err.Error(), "no weight features.0.weight") {
		t.Errorf("other network: %v", err)
	}
}
