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
	Cell(i, n int) []byte // cell n of row i, n below Spec().CellCount()
	Labels(i int) formats.Labels
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

// pick names images of a view: of row rows[j] the cell cells[j] where the view is Cell and rows have several, else nil.
type pick struct {
	view  View
	rows  []int
	cells []int
}

func (p pick) pixels(im Images, j int) []byte {
	switch {
	case p.view != Cell:
		return im.Whole(p.rows[j])
	case p.cells == nil:
		return im.Cell(p.rows[j], 0)
	}
	return im.Cell(p.rows[j], p.cells[j])
}

// part is the images from to to.
func (p pick) part(from, to int) pick {
	q := pick{view: p.view, rows: p.rows[from:to]}
	if p.cells != nil {
		q.cells = p.cells[from:to]
	}
	return q
}

// drawn picks a view of some rows; of several cells it draws one for each row, anew in each epoch.
func drawn(im Images, v View, rows []int, seed uint64, epoch int) pick {
	p, n := pick{view: v, rows: rows}, im.Spec().CellCount()
	if v != Cell || n < 2 {
		return p
	}
	p.cells = make([]int, len(rows))
	for j, row := range rows {
		p.cells[j] = rng.New(seed, "cell", epoch, row).IntN(n)
	}
	return p
}

// every picks a view of some rows, with all their cells: perRow images for each row, one after the other.
func every(im Images, v View, rows []int) (p pick, perRow int) {
	n := im.Spec().CellCount()
	if v != Cell || n < 2 {
		return pick{view: v, rows: rows}, 1
	}
	p = pick{view: v}
	for _, row := range rows {
		for c := range n {
			p.rows, p.cells = append(p.rows, row), append(p.cells, c)
		}
	}
	return p, n
}

// pack copies images into dst [n, size, size, 3], n ≥ their number.
func pack(dst []byte, im Images, p pick, size int) error {
	image := 3 * size * size
	for j, row := range p.rows {
		src := p.pixels(im, j)
		if len(src) != image {
			return fmt.Errorf("row %d of the image table: %s has %d bytes, and %d×%d RGB needs %d", row, p.view, len(src), size, size, image)
		}
		copy(dst[j*image:], src)
	}
	return nil
}

// epochOrder is the order of the n images in an epoch (from 1).
func epochOrder(seed uint64, epoch, n int) []int {
	return rng.New(seed, "shuffle", epoch).Perm(n)
}
