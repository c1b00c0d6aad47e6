package model

import (
	"bytes"
	"context"
	"math"
	"slices"
	"testing"
)

// severalCells is a table whose rows have three cells: the one of newFakeImages, and those of two other tables.
func severalCells(n int) *fakeImages {
	f := newFakeImages(n+2, 24, 16)
	for i := range n {
		f.cell[i] = slices.Concat(f.cell[i], f.cell[i+1], f.cell[i+2])
	}
	f.whole, f.cell = f.whole[:n], f.cell[:n]
	f.spec.Cell, f.spec.Cells = "all", 3
	return f
}

// In each epoch a photo shows one of its cells; which one follows from the seed, and all come up.
func TestDrawnCells(t *testing.T) {
	im := severalCells(8)
	rows := []int{7, 3, 0}
	seen := map[int]bool{}
	for epoch := range 20 {
		p := drawn(im, Cell, rows, 1, epoch)
		if again := drawn(im, Cell, rows, 1, epoch); !slices.Equal(p.cells, again.cells) {
			t.Fatalf("epoch %d draws %v, then %v", epoch, p.cells, again.cells)
		}
		alone := drawn(im, Cell, rows[1:2], 1, epoch)
		if alone.cells[0] != p.cells[1] {
			t.Errorf("epoch %d: row 3 has cell %d in company and %d alone", epoch, p.cells[1], alone.cells[0])
		}
		size := 3 * 16 * 16
		if want := im.cell[7][p.cells[0]*size:][:size]; !bytes.Equal(p.pixels(im, 0), want) {
			t.Errorf("epoch %d: the pixels are not cell %d's", epoch, p.cells[0])
		}
		seen[p.cells[0]] = true
	}
	if len(seen) != 3 {
		t.Errorf("20 epochs show the cells %v of 3", seen)
	}
	if p := drawn(im, Whole, rows, 1, 1); p.cells != nil {
		t.Error("cells are drawn for the whole photo")
	}
	if p := drawn(newFakeImages(8, 24, 16), Cell, rows, 1, 1); p.cells != nil {
		t.Error("one cell is drawn from")
	}
}

// The feature of several cells is the mean of theirs; training takes one of them at a time.
func TestSeveralCells(t *testing.T) {
	im := severalCells(5)
	cfg := smallConfig("mse")
	cfg.Batch = 4
	mustTrain(t, im, cfg, Hooks{})
	e, err := RandomEncoder(t.Context(), "resnet18", 4, "", "", 1)
	if err != nil {
		t.Fatal(err)
	}
	got := embedAll(t, e, im, Cell, false)
	want := make([][]float64, im.Len())
	for n := range 3 {
		one := &fakeImages{spec: im.spec, whole: im.whole}
		one.spec.Cells = 0
		for i := range im.Len() {
			one.cell = append(one.cell, im.Cell(i, n))
		}
		for i, f := range embedAll(t, e, one, Cell, false) {
			if want[i] == nil {
				want[i] = make([]float64, len(f))
			}
			for k, x := range f {
				want[i][k] += float64(x) / 3
			}
		}
	}
	for i := range want {
		for k := range want[i] {
			if math.Abs(want[i][k]-float64(got[i][k])) > 1e-6*(1+math.Abs(want[i][k])) {
				t.Fatalf("image %d: number %d is %v, the mean of its cells %v", i, k, got[i][k], want[i][k])
			}
		}
	}
	var some []float32
	err = e.EmbedRows(context.Background(), open(t, "cpu"), im, Cell, true, []int{4}, func(i int, f []float32) error {
		some = slices.Clone(f)
		return nil
	})
	if err != nil || math.Abs(norm(some)-1) > 1e-5 {
		t.Errorf("one row, normalised: norm %v, %v", norm(some), err)
	}
}
