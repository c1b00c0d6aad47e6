package cpu

import (
	"slices"
	"sync"
	"unsafe"
)

// slab is the memory of one execution.
type slab struct{ mem []byte }

func newSlab(size int) *slab {
	mem := make([]byte, size+alignment)
	skip := (alignment - int(uintptr(unsafe.Pointer(unsafe.SliceData(mem)))%alignment)) % alignment
	return &slab{mem[skip : skip+size : skip+size]}
}

// at is the address of an offset.
func (s *slab) at(offset int) unsafe.Pointer { return unsafe.Pointer(&s.mem[offset]) }

// arena lends slabs. Those given back wait for the next execution, of whatever graph: training and validation take
// turns in the same memory.
type arena struct {
	mu   sync.Mutex
	idle []*slab // smallest first
}

// take gives a slab of at least size bytes.
func (a *arena) take(size int) *slab {
	if size == 0 {
		return &slab{}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, s := range a.idle {
		// A far larger one is left to whom needs it.
		if len(s.mem) >= size && len(s.mem)/8 <= size {
			a.idle = slices.Delete(a.idle, i, i+1)
			return s
		}
	}
	// What is smaller, but not much smaller, would not be used again beside the new one.
	a.idle = slices.DeleteFunc(a.idle, func(s *slab) bool { return len(s.mem) < size && len(s.mem) >= size/8 })
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
	at, _ := slices.BinarySearchFunc(a.idle, s, func(x, y *slab) int { return len(x.mem) - len(y.mem) })
	a.idle = slices.Insert(a.idle, at, s)
	if len(a.idle) > most {
		a.idle = slices.Delete(a.idle, 0, 1)
	}
}

func (a *arena) clear() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.idle = nil
}
