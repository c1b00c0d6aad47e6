package array

// shape is how the two innermost loops of a move lie in both arrays: each has its own way to be fast.
type shape uint8

const (
	strided shape = iota // anything
	runs                 // neighbours stay neighbours along cols
	repeats              // runs, and all rows are the same short run, one after the other
	fills                // one element along cols
	tiles                // neighbours along rows become neighbours along cols
)

// choose takes from the axes (normalised) the two for the units, and names their shape.
func choose(axes []axis, size int) (outer []axis, rows, cols axis, s shape) {
	rows, cols = one, axis{n: 1, dst: 1, src: 1}
	k := len(axes) - 1
	if k < 0 {
		return nil, rows, cols, runs
	}
	cols = axes[k]
	if j := neighbours(axes, cols); j >= 0 {
		outer = append(append(outer, axes[:j]...), axes[j+1:k]...)
		return outer, axes[j], cols, tiles
	}
	if k > 0 {
		rows, outer = axes[k-1], axes[:k-1]
	}
	switch {
	case cols.dst != 1:
		s = strided
	case cols.src == 0:
		s = fills
	case cols.src != 1:
		s = strided
	case rows.src == 0 && rows.dst == cols.n && cols.n*size <= unitBytes/4:
		s = repeats
	default:
		s = runs
	}
	return outer, rows, cols, s
}

// neighbours finds the axis along which src is dense, where cols is dense in dst and not in src; or -1.
func neighbours(axes []axis, cols axis) int {
	if cols.dst != 1 || cols.src < 2 {
		return -1
	}
	for j, a := range axes {
		if a.src == 1 && a.n <= cols.src && cols.n <= a.dst {
			return j
		}
	}
	return -1
}

// steps is the extent of a unit: about unitBytes, a whole number of cache lines along what is dense.
//
// Of tiles it is a strip: long along one loop, and a line or two wide along the other, so that there are few streams to
// read and to write, each of them long. That is what processors fetch ahead best: measured on an EPYC (Zen 4), strips reach
// 12 to 14 GB/s where squares of 64×64 reach 9.
func (s shape) steps(rows, cols axis, size int) (r, c int) {
	if s == tiles {
		line := max(8, 64/size)
		if rows.n >= cols.n {
			return min(rows.n, tileLong), min(cols.n, line)
		}
		return min(rows.n, 2*line), min(cols.n, tileLong)
	}
	budget := max(1, unitBytes/size)
	c = min(cols.n, budget)
	return min(rows.n, max(1, budget/c)), c
}
