package vec

import (
	"testing"

	"fashionpipe/internal/simd/fence"
)

// place puts operands into guarded memory: at its end, at its start, or one element from the start.
type place[T comparable] struct {
	memory []T
	filler T
}

func newPlace[T comparable](t testing.TB, filler T) *place[T] {
	p := &place[T]{fence.Memory[T](t, 1), filler}
	for i := range p.memory {
		p.memory[i] = filler
	}
	return p
}

const places = 3

// put copies x to one of the places.
func (p *place[T]) put(where int, x []T) []T {
	start := [places]int{len(p.memory) - len(x), 0, 1}[where]
	dst := p.memory[start : start+len(x) : start+len(x)]
	copy(dst, x)
	return dst
}

// clear fills what put has written, and fails if anything else was written.
func (p *place[T]) clear(t *testing.T, where, n int) {
	t.Helper()
	start := [places]int{len(p.memory) - n, 0, 1}[where]
	for i := range n {
		p.memory[start+i] = p.filler
	}
	for i, v := range p.memory {
		if v != p.filler {
			t.Fatalf("%d elements at %d: element %d beside them was written", n, start, i-start)
		}
	}
}
