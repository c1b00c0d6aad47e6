package cpu

import (
	"cmp"
	"slices"
)

// alignment of everything in a slab, in bytes: a cache line, and the widest vector.
const alignment = 64

// block is a piece of memory that is in use from item first to item last.
type block struct {
	size, first, last int // bytes
	offset            int
}

// place gives each block its offset, so that blocks in use at the same time don't overlap, and gives the slab's size.
// Largest first, each at the start of the smallest gap that takes it (greedy by size: Pisarchyk and Lee, "Efficient
// memory management for deep neural net inference", 2020).
func place(blocks []*block) int {
	order := slices.Clone(blocks)
	slices.SortStableFunc(order, func(a, b *block) int { return cmp.Compare(b.size, a.size) })
	total := 0
	var placed []*block // by offset
	for _, b := range order {
		b.size = (b.size + alignment - 1) / alignment * alignment
		b.offset = gap(placed, b)
		total = max(total, b.offset+b.size)
		at, _ := slices.BinarySearchFunc(placed, b, func(a, b *block) int { return cmp.Compare(a.offset, b.offset) })
		placed = slices.Insert(placed, at, b)
	}
	return total
}

// gap finds the place for b among the blocks placed so far, which are sorted by offset.
func gap(placed []*block, b *block) int {
	best, bestSize, end := -1, 0, 0
	for _, p := range placed {
		if p.last < b.first || b.last < p.first {
			continue
		}
		if size := p.offset - end; size >= b.size && (best < 0 || size < bestSize) {
			best, bestSize = end, size
		}
		end = max(end, p.offset+p.size)
	}
	if best < 0 {
		return end
	}
	return best
}

// plan is how one execution's memory is laid out.
type plan struct {
	slab    int      // bytes
	slots   []*slot  // buffers for what segments read
	scratch []*block // by item; nil: none
}

// slot is a buffer that serves values of one shape, one after the other.
type slot struct {
	st   *storage // the first of them
	last int
}

// layout plans the memory of s.
func layout(s *stores) *plan {
	p := &plan{scratch: make([]*block, len(s.items))}
	var blocks []*block
	for at, it := range s.items {
		if it.tail {
			continue
		}
		n := it.nodes[0]
		if size := n.kernel.Scratch(); size > 0 {
			p.scratch[at] = &block{size: 4 * size, first: at, last: at}
			blocks = append(blocks, p.scratch[at])
		}
		reuse := s.reuse(n, at)
		for _, v := range n.outputs {
			st := s.of[v]
			switch st.kind {
			case inSlab:
				if b := reuse[st]; b != nil {
					st.block, b.last = b, st.last
					continue
				}
				st.block = &block{size: int(st.shape.ByteSize()), first: at, last: st.last}
				blocks = append(blocks, st.block)
			case inShared:
				p.share(st)
			}
		}
	}
	p.slab = place(blocks)
	return p
}

// bytes is all memory of an execution, taking what segments make to live to its end, and results to lie in no input.
func (p *plan) bytes(s *stores) int64 {
	total := int64(p.slab)
	for _, sl := range p.slots {
		total += sl.st.shape.ByteSize()
	}
	for _, st := range s.list {
		if st.kind != inSlab && st.kind != inShared {
			total += st.shape.ByteSize()
		}
	}
	return total
}

// share finds or makes the slot of st.
func (p *plan) share(st *storage) {
	for i, sl := range p.slots {
		if sl.last < st.first && sl.st.shape.DType == st.shape.DType && sl.st.shape.EqualDimensions(st.shape) {
			st.slot, sl.last = i, st.last
			return
		}
	}
	st.slot = len(p.slots)
	p.slots = append(p.slots, &slot{st, st.last})
}

// reuse gives the blocks of inputs of n that die at this item and which n's kernel may overwrite, by output.
func (s *stores) reuse(n *node, at int) map[*storage]*block {
	reuse := make(map[*storage]*block)
	for out, in := range s.overwrites(n, at) {
		if out.kind == inSlab {
			reuse[out] = in.block
		}
	}
	return reuse
}

// overwrites maps outputs of n to inputs that nobody needs afterwards, in whose memory they may lie: in the slab, or, for
// what is given to the caller, in a parameter's buffer (if that is donated).
func (s *stores) overwrites(n *node, at int) map[*storage]*storage {
	k, ok := n.kernel.(overwriter)
	if !ok {
		return nil
	}
	over := make(map[*storage]*storage)
	taken := make(map[*storage]bool)
	for _, pair := range k.Overwrites() {
		out, in := s.of[n.outputs[pair[0]]], s.home(n.inputs[pair[1]])
		once := 0
		for _, v := range n.inputs {
			if s.home(v) == in {
				once++
			}
		}
		if over[out] == nil && !taken[in] && once == 1 && in.last == at && out.fits(in) {
			over[out], taken[in] = in, true
		}
	}
	return over
}

// fits says whether out can lie where in lies.
func (out *storage) fits(in *storage) bool {
	switch out.kind {
	case inSlab:
		return in.kind == inSlab && in.shape.ByteSize() == out.shape.ByteSize()
	case inResult:
		return in.kind == inParam && in.shape.DType == out.shape.DType && in.shape.EqualDimensions(out.shape)
	}
	return false
}
