package model

import (
	"fmt"

	"fashionpipe/formats"
	"fashionpipe/internal/rng"
)

// Images is an image table: formats.Images, or a stand-in in tests. Whole and Cell give RGB bytes, row-major
// [S, S, 3]; they may be views that the caller must not keep.
type Images interface {
	Len() int
	Spec() formats.ImageSpec
	Whole(i int) []byte
	Cell(i int) []byte
}

// View names one of the two inputs made from a photo.
type View string

// The two views.
const (
	Whole View = "whole" // the photo
	Cell  View = "cell"  // one cell of its grid
)

// viewSize is the edge of a view's images in pixels, or an error if the table has no such view.
func viewSize(im Images, v View) (int, error) {
	spec := im.Spec()
	switch v {
	case Whole:
		return spec.Size, nil
	case Cell:
		if spec.Grid == "" || spec.CellSize == 0 {
			return 0, fmt.Errorf("the image table has no cells: decode with a grid, such as grid: 3x3")
		}
		return spec.CellSize, nil
	}
	return 0, fmt.Errorf("unknown view %q: there are whole and cell", v)
}

func pixels(im Images, v View, i int) []byte {
	if v == Cell {
		return im.Cell(i)
	}
	return im.Whole(i)
}

// pack copies the given rows' images into dst [3, n, size, size], n ≥ len(rows); the images with flip are mirrored
// left to right.
func pack(dst []byte, im Images, v View, rows []int, flip []bool, size int) error {
	plane := size * size
	stride := len(dst) / 3
	for j, row := range rows {
		src := pixels(im, v, row)
		if len(src) != 3*plane {
			return fmt.Errorf("row %d of the image table: %s has %d bytes, and %d×%d RGB needs %d", row, v, len(src), size, size, 3*plane)
		}
		mirror := flip != nil && flip[j]
		for y := range size {
			line := src[3*y*size : 3*(y+1)*size]
			out := j*plane + y*size
			for x := range size {
				o := out + x
				if mirror {
					o = out + size - 1 - x
				}
				dst[o], dst[stride+o], dst[2*stride+o] = line[3*x], line[3*x+1], line[3*x+2]
			}
		}
	}
	return nil
}

// epochOrder is the order of the n images in an epoch (from 1).
func epochOrder(seed uint64, epoch, n int) []int {
	return rng.New(seed, "shuffle", epoch).Perm(n)
}

// flips draws which images of a batch are mirrored, per image, view and epoch.
func flips(seed uint64, epoch int, v View, rows []int) []bool {
	f := make([]bool, len(rows))
	for j, row := range rows {
		f[j] = rng.New(seed, "flip", string(v), epoch, row).Uint64()&1 == 1
	}
	return f
}
