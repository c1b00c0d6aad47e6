package cpu

import (
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// TestAfterFinalize: what is used after its end gives an error.
func TestAfterFinalize(t *testing.T) {
	b := open(t)
	in := mixedInputs(rand.New(rand.NewPCG(1, 2)))
	e, bufs := mustBuild(t, b, in, mixed), buffers(t, b, in)
	if err := bufs[0].Finalize(); err != nil {
		t.Fatal(err)
	}
	if err := bufs[0].Finalize(); err == nil {
		t.Error("a buffer was finalized twice")
	}
	if _, err := bufs[0].Data(); err == nil {
		t.Error("a finalized buffer gave its memory")
	}
	if _, err := e.Execute(bufs, nil, 0); err == nil {
		t.Error("a finalized buffer was computed with")
	}
	bufs = buffers(t, b, in)
	other := mustBuild(t, b, in, mixed)
	e.Finalize()
	if _, err := e.Execute(bufs, nil, 0); err == nil {
		t.Error("a finalized executable ran")
	}
	b.Finalize()
	if !b.IsFinalized() {
		t.Error("the backend does not know that it is finalized")
	}
	if _, err := other.Execute(bufs, nil, 0); err == nil {
		t.Error("an executable of a finalized backend ran")
	}
	if _, err := b.BufferFromFlatData(0, []float32{1}, shapes.Make(dtypes.Float32, 1)); err == nil {
		t.Error("a finalized backend made a buffer")
	}
	if _, _, err := b.NewSharedBuffer(0, shapes.Make(dtypes.Float32, 1)); err == nil {
		t.Error("a finalized backend made a shared buffer")
	}
}

// TestFinalizeWhileRunning: the end of an executable waits for those who run it.
func TestFinalizeWhileRunning(t *testing.T) {
	running, finish := make(chan bool), make(chan bool)
	withKernel(t, compute.OpTypeAtan2, func(*node) kernel {
		return kernelFunc{run: func(in, out []any) {
			running <- true
			<-finish
			copy(f32(out[0]), f32(in[0]))
		}}
	})
	b, in := open(t), []tensor{floats([]float32{1}, 1)}
	e := mustBuild(t, b, in, func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
		return one(f.Neg(must1(f.Atan2(x[0], x[0]))))
	})
	failed, bufs := make(chan error), buffers(t, b, in)
	go func() {
		_, err := e.Execute(bufs, nil, 0)
		failed <- err
	}()
	<-running
	ended := make(chan bool)
	go func() {
		e.Finalize()
		close(ended)
	}()
	select {
	case <-ended:
		t.Error("the executable ended while it ran")
	default:
	}
	close(finish)
	if err := <-failed; err != nil {
		t.Error(err)
	}
	<-ended
}

// TestSlabGivenBackLate: an execution that ends after its backend leaves no slab behind.
func TestSlabGivenBackLate(t *testing.T) {
	var a arena
	s, err := a.take(1 << 12)
	if err != nil {
		t.Fatal(err)
	}
	a.clear()
	a.give(s)
	if len(a.idle) != 0 || s.mem != nil {
		t.Errorf("%d slabs wait, %d bytes are held", len(a.idle), len(s.mem))
	}
}
