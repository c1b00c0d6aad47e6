package cpu

import (
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
)

// Buffer is a tensor's memory: a buffer of GoMLX's Go backend. When it is finalized or donated, its memory serves
// later buffers of the same shape.
type Buffer struct {
	backend *Backend
	inner   compute.Buffer
	shape   shapes.Shape
	flat    any // slice of the element type, len = shape.Size()
	state   atomic.Int32
}

// States of a buffer.
const (
	live int32 = iota
	donated
	finalized
)

var _ compute.Buffer = (*Buffer)(nil)

func (b *Backend) wrap(inner compute.Buffer, shape shapes.Shape) (*Buffer, error) {
	flat, err := inner.Data()
	if err != nil {
		return nil, fmt.Errorf("backend %s: buffer of shape %s: %w", Name, shape, err)
	}
	return &Buffer{backend: b, inner: inner, shape: shape, flat: flat}, nil
}

// newBuffer gives a buffer of undefined content, made of recycled memory if there is some of this shape.
func (b *Backend) newBuffer(shape shapes.Shape) (*Buffer, error) {
	inner, err := b.newInner(shape)
	if err != nil {
		return nil, err
	}
	return b.wrap(inner, shape)
}

func (b *Backend) newInner(shape shapes.Shape) (compute.Buffer, error) {
	if b.finalized.Load() {
		return nil, errFinalized
	}
	if inner := b.pool.get(shape); inner != nil {
		return inner, nil
	}
	inner, _, err := b.tail.NewSharedBuffer(0, shape)
	if err != nil {
		return nil, fmt.Errorf("backend %s: buffer of shape %s: %w", Name, shape, err)
	}
	return inner, nil
}

// Backend implements compute.Buffer.
func (buf *Buffer) Backend() compute.Backend { return buf.backend }

// Finalize gives the memory back. Of a buffer that was donated to an execution nothing is left to give back.
func (buf *Buffer) Finalize() error {
	if buf == nil {
		return fmt.Errorf("backend %s: finalize of a nil buffer", Name)
	}
	if !buf.state.CompareAndSwap(live, finalized) {
		if buf.state.Load() == donated {
			return nil
		}
		return fmt.Errorf("backend %s: buffer of shape %s was finalized before", Name, buf.shape)
	}
	buf.backend.pool.put(buf.shape, buf.inner)
	buf.inner, buf.flat = nil, nil
	return nil
}

func (buf *Buffer) check() error {
	switch {
	case buf == nil:
		return fmt.Errorf("backend %s: buffer is nil", Name)
	case buf.state.Load() == donated:
		return fmt.Errorf("backend %s: buffer of shape %s was donated to an execution and can't be used any more", Name, buf.shape)
	case buf.state.Load() == finalized:
		return fmt.Errorf("backend %s: buffer of shape %s is used after it was finalized", Name, buf.shape)
	case buf.backend.finalized.Load():
		return errFinalized
	}
	return nil
}

// Shape implements compute.Buffer.
func (buf *Buffer) Shape() (shapes.Shape, error) { return buf.shape, nil }

// DeviceNum is 0.
func (buf *Buffer) DeviceNum() (compute.DeviceNum, error) { return 0, nil }

// ToFlatData copies the buffer to flat, a slice of its element type and size.
func (buf *Buffer) ToFlatData(flat any) error {
	if err := buf.check(); err != nil {
		return err
	}
	return buf.inner.ToFlatData(flat)
}

// Data gives the buffer's own memory, valid until the buffer is finalized or donated.
func (buf *Buffer) Data() (any, error) {
	if err := buf.check(); err != nil {
		return nil, err
	}
	return buf.flat, nil
}

// CopyToDevice fails: there is one device.
func (buf *Buffer) CopyToDevice(device compute.DeviceNum) (compute.Buffer, error) {
	return nil, fmt.Errorf("backend %s: can't copy to device %d: there is only one device", Name, device)
}

// bufferPool keeps memory of dropped buffers by shape until the next garbage collections.
type bufferPool struct{ byShape sync.Map }

func shapeKey(s shapes.Shape) string { return fmt.Sprint(int(s.DType), s.Dimensions) }

func (p *bufferPool) get(s shapes.Shape) compute.Buffer {
	if list, ok := p.byShape.Load(shapeKey(s)); ok {
		if inner := list.(*sync.Pool).Get(); inner != nil {
			return inner.(compute.Buffer)
		}
	}
	return nil
}

func (p *bufferPool) put(s shapes.Shape, inner compute.Buffer) {
	list, ok := p.byShape.Load(shapeKey(s))
	if !ok {
		list, _ = p.byShape.LoadOrStore(shapeKey(s), new(sync.Pool))
	}
	list.(*sync.Pool).Put(inner)
}

func (p *bufferPool) clear() { p.byShape.Clear() }
