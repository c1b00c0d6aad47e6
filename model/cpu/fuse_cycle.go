package cpu

import "slices"

// leads says whether b depends on a otherwise than by reading a's results where a computes them.
func (f *fusion) leads(a, b *group) bool {
	f.search++
	f.stack = f.stack[:0]
	a.seen = f.search
	for _, m := range a.members {
		for _, r := range f.readers[m.pos] {
			if t := f.members[r]; t != nil && t.group == b {
				if readsLate(m, t) {
					return true
				}
				continue
			}
			f.push(r)
		}
	}
	for len(f.stack) > 0 {
		last := len(f.stack) - 1
		n := f.stack[last]
		f.stack = f.stack[:last]
		if m := f.members[n]; m != nil && m.group == b {
			return true
		}
		for _, r := range f.readers[n] {
			f.push(r)
		}
	}
	return false
}

// push makes the search go on from node n, or from all of its group.
func (f *fusion) push(n int) {
	m := f.members[n]
	switch {
	case m == nil && f.seen[n] != f.search:
		f.seen[n] = f.search
		f.stack = append(f.stack, n)
	case m != nil && m.group.seen != f.search:
		m.group.seen = f.search
		for _, m := range m.group.members {
			f.stack = append(f.stack, m.pos)
		}
	}
}

// readsLate says whether t needs m's result as a whole.
func readsLate(m, t *member) bool {
	return slices.ContainsFunc(t.operands, func(o operand) bool { return o.from == m && !o.inline() })
}
