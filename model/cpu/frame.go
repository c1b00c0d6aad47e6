package cpu

import (
	"sync"
	"unsafe"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
)

// frame is the memory of one execution.
type frame struct {
	e       *executable
	slab    *slab
	flat    []any            // of each storage: its numbers
	bufs    []compute.Buffer // of each storage that has one: its buffer
	mine    []bool           // of each storage with a buffer: it is the execution's, to recycle when it is done with
	slots   []compute.Buffer
	in, out []any // of the step that runs
}

// frames keeps one frame for the next execution; others are made as needed.
type frames struct {
	mu   sync.Mutex
	idle *frame
}

func (fs *frames) take(e *executable) (*frame, error) {
	fs.mu.Lock()
	f := fs.idle
	fs.idle = nil
	fs.mu.Unlock()
	if f == nil {
		var err error
		if f, err = newFrame(e); err != nil {
			return nil, err
		}
	}
	s, err := e.backend.arena.take(e.plan.slab)
	if err != nil {
		return nil, err
	}
	f.bind(s)
	return f, nil
}

// give takes a frame back after its execution went well.
func (fs *frames) give(f *frame) {
	f.e.backend.arena.give(f.unbind())
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.idle = f
}

func (fs *frames) clear() {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.idle = nil
}

func newFrame(e *executable) (*frame, error) {
	n := len(e.stores.list)
	f := &frame{e: e, flat: make([]any, n), bufs: make([]compute.Buffer, n), mine: make([]bool, n)}
	for _, sl := range e.plan.slots {
		inner, err := e.backend.newInner(sl.st.shape)
		if err != nil {
			return nil, err
		}
		f.slots = append(f.slots, inner)
	}
	for _, st := range e.stores.list {
		switch st.kind {
		case inConstant:
			c := st.root.node.attrs.(*constant)
			f.bufs[st.id], f.flat[st.id] = c.buf.inner, c.buf.flat
		case inShared:
			inner := f.slots[st.slot]
			flat, err := inner.Data()
			if err != nil {
				return nil, err
			}
			f.bufs[st.id], f.flat[st.id] = inner, flat
		}
	}
	return f, nil
}

// bind lets what lives in the slab live in this one.
func (f *frame) bind(s *slab) {
	f.slab = s
	for _, st := range f.e.stores.list {
		if st.kind != inSlab {
			continue
		}
		if size := st.shape.Size(); size == 0 {
			f.flat[st.id] = dtypes.MakeAnySlice(st.shape.DType, 0)
		} else {
			f.flat[st.id] = dtypes.UnsafeAnySliceFromBytes(s.at(st.block.offset), st.shape.DType, size)
		}
	}
}

// unbind gives the slab back, and keeps no hold of it.
func (f *frame) unbind() *slab {
	for _, st := range f.e.stores.list {
		if st.kind == inSlab {
			f.flat[st.id] = nil
		}
	}
	clear(f.in[:cap(f.in)])
	clear(f.out[:cap(f.out)])
	s := f.slab
	f.slab = nil
	return s
}

// scratch is the memory of a block as numbers.
func (f *frame) scratch(b *block) []float32 {
	if b == nil {
		return nil
	}
	return unsafe.Slice((*float32)(f.slab.at(b.offset)), b.size/4)
}

// hold takes a buffer that the execution made.
func (f *frame) hold(st *storage, inner compute.Buffer) error {
	flat, err := inner.Data()
	if err != nil {
		return err
	}
	f.bufs[st.id], f.flat[st.id], f.mine[st.id] = inner, flat, true
	return nil
}

// drop lets go of a buffer that is not needed any more; if it is the execution's own, its memory is recycled.
func (f *frame) drop(st *storage) {
	if st.kind == inConstant || st.kind == inShared || st.kind == inSlab {
		return
	}
	switch {
	case !f.mine[st.id]:
	case st.kind == inSegment:
		_ = f.bufs[st.id].Finalize() // the Go backend would not use it again
	default:
		f.e.backend.pool.put(st.shape, f.bufs[st.id])
	}
	f.bufs[st.id], f.flat[st.id], f.mine[st.id] = nil, nil, false
}
