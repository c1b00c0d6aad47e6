package cpu

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"
)

// slab is the memory of one execution. Nobody may use the memory without holding the slab.
type slab struct {
	mem     []byte
	cleanup runtime.Cleanup
}

// liveSlabs counts the slabs of all backends that have memory.
var liveSlabs atomic.Int64

func newSlab(size int) (*slab, error) {
	mem, err := allocate(size)
	if err != nil {
		return nil, err
	}
	liveSlabs.Add(1)
	s := &slab{mem: mem}
	s.cleanup = runtime.AddCleanup(s, freeSlab, mem) // for slabs of executions that failed, and of backends nobody finalized
	return s, nil
}

// free gives the memory back at once.
func (s *slab) free() {
	s.cleanup.Stop()
	freeSlab(s.mem)
	s.mem = nil
}

func freeSlab(mem []byte) {
	free(mem)
	liveSlabs.Add(-1)
}

// at is the address of an offset.
func (s *slab) at(offset int) unsafe.Pointer { return unsafe.Pointer(&s.mem[offset]) }

// arena lends slabs. Those given back wait for the next execution, of whatever graph: training and validation take
// turns in the same memory.
type arena struct {
	mu    sync.Mutex
	idle  []*slab // smallest first
	ended bool    // nobody will take one
}

// factor is how much larger than needed a slab may be: others are left to whom needs them.
const factor = 8

// take gives a slab of at least size bytes.
func (a *arena) take(size int) (*slab, error) {
	if size == 0 {
		return &slab{}, nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, s := range a.idle {
		if len(s.mem) >= size && len(s.mem)/factor <= size {
			a.idle = slices.Delete(a.idle, i, i+1)
			return s, nil
		}
	}
	// What is smaller, but not much smaller, would not be used again beside the new one.
	a.drop(func(s *slab) bool { return len(s.mem) < size && len(s.mem) >= size/factor })
	return newSlab(size)
}

// give takes a slab back.
func (a *arena) give(s *slab) {
	if len(s.mem) == 0 {
		return
	}
	const most = 8
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ended {
		s.free()
		return
	}
	at, _ := slices.BinarySearchFunc(a.idle, s, func(x, y *slab) int { return len(x.mem) - len(y.mem) })
	a.idle = slices.Insert(a.idle, at, s)
	if len(a.idle) > most {
		smallest := a.idle[0]
		a.drop(func(s *slab) bool { return s == smallest })
	}
}

// drop frees the idle slabs that are superfluous.
func (a *arena) drop(superfluous func(*slab) bool) {
	a.idle = slices.DeleteFunc(a.idle, func(s *slab) bool {
		if superfluous(s) {
			s.free()
			return true
		}
		return false
	})
}

// clear frees the idle slabs, and has those that are lent freed when they are given back.
func (a *arena) clear() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ended = true
	a.drop(func(*slab) bool { return true })
}
