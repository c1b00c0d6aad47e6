package loop

import "fashionpipe/internal/simd/vec"

// open prepares a sink for a chunk.
func (f *frame) open(s *sink) {
	switch {
	case s.over == OverAll:
		f.record[s.record+f.chunk] = s.what.start()
	case s.over == OverCols: // opened at each row
	case s.what == momentsOf:
		f.openColumns(s)
		clear(f.columns(s)[:f.width()])
		clear(f.record[s.record+f.p.cols+f.c0:][:f.width()])
	default:
		f.openColumns(s)
		start := s.what.start()
		for c := range f.columns(s) {
			f.columns(s)[c] = start
		}
	}
}

// width is the number of columns of the chunk.
func (f *frame) width() int { return min(f.p.chunk, f.p.cols-f.c0) }

// columns is what the record holds of the chunk's columns.
func (f *frame) columns(s *sink) []float64 { return f.record[s.record+f.c0:][:f.width()] }

func (f *frame) openColumns(s *sink) {
	vec.Fill(f.scratch[s.acc:][:f.p.wide()], float32(s.what.start()))
	if s.what == momentsOf {
		vec.Fill(f.scratch[s.acc2:][:f.p.wide()], 0)
	}
}

// sink takes in a block.
func (f *frame) sink(s *sink, in *instr) {
	x := f.at(&in.a)
	switch s.over {
	case OverAll:
		r := &f.record[s.record+f.chunk]
		*r = s.what.join(*r, reduce(s.what, x))
	case OverCols:
		f.sinkRows(s, x)
	default:
		var y, mean []float32
		if in.b.kind != nowhere {
			y, mean = f.at(&in.b), f.at(&in.c)
		}
		f.sinkColumns(s, x, y, mean)
	}
}

func reduce(what Reduction, x []float32) float64 {
	switch what {
	case MaxOf:
		return float64(vec.Maximum(x))
	case MinOf:
		return float64(vec.Minimum(x))
	}
	return vec.SumF64(x)
}

// sinkRows reduces each row of the block, or goes on with a row of which the block is a slice.
func (f *frame) sinkRows(s *sink, x []float32) {
	out := f.bind.Slots[s.slots.Sum].F32
	cols := f.p.cols
	if !f.p.slices {
		for r := 0; r*cols < len(x); r++ {
			out[f.row+r] = float32(reduce(s.what, x[r*cols:(r+1)*cols]))
		}
		return
	}
	so := &f.record[s.record]
	if f.col == 0 {
		*so = s.what.start()
	}
	*so = s.what.join(*so, reduce(s.what, x))
	if f.col+f.n == cols {
		out[f.row] = float32(*so)
	}
}

// sinkColumns takes the block's rows in: fold rows at a time as one wide row, what is left row by row.
func (f *frame) sinkColumns(s *sink, x, y, mean []float32) {
	cols, at := f.p.cols, 0
	if f.p.slices {
		cols, at = f.n, f.col-f.c0
	}
	if s.what == momentsOf && f.first {
		f.firstShift(s, x, at, cols)
	}
	rows := len(x) / cols
	wide := f.p.fold * cols
	whole := rows / f.p.fold * wide
	if y != nil {
		f.sinkProducts(s, x[:whole], y[:whole], mean, at, wide)
		f.sinkProducts(s, x[whole:], y[whole:], mean, at, cols)
		return
	}
	f.sinkWide(s, x[:whole], at, wide)
	f.sinkWide(s, x[whole:], at, cols)
}

// sinkProducts adds (x − mean)·y, taken as rows of cols numbers.
func (f *frame) sinkProducts(s *sink, x, y, mean []float32, at, cols int) {
	if len(x) > 0 {
		vec.CentredProducts(f.scratch[s.acc+at:][:cols], x, mean[:cols], y, len(x)/cols, cols)
	}
}

// sinkWide takes in x as rows of cols numbers.
func (f *frame) sinkWide(s *sink, x []float32, at, cols int) {
	if len(x) == 0 {
		return
	}
	rows := len(x) / cols
	acc := f.scratch[s.acc+at:][:cols]
	switch s.what {
	case SumOf:
		vec.AddColumns(acc, x, rows, cols)
	case MaxOf, MinOf:
		op := vec.Max
		if s.what == MinOf {
			op = vec.Min
		}
		for ; len(x) > 0; x = x[cols:] {
			op(acc, acc, x[:cols])
		}
	case momentsOf:
		vec.CentredMoments(acc, f.scratch[s.acc2+at:][:cols], x, f.scratch[s.shift+at:][:cols], rows, cols)
	}
}

// seen counts rows, and brings the float32 sums to float64 before they have grown long.
func (f *frame) seen(rows int) {
	if !f.p.rowSums {
		return
	}
	limit := maxAdds * f.p.fold
	if f.done == 0 {
		limit = firstAdds * f.p.fold
	}
	f.first = false
	if f.pending += rows; f.pending >= limit {
		f.flush()
	}
}

// flush moves the float32 sums of the sinks over rows to the record.
func (f *frame) flush() {
	if f.pending == 0 {
		return
	}
	for i := range f.p.sinks {
		s := &f.p.sinks[i]
		if s.over != OverRows {
			continue
		}
		if s.what == momentsOf {
			f.flushMoments(s)
		} else {
			f.flushColumns(s)
		}
		f.openColumns(s)
	}
	f.done += f.pending
	f.pending = 0
}

func (f *frame) flushColumns(s *sink) {
	to := f.columns(s)
	acc := f.scratch[s.acc:][:f.p.fold*len(to)]
	for ; len(acc) > 0; acc = acc[len(to):] {
		for c := range to {
			to[c] = s.what.join(to[c], float64(acc[c]))
		}
	}
}
