package formats

import (
	"bytes"
	"strings"
	"testing"
)

// Each cell of a row is found by its number, and a table of one cell is what it was before there could be several.
func TestCellsOfARow(t *testing.T) {
	for _, m := range []imageTable{sampleImages(), sampleCells()} {
		dir := t.TempDir()
		if err := writeImages(dir, m); err != nil {
			t.Fatal(err)
		}
		im, err := OpenImages(dir)
		if err != nil {
			t.Fatal(err)
		}
		for i := range im.Len() {
			var all []byte
			for n := range im.Spec().CellCount() {
				all = append(all, im.Cell(i, n)...)
			}
			if !bytes.Equal(all, m.Cell[i]) || !bytes.Equal(all, im.Cells(i)) {
				t.Errorf("row %d of %+v has other cells than were written", i, m.Spec)
			}
		}
		if err := im.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if n := (ImageSpec{Size: 4}).CellCount(); n != 0 {
		t.Errorf("%d cells without a grid", n)
	}
}

func TestCellsThatCantBe(t *testing.T) {
	for _, c := range []struct {
		spec ImageSpec
		want string
	}{
		{ImageSpec{Size: 4, Grid: "3x3", CellSize: 4, Cells: 1}, "cells 1 is not"},
		{ImageSpec{Size: 4, Grid: "3x3", CellSize: 4, Cells: -2}, "cells -2 is not"},
		{ImageSpec{Size: 4, Cells: 9}, "cells 9 is not"},
		{ImageSpec{Size: 4, Grid: "100x100", CellSize: 4096, Cells: 10000}, "too many for a row"},
		{ImageSpec{Size: 4, Grid: "3x3", CellSize: 1, Cells: 1 << 62}, "too many for a row"},
	} {
		if err := c.spec.check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c.spec, err)
		}
	}
}
