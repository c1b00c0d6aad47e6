package photodecode

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"fashionpipe/formats"
	"fashionpipe/internal/imaging"
	"fashionpipe/internal/rng"
)

const randomCells = "random:"

// CheckCells says what is wrong with Job.Cell for a grid; nil if it names cells of it.
func CheckCells(cell string, g imaging.Grid) error {
	if cell == "center" || cell == "random" || cell == "all" {
		return nil
	}
	if digits, ok := strings.CutPrefix(cell, randomCells); ok {
		if n, err := strconv.Atoi(digits); err != nil || n < 1 || n > g.Cells() {
			return fmt.Errorf("%s takes a number of cells from 1 to %d (grid: %dx%d), not %q", randomCells, g.Cells(), g.Rows, g.Cols, digits)
		}
		return nil
	}
	if i, err := strconv.Atoi(cell); err != nil || i < 0 || i >= g.Cells() {
		return fmt.Errorf("index from 0 to %d, not %q", g.Cells()-1, cell)
	}
	return nil
}

// cellCount is the number of cells in a row.
func (j Job) cellCount() int { return len(j.cells(&formats.Photo{})) }

// cells lists the cells of its grid that a photo shows, rising. The stage has checked j.Cell.
func (j Job) cells(photo *formats.Photo) []int {
	all := j.Grid.Cells()
	switch {
	case all == 0:
		return nil
	case j.Cell == "center":
		return []int{j.Grid.Center()}
	case j.Cell == "random":
		return []int{rng.New(j.Seed, "cell", photo.ID).IntN(all)}
	case j.Cell == "all":
		return count(all)
	}
	if digits, ok := strings.CutPrefix(j.Cell, randomCells); ok {
		n, _ := strconv.Atoi(digits)
		drawn := rng.New(j.Seed, "cells", photo.ID).Perm(all)[:n]
		slices.Sort(drawn)
		return drawn
	}
	i, _ := strconv.Atoi(j.Cell)
	return []int{i}
}

// count lists 0 to n-1.
func count(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}
