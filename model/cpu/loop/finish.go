package loop

import "fashionpipe/internal/parallel"

// stripCols is the number of columns that one worker merges.
const stripCols = 64

// Finish merges the records in order and writes the sinks' results. Without sinks it does nothing.
func (p *Program) Finish(b *Bind) { p.FinishIn(b, nil) }

// FinishIn is Finish for the records whose numbers order lists, in that order; nil stands for all.
func (p *Program) FinishIn(b *Bind, order []int) {
	if p.record == 0 {
		return
	}
	m := merger{p: p, b: b, order: order, n: len(order)}
	if order == nil {
		m.n = len(b.Records) / p.record
	}
	for i := range p.sinks {
		s := &p.sinks[i]
		switch s.over {
		case OverAll:
			m.all(s)
		case OverRows:
			if m.n*p.cols < 1<<13 {
				m.columns(s, 0, p.cols)
				continue
			}
			m.strips(s)
		}
	}
}

// merger merges records.
type merger struct {
	p     *Program
	b     *Bind
	order []int
	n     int // records
}

// record gives the i-th record.
func (m *merger) record(i int) []float64 {
	if m.order != nil {
		i = m.order[i]
	}
	return m.b.Records[i*m.p.record : (i+1)*m.p.record]
}

func (m *merger) all(s *sink) {
	all := s.what.start()
	for i := range m.n {
		if r := m.record(i); r[0] > 0 {
			for _, v := range r[s.record : s.record+m.p.chunks] {
				all = s.what.join(all, v)
			}
		}
	}
	m.b.Slots[s.slots.Sum].F32[0] = float32(all)
}

// strips merges columns on all cores.
func (m merger) strips(s *sink) { // a copy: only this one goes to the heap
	cols := m.p.cols
	parallel.For((cols+stripCols-1)/stripCols, func(_, i int) {
		m.columns(s, i*stripCols, min((i+1)*stripCols, cols))
	})
}

// columns merges the columns lo … hi−1 of a sink into the first record that is not empty.
func (m *merger) columns(s *sink, lo, hi int) {
	var to []float64
	rows := 0
	for i := range m.n {
		r := m.record(i)
		n := int(r[0])
		switch {
		case n == 0:
		case to == nil:
			to = r
		case s.what == momentsOf:
			m.moments(s, to, r, merging(rows, n), lo, hi)
		default:
			for c := s.record + lo; c < s.record+hi; c++ {
				to[c] = s.what.join(to[c], r[c])
			}
		}
		rows += n
	}
	if s.what == momentsOf {
		m.writeMoments(s, to, rows, lo, hi)
		return
	}
	out := m.b.Slots[s.slots.Sum].F32
	for c := lo; c < hi; c++ {
		out[c] = float32(s.what.start())
		if to != nil {
			out[c] = float32(to[s.record+c])
		}
	}
}

func (m *merger) moments(s *sink, to, from []float64, w weights, lo, hi int) {
	for c := s.record + lo; c < s.record+hi; c++ {
		w.merge(&to[c], &to[c+m.p.cols], from[c], from[c+m.p.cols])
	}
}

func (m *merger) writeMoments(s *sink, record []float64, rows, lo, hi int) {
	n := float64(rows)
	for c := lo; c < hi; c++ {
		var sum, squares float64
		if record != nil {
			sum, squares = record[s.record+c]*n, record[s.record+m.p.cols+c]
		}
		m.write(s.slots.Sum, c, sum)
		m.write(s.slots.Mean, c, sum/n)
		m.write(s.slots.Squares, c, squares)
		m.write(s.slots.Variance, c, squares/n)
	}
}

func (m *merger) write(slot, c int, v float64) {
	if slot >= 0 {
		m.b.Slots[slot].F32[c] = float32(v)
	}
}
