package cpu

import (
	"slices"

	"fashionpipe/model/cpu/loop"
)

// mostRepeated is the number of operations that are rather done again than their result written and read.
const mostRepeated = 10

// store decides which results are written to memory. What is read only by other loops is rather computed again there,
// if that takes few cheap operations on what is in memory anyway.
func (f *fusion) store() {
	for _, m := range f.order {
		m.stored = m.isSink() || f.must[m.n.outputs[0]]
		for _, r := range f.readers[m.pos] {
			if t := f.members[r]; t != nil && readsLate(m, t) {
				m.stored = true
			}
		}
	}
	for _, m := range f.order {
		if m.stored {
			continue
		}
		for _, g := range f.otherGroups(m) {
			if !cheapIn(m, g) {
				m.stored = true
			}
		}
	}
}

// otherGroups are the groups but m's own that compute with m's result.
func (f *fusion) otherGroups(m *member) []*group {
	var list []*group
	for _, r := range f.readers[m.pos] {
		if t := f.members[r]; t != nil && t.group != m.group && !slices.Contains(list, t.group) {
			list = append(list, t.group)
		}
	}
	return list
}

// leaves are what an expression reads.
type leaves struct {
	full map[*value]bool
	ops  int
	cols int
	ok   bool
	done map[*member]bool
}

// add adds the expression of m.
func (l *leaves) add(m *member) {
	if l.done[m] {
		return
	}
	l.done[m] = true
	if l.ops++; !cheap(m.op) {
		l.ok = false
	}
	for _, o := range m.operands {
		if o.kind == accessRow || o.kind == accessCol {
			if l.cols != 0 && l.cols != o.cols {
				l.ok = false
			}
			l.cols = o.cols
		}
		if _, constant := o.number(); constant || o.kind != accessFull {
			continue
		}
		if o.inline() && !o.from.stored {
			l.add(o.from)
		} else {
			l.full[o.base] = true
		}
	}
}

func cheap(op loop.Op) bool {
	switch op {
	case loop.Exp, loop.Log, loop.Tanh, loop.Logistic, loop.Erf, loop.Sin, loop.Cos, loop.Log1p, loop.Expm1, loop.Pow, loop.Rem:
		return false
	}
	return true
}

// cheapIn says whether g should compute m's result itself: with at most one array more to read, which is then in place of
// m's result. If it does, g's rows are fixed by what it takes over.
func cheapIn(m *member, g *group) bool {
	l := &leaves{full: map[*value]bool{}, cols: g.cols, ok: true, done: map[*member]bool{}}
	l.add(m)
	if !l.ok || l.ops > mostRepeated {
		return false
	}
	reads := map[*value]bool{}
	for _, t := range g.members {
		for _, o := range t.operands {
			if o.kind == accessFull {
				reads[o.base] = true
			}
		}
	}
	more := 0
	for v := range l.full {
		if !reads[v] {
			more++
		}
	}
	if more > 1 {
		return false
	}
	g.cols = l.cols
	return true
}
