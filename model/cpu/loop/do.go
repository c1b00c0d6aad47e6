package loop

import (
	"fashionpipe/internal/parallel"
)

// Parts is the number of parts into which Do cuts rows rows; with sinks, Bind.Records is Parts·RecordLen long at least.
func (p *Program) Parts(rows int) int {
	size, n := p.cut(rows)
	return (n + size - 1) / size
}

// cut gives the size of a part and of all: in rows, or in numbers if the program is flat.
func (p *Program) cut(rows int) (size, n int) {
	if p.flat {
		return partLen, rows * p.cols
	}
	return p.partRows(rows, p.rowSums), rows
}

// Do runs the program over rows rows on all cores, sinks and all. There is scratch memory of ScratchLen for each worker;
// no more workers are used than that.
func (p *Program) Do(b *Bind, rows int, scratch [][]float32) {
	size, n := p.cut(rows)
	parts := (n + size - 1) / size
	p.Begin(b)
	task := func(worker, i int) { p.part(b, i/p.chunks, i%p.chunks, size, n, scratch[worker]) }
	if tasks := parts * p.chunks; tasks == 1 {
		task(0, 0)
	} else {
		parallel.ForMost(tasks, len(scratch), task)
	}
	p.Finish(b)
}

// part does one chunk of columns of one part of Do.
func (p *Program) part(b *Bind, part, chunk, size, n int, scratch []float32) {
	f := frame{p: p, bind: b, scratch: scratch}
	f.choose()
	lo, hi := part*size, min((part+1)*size, n)
	if p.record > 0 {
		f.record = b.Records[part*p.record : (part+1)*p.record]
		if chunk == 0 {
			f.record[0] = float64(hi - lo)
		}
	}
	if !p.flat {
		f.run(chunk, lo, hi)
		return
	}
	f.enter(0)
	f.span(lo, hi)
	f.published()
}

// Begin makes all of b's records empty. Without sinks it does nothing.
func (p *Program) Begin(b *Bind) {
	if p.record == 0 {
		return
	}
	for at := 0; at < len(b.Records); at += p.record {
		b.Records[at] = 0
	}
}
