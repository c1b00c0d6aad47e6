package nearest

import (
	"slices"
	"sync/atomic"
)

// assigning is one worker's memory.
type assigning struct {
	tile     *tile
	gathered block
	list     []int32
	near     []int32 // of a Bounded
}

// assignment is one call of Assign.
type assignment struct {
	*Assigner
	at          []float64
	first       bool
	hasMoved    []bool
	moved, rest *columns
	measured    atomic.Int64 // distances, besides those to the rows' own centres
}

// rows assigns rows lo … hi-1.
func (j *assignment) rows(w *assigning, lo, hi int) {
	w.list = w.list[:0] // rows that all centres are a match for
	for i := lo; i < hi; i++ {
		if !j.first && !j.hasMoved[j.own[i]] {
			continue
		}
		if j.first {
			j.own[i] = 0
		}
		before := j.distance[i]
		j.distance[i] = j.measure(i, j.own[i])
		if !j.first && j.distance[i] > before {
			w.list = append(w.list, int32(i))
		}
	}
	block := j.s.part(lo, hi)
	j.challenge(w, &block, func(r int) int { return lo + r }, j.moved)
	if len(w.list) > 0 && j.rest.len() > 0 {
		block = j.s.gather(w.list, &w.gathered)
		j.challenge(w, &block, func(r int) int { return int(w.list[r]) }, j.rest)
	}
}

// some assigns the rows listed, at most blockRows.
func (j *assignment) some(w *assigning, list []int32) {
	for _, i := range list {
		j.own[i], j.distance[i] = 0, j.measure(int(i), 0)
	}
	block := j.s.gather(list, &w.gathered)
	j.challenge(w, &block, func(r int) int { return int(list[r]) }, j.moved)
}

func (j *assignment) measure(row int, centre int32) float64 {
	dim := j.s.Dim
	return SquaredToCentre(j.s.Row(row), j.at[int(centre)*dim:(int(centre)+1)*dim])
}

// challenge lets each of the centres c take rows from their own.
func (j *assignment) challenge(w *assigning, block *block, number func(r int) int, c *columns) {
	for at := 0; at < c.len(); at += chunk {
		cols := w.tile.bound(block, c, at)
		for r := range block.len() {
			row := number(r)
			limit := j.s.limit(j.distance[row], block.half[r])
			if near := w.tile.below(r, cols, limit); len(near) > 0 {
				j.contend(row, block.half[r], c.rows[at:at+cols], near, w.tile.low[r*chunk:])
			}
		}
	}
}

// contend measures the centres whose bounds are not above a row's distance from its own, the lowest bound first.
func (j *assignment) contend(row int, half float64, centres, near []int32, low []float32) {
	best := slices.MinFunc(near, func(a, b int32) int {
		if low[a] < low[b] {
			return -1
		}
		return 1
	})
	j.try(row, centres[best])
	limit := j.s.limit(j.distance[row], half)
	for _, n := range near {
		if n != best && low[n] <= limit {
			j.try(row, centres[n])
		}
	}
}

func (j *assignment) try(row int, centre int32) {
	own := j.own[row]
	if centre == own {
		return
	}
	j.measured.Add(1)
	d := j.measure(row, centre)
	if d < j.distance[row] || d == j.distance[row] && centre < own {
		j.distance[row], j.own[row] = d, centre
	}
}
