package loop

import "math"

// streamLen is the length from which results are written past the caches: 8 MB.
var streamLen = 1 << 21 // a variable for the tests

const (
	blockLen   = 1024 // numbers in a block, about, at most
	leastBlock = 256  // and at least
	cacheLen   = 4096 // numbers in all blocks of a program: half of the first-level cache
	maxChunk   = 4096 // columns that a worker goes over before it takes the others
	wideSums   = 64   // columns that a column sink is widened to, so that its sums overlap
	maxAdds    = 256  // numbers added in float32 before they go to float64
	firstAdds  = 16   // the same for the first of a part, whose shifts are not yet means of many
	partLen    = 1 << 15
	sinkParts  = 64      // most parts with sinks over rows: each has its record
	sinkLen    = 1 << 16 // least numbers in such a part
	sinkRows   = 16      // least rows: so records are short beside what they sum up
	lineFloats = 16      // of a cache line
)

// layout says how a program goes over its numbers.
type layout struct {
	cols   int  // of the iteration space
	flat   bool // rows don't matter: all numbers are one row
	slices bool // blocks are slices of a row, not whole rows
	block  int  // numbers in a block, at most
	rows   int  // rows in a block, unless flat or slices
	chunk  int  // columns done together: cols, or maxChunk where sums over rows are made of more
	chunks int
	fold   int // rows that a column sink takes for one wide row
	kept   int // length of a value that is the same for all rows
}

func newLayout(cols, length int, byRow, overRows, overCols bool) layout {
	l := layout{cols: cols, chunk: cols, chunks: 1, fold: 1}
	switch {
	case !byRow:
		l.flat, l.block, l.kept = true, length, length
	case 2*cols <= length:
		l.rows = length / cols
		if overRows {
			l.fold = min((wideSums+cols-1)/cols, l.rows)
			l.rows = l.rows / l.fold * l.fold
		}
		l.block = l.rows * cols
		l.kept = l.block
	default:
		l.slices = true
		n := (cols + length - 1) / length
		l.block = roundUp((cols+n-1)/n, lineFloats)
		if !overCols && cols > maxChunk {
			l.chunk = l.block * (maxChunk / l.block)
			l.chunks = (cols + l.chunk - 1) / l.chunk
		}
		l.kept = l.chunk
	}
	return l
}

// wide is the number of float32 sums of a column sink.
func (l *layout) wide() int { return l.fold * l.chunk }

// partRows is the number of rows in a part, of rows in all. It knows nothing of workers.
func (l *layout) partRows(rows int, overRows bool) int {
	n := max(1, partLen/l.chunk)
	if overRows {
		n = max(sinkLen/l.chunk, (rows+sinkParts-1)/sinkParts, sinkRows)
	}
	if l.rows > 0 {
		n = roundUp(n, l.rows)
	}
	return n
}

func roundUp(n, m int) int { return (n + m - 1) / m * m }

func signbit(v float32) bool { return math.Signbit(float64(v)) }
