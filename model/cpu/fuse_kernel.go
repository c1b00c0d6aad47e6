package cpu

import (
	"sync"
	"unsafe"

	"fashionpipe/internal/parallel"
	"fashionpipe/model/cpu/loop"
)

// loopKernel runs a fused loop.
type loopKernel struct {
	program *loop.Program
	rows    int
	workers int // that there is scratch memory for
	over    [][2]int
	binds   sync.Pool // *loopBind
}

// loopBind is the memory of one run.
type loopBind struct {
	loop.Bind
	scratch [][]float32
}

// newLoopKernel makes the kernel of a program whose slots are n's inputs, then its outputs. An input as long as the whole
// is read number by number, so that a result may overwrite it.
func newLoopKernel(p *loop.Program, n *node, rows int) *loopKernel {
	k := &loopKernel{program: p, rows: rows, workers: parallel.Workers()}
	k.binds.New = func() any {
		b := &loopBind{scratch: make([][]float32, k.workers)}
		b.Slots = make([]loop.Buffer, len(n.inputs)+len(n.outputs))
		return b
	}
	for o, out := range n.outputs {
		for i, in := range n.inputs {
			if in.shape.DType == out.shape.DType && in.shape.Size() == rows*p.Cols() && out.shape.Size() == in.shape.Size() {
				k.over = append(k.over, [2]int{o, i})
			}
		}
	}
	return k
}

// Overwrites implements overwriter.
func (k *loopKernel) Overwrites() [][2]int { return k.over }

// records is the length, in float32, of the memory for sinks.
func (k *loopKernel) records() int { return 2 * k.program.Parts(k.rows) * k.program.RecordLen() }

// Scratch implements kernel.
func (k *loopKernel) Scratch() int {
	return roundUp(k.records()) + k.workers*roundUp(k.program.ScratchLen())
}

// Run implements kernel.
func (k *loopKernel) Run(in, out []any, scratch []float32) error {
	b := k.binds.Get().(*loopBind)
	defer k.release(b)
	for i, x := range in {
		b.Slots[i] = loopBuffer(x)
	}
	for i, y := range out {
		b.Slots[len(in)+i] = loopBuffer(y)
	}
	n := k.records()
	b.Records = float64s(scratch[:n])
	scratch = scratch[roundUp(n):]
	each := roundUp(k.program.ScratchLen())
	for w := range b.scratch {
		b.scratch[w] = scratch[w*each : (w+1)*each]
	}
	k.program.Do(&b.Bind, k.rows, b.scratch)
	return nil
}

// release gives b back without the memory it ran in, which may be unmapped while it waits.
func (k *loopKernel) release(b *loopBind) {
	clear(b.Slots)
	clear(b.scratch)
	b.Records = nil
	k.binds.Put(b)
}

func loopBuffer(x any) loop.Buffer {
	switch x := x.(type) {
	case []float32:
		return loop.Buffer{F32: x}
	case []bool:
		return loop.Buffer{Bool: x}
	}
	return loop.Buffer{U8: x.([]uint8)}
}

// float64s is the memory of x, which begins at a cache line, as half as many float64.
func float64s(x []float32) []float64 {
	return unsafe.Slice((*float64)(unsafe.Pointer(unsafe.SliceData(x))), len(x)/2)
}
