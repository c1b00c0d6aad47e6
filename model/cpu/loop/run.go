package loop

import "fashionpipe/internal/simd/vec"

// Buffer is the memory of a slot: one of its fields. Full operands and results are as long as the whole, Row operands and
// sinks over rows cols numbers, Col operands and sinks over columns rows.
type Buffer struct {
	F32  []float32
	U8   []uint8
	Bool []bool
}

// Bind gives a program its memory. The memory of a Full result may be that of a Full operand of the same type; no other
// memory may overlap a result's.
type Bind struct {
	Slots   []Buffer
	Records []float64 // for sinks: Program.RecordLen numbers per part, parts in the order in which they are merged
}

// frame is a run on its way: where it is, and the memory it uses.
type frame struct {
	p       *Program
	bind    *Bind
	scratch []float32
	record  []float64 // of this part; nil without sinks
	body    []instr
	streams bool // body writes past the caches
	c0      int  // first column of the chunk
	chunk   int  // its number
	pos, n  int  // the block's first number, and how many
	row     int  // the block's first row
	col     int  // the block's first column
	first   bool // the sinks over rows have seen nothing since the start
	done    int  // rows merged in the record
	pending int  // rows in the float32 sums
}

// Run does rows r0 … r1−1 in the calling goroutine, as part number part: its sinks go to that record, which must not
// be another run's. scratch is at least ScratchLen long; its content does not matter.
func (p *Program) Run(b *Bind, r0, r1, part int, scratch []float32) {
	f := frame{p: p, bind: b, scratch: scratch}
	f.choose()
	if p.record > 0 {
		f.record = b.Records[part*p.record : (part+1)*p.record]
		f.record[0] = float64(r1 - r0)
	}
	for chunk := range p.chunks {
		f.run(chunk, r0, r1)
	}
}

// choose takes the instructions for the memory given: results are streamed where they are large and none lies in an
// operand's place, which is in the cache anyway.
func (f *frame) choose() {
	p := f.p
	f.body = p.body
	for _, s := range p.streamed {
		y := f.bind.Slots[s].F32
		if len(y) < streamLen {
			return
		}
		for _, o := range p.full {
			if x := f.bind.Slots[o].F32; len(x) > 0 && &x[0] == &y[0] {
				return
			}
		}
	}
	if p.streaming != nil {
		f.body, f.streams = p.streaming, true
	}
}

// run does one chunk of columns.
func (f *frame) run(chunk, r0, r1 int) {
	f.enter(chunk)
	switch p := f.p; {
	case p.flat:
		f.span(r0*p.cols, r1*p.cols)
	case p.slices:
		f.sliced(r0, r1)
	default:
		for r := r0; r < r1; r += p.rows {
			f.row, f.pos = r, r*p.cols
			f.n = min(p.rows, r1-r) * p.cols
			f.block(f.n / p.cols)
		}
	}
	f.leave()
}

// span does the numbers lo … hi−1 of a flat program.
func (f *frame) span(lo, hi int) {
	for f.pos = lo; f.pos < hi; f.pos += f.p.block {
		f.n = min(f.p.block, hi-f.pos)
		f.exec(f.body)
	}
}

func (f *frame) sliced(r0, r1 int) {
	p := f.p
	end := min(f.c0+p.chunk, p.cols)
	for f.row = r0; f.row < r1; f.row++ {
		if p.spread {
			f.perRow()
		}
		for f.col = f.c0; f.col < end; f.col += p.block {
			f.pos, f.n = f.row*p.cols+f.col, min(p.block, end-f.col)
			f.exec(f.body)
		}
		f.seen(1)
	}
}

// block runs the body over a block of whole rows.
func (f *frame) block(rows int) {
	f.exec(f.body)
	f.seen(rows)
}

// enter prepares a chunk: scalars, values that are the same for all rows, sinks.
func (f *frame) enter(chunk int) {
	p := f.p
	f.chunk, f.c0 = chunk, chunk*p.chunk
	f.done, f.pending, f.first = 0, 0, true
	for i, s := range p.scalars {
		switch s.kind {
		case inConst:
			f.scratch[p.scalarsAt+i] = s.value
		case inScalar:
			f.scratch[p.scalarsAt+i] = f.bind.Slots[s.slot].F32[0]
		}
	}
	if len(p.before) > 0 {
		end := p.kept
		if p.slices {
			end = min(p.chunk, p.cols-f.c0)
		}
		for at := 0; at < end; at += p.block {
			f.col, f.n = f.c0+at, min(p.block, end-at)
			f.exec(p.before)
		}
	}
	f.col = f.c0
	for i := range p.sinks {
		f.open(&p.sinks[i])
	}
}

// leave ends a chunk.
func (f *frame) leave() {
	if f.p.rowSums {
		f.flush()
	}
	f.published()
}

// published makes streamed results visible to all.
func (f *frame) published() {
	if f.streams {
		vec.StreamEnd()
	}
}

// perRow reads the scalars that differ from row to row.
func (f *frame) perRow() {
	for i, s := range f.p.scalars {
		if s.kind == inCol {
			f.scratch[f.p.scalarsAt+i] = f.bind.Slots[s.slot].F32[f.row]
		}
	}
}
