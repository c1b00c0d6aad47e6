package cpu

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"

	"fashionpipe/model/cpu/loop"
)

// attached is a convolution that runs a loop over its result as it goes.
type attached struct {
	convolution *convolution
	loop        *loopKernel
	operands    int // of the convolution; the loop's others follow
	y           int // the loop's operand that is the convolution's result
	as          int // the output that the convolution's result is in, perhaps to be replaced by the loop's
	perPixel    int // rows of the loop in a pixel
	finishes    int // blocks at most
	workers     int // of the convolution, at most: so many have scratch memory for the loop
	over        [][2]int
	runs        sync.Pool // *attachedRun
}

// attachedRun is the memory of one run.
type attachedRun struct {
	loop.Bind
	mu     sync.Mutex
	idle   [][]float32 // scratch memory that no block uses
	parts  atomic.Int64
	starts []int // the first row of each part
	order  []int
}

// plan prepares for y, the convolution's result.
func (a *attached) plan(y *value) {
	pixels := y.shape.Size() / y.shape.Dimensions[y.shape.Rank()-1]
	a.perPixel = a.loop.rows / pixels
	a.finishes = a.convolution.forward.Finishes()
	a.workers = a.convolution.forward.Workers()
	a.runs.New = func() any {
		return &attachedRun{
			Bind:   loop.Bind{Slots: make([]loop.Buffer, a.loop.program.Slots())},
			starts: make([]int, a.finishes), order: make([]int, 0, a.finishes),
		}
	}
	// The output that holds the convolution's result is written before the loop has read its other operands.
	for _, pair := range a.loop.over {
		if pair[0] == a.as || pair[1] == a.y {
			continue
		}
		in := a.operands + pair[1]
		if pair[1] > a.y {
			in--
		}
		a.over = append(a.over, [2]int{pair[0], in})
	}
}

// Overwrites implements overwriter. (An operand of the loop that is one of the convolution's too is never overwritten:
// nodes don't overwrite what they read twice.)
func (a *attached) Overwrites() [][2]int { return a.over }

func (a *attached) records() int { return 2 * a.finishes * a.loop.program.RecordLen() }

// Scratch implements kernel.
func (a *attached) Scratch() int {
	return roundUp(a.records()) + a.workers*roundUp(a.loop.program.ScratchLen()) + a.convolution.Scratch()
}

// roundUp makes n a multiple of a cache line's float32.
func roundUp(n int) int { return (n + alignment/4 - 1) / (alignment / 4) * (alignment / 4) }

// Run implements kernel.
func (a *attached) Run(in, out []any, scratch []float32) error {
	r := a.runs.Get().(*attachedRun)
	defer a.release(r)
	scratch = a.bind(r, in, out, scratch)
	p := a.loop.program
	p.Begin(&r.Bind)
	r.parts.Store(0)
	a.convolution.run(f32(out[a.as]), f32(in[0]), f32(in[1]), scratch, func(row0, row1 int) {
		part := int(r.parts.Add(1)) - 1
		r.starts[part] = row0
		s := r.take()
		p.Run(&r.Bind, row0*a.perPixel, row1*a.perPixel, part, s)
		r.give(s)
	})
	r.order = r.order[:0]
	for i := range int(r.parts.Load()) {
		r.order = append(r.order, i)
	}
	slices.SortFunc(r.order, func(i, j int) int { return cmp.Compare(r.starts[i], r.starts[j]) })
	p.FinishIn(&r.Bind, r.order)
	return nil
}

// release gives r back without the memory it ran in, which may be unmapped while it waits.
func (a *attached) release(r *attachedRun) {
	clear(r.Slots)
	clear(r.idle[:cap(r.idle)])
	r.Records = nil
	a.runs.Put(r)
}

// bind gives the loop its memory and returns the rest of scratch.
func (a *attached) bind(r *attachedRun, in, out []any, scratch []float32) []float32 {
	next := a.operands
	for i := range len(in) - a.operands + 1 {
		if i == a.y {
			r.Slots[i] = loopBuffer(out[a.as])
			continue
		}
		r.Slots[i] = loopBuffer(in[next])
		next++
	}
	first := len(in) - a.operands + 1
	for i := range len(r.Slots) - first {
		r.Slots[first+i] = loopBuffer(out[i])
	}
	n := roundUp(a.records())
	r.Records = float64s(scratch[:a.records()])
	scratch = scratch[n:]
	each := roundUp(a.loop.program.ScratchLen())
	r.idle = r.idle[:0]
	for range a.workers {
		r.idle = append(r.idle, scratch[:each])
		scratch = scratch[each:]
	}
	return scratch
}

func (r *attachedRun) take() []float32 {
	r.mu.Lock()
	defer r.mu.Unlock()
	last := len(r.idle) - 1
	s := r.idle[last]
	r.idle = r.idle[:last]
	return s
}

func (r *attachedRun) give(s []float32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.idle = append(r.idle, s)
}
