package loop

import (
	"context"

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
		_ = parallel.ForEach(context.Background(), tasks, min(parallel.Workers(), len(scratch)), task)
	}
	p.Finish(b)
}

// part does one chunk of columns of one part of Do.
func (p *Program) part(b *Bind, part, chunk, size, n int, scratch []float32) {
	f := frame{p: p, bind: b, scratch: scratch, body: p.choose(b)}
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

// stripCols is the number of columns that one worker merges.
const stripCols = 128

// Finish merges the records in order and writes the sinks' results. Without sinks it does nothing.
func (p *Program) Finish(b *Bind) {
	if p.record == 0 {
		return
	}
	records := b.Records[:len(b.Records)/p.record*p.record]
	for i := range p.sinks {
		s := &p.sinks[i]
		switch s.over {
		case OverAll:
			p.finishAll(s, b, records)
		case OverRows:
			if len(records) < 1<<16 {
				p.finishColumns(s, b, records, 0, p.cols)
				continue
			}
			parallel.For((p.cols+stripCols-1)/stripCols, func(_, i int) {
				p.finishColumns(s, b, records, i*stripCols, min((i+1)*stripCols, p.cols))
			})
		}
	}
}

func (p *Program) finishAll(s *sink, b *Bind, records []float64) {
	all := s.what.start()
	for ; len(records) > 0; records = records[p.record:] {
		if records[0] > 0 {
			for _, v := range records[s.record : s.record+p.chunks] {
				all = s.what.join(all, v)
			}
		}
	}
	b.Slots[s.slots.Sum].F32[0] = float32(all)
}

// finishColumns merges the columns lo … hi−1 of a sink into the first record that is not empty.
func (p *Program) finishColumns(s *sink, b *Bind, records []float64, lo, hi int) {
	var to []float64
	rows := 0
	for ; len(records) > 0; records = records[p.record:] {
		n := int(records[0])
		switch {
		case n == 0:
		case to == nil:
			to = records[:p.record]
		case s.what == momentsOf:
			p.mergeMoments(s, to, records, merging(rows, n), lo, hi)
		default:
			for c := s.record + lo; c < s.record+hi; c++ {
				to[c] = s.what.join(to[c], records[c])
			}
		}
		rows += n
	}
	if s.what == momentsOf {
		p.writeMoments(s, b, to, rows, lo, hi)
		return
	}
	out := b.Slots[s.slots.Sum].F32
	for c := lo; c < hi; c++ {
		if to == nil {
			out[c] = float32(s.what.start())
		} else {
			out[c] = float32(to[s.record+c])
		}
	}
}

func (p *Program) mergeMoments(s *sink, to, from []float64, w weights, lo, hi int) {
	for c := s.record + lo; c < s.record+hi; c++ {
		w.merge(&to[c], &to[c+p.cols], from[c], from[c+p.cols])
	}
}

func (p *Program) writeMoments(s *sink, b *Bind, record []float64, rows, lo, hi int) {
	n := float64(rows)
	write := func(slot, c int, v float64) {
		if slot >= 0 {
			b.Slots[slot].F32[c] = float32(v)
		}
	}
	for c := lo; c < hi; c++ {
		var sum, squares float64
		if record != nil {
			sum, squares = record[s.record+c]*n, record[s.record+p.cols+c]
		}
		write(s.slots.Sum, c, sum)
		write(s.slots.Mean, c, sum/n)
		write(s.slots.Squares, c, squares)
		write(s.slots.Variance, c, squares/n)
	}
}
