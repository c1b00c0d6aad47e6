package winograd

import (
	"fashionpipe/internal/simd/gemm"
	"fashionpipe/internal/simd/vec"
)

// Weights are the taps, or their gradient: (kh, kw, ci, co) lies at Data[Offset + kh·KH + kw·KW + ci·In + co·Out]. KH and KW
// may be negative, as after a reversal; In and Out are positive.
type Weights struct {
	Data            []float32
	KH, KW, In, Out int
	Offset          int
}

// taps is how far each of the nine taps lies from the first in memory, and where that is for channels 0.
func (w *Weights) taps() (at [9]int, first int) {
	for t := range at {
		at[t] = t/3*w.KH + t%3*w.KW
		first = min(first, at[t])
	}
	for t := range at {
		at[t] -= first
	}
	return at, w.Offset + first
}

// together tells whether the nine taps of a pair of channels lie side by side, in any order.
func (w *Weights) together() bool {
	a, b := max(w.KH, -w.KH), max(w.KW, -w.KW)
	return a == 3 && b == 1 || a == 1 && b == 3
}

// block is the weights of a few input channels and of a panel of output channels in scratch: [in][tap][NR], or with
// split [tap][in][NR].
type block struct {
	data  []float32
	place [9]int // of each tap
	rows  int
	split bool
}

// tap is where the tap t of the row r lies.
func (b *block) tap(t, r int) *float32 {
	if b.split {
		return &b.data[(t*b.rows+r)*gemm.NR()]
	}
	return &b.data[(r*9+b.place[t])*gemm.NR()]
}

// blockLen is the scratch of a block of rows input channels.
func blockLen(rows int) int { return 9 * rows * gemm.NR() }

// newBlock is a block for the channels from … to, in the order in which w's taps lie.
func (w *Weights) newBlock(rows int, scratch []float32) block {
	b := block{data: scratch[:blockLen(rows)], rows: rows, place: [9]int{0, 1, 2, 3, 4, 5, 6, 7, 8}}
	if w.together() {
		b.place, _ = w.taps()
	}
	return b
}

// load copies the input channels from … to and n output channels from out on; those missing to NR are zeros.
func (w *Weights) load(from, to, out, n int, scratch []float32) block {
	nr, b := gemm.NR(), w.newBlock(to-from, scratch)
	if n < nr {
		clear(b.data)
	}
	at, first := w.taps()
	start := w.Data[first+from*w.In+out*w.Out:]
	switch {
	case w.together() && w.In == 9 && w.Out >= 9*b.rows:
		vec.Transpose(b.data, start, n, 9*b.rows, nr, w.Out)
	case w.together() && w.Out == 9:
		for r := range b.rows {
			vec.Transpose(b.data[9*r*nr:], start[r*w.In:], n, 9, nr, 9)
		}
	case w.In == 1 && w.Out >= b.rows:
		b.split = true
		for t := range 9 {
			vec.Transpose(b.data[t*b.rows*nr:], start[at[t]:], n, b.rows, nr, w.Out)
		}
	default:
		b.split = true
		for t := range 9 {
			gemm.Pack(b.data[t*b.rows*nr:], start[at[t]:], b.rows, n, w.In, w.Out)
		}
	}
	return b
}

// store writes a block that isn't split to where load would have found it.
func (w *Weights) store(b *block, from, out, n int) {
	nr := gemm.NR()
	at, first := w.taps()
	start := w.Data[first+from*w.In+out*w.Out:]
	switch {
	case w.together() && w.In == 9 && w.Out >= 9*b.rows:
		vec.Transpose(start, b.data, 9*b.rows, n, w.Out, nr)
	case w.together() && w.Out == 9:
		for r := range b.rows {
			vec.Transpose(start[r*w.In:], b.data[9*r*nr:], 9, n, 9, nr)
		}
	default:
		for i := range 9 * b.rows {
			r, t := i/9, i%9
			from, to := b.data[(r*9+b.place[t])*nr:][:n], start[r*w.In+at[t]:]
			if w.Out == 1 {
				copy(to, from)
				continue
			}
			for j, v := range from {
				to[j*w.Out] = v
			}
		}
	}
}
