package cpu

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/gomlx/compute"
)

func TestDonation(t *testing.T) {
	withKernel(t, compute.OpTypeNeg, func(*node) kernel {
		return kernelFunc{over: true, run: func(in, out []any) {
			for i, x := range f32(in[0]) {
				f32(out[0])[i] = -x
			}
		}}
	})
	b := open(t)
	in := []tensor{floats([]float32{1, 2, 3}, 3)}
	e := mustBuild(t, b, in, func(f compute.Function, x []compute.Value) ([]compute.Value, error) { return one(f.Neg(x[0])) })
	for _, donate := range []bool{false, true} {
		bufs := buffers(t, b, in)
		at := data(t, bufs[0])
		out, err := e.Execute(bufs, []bool{donate}, 0)
		if err != nil {
			t.Fatal(err)
		}
		if d := difference(tensors(t, out)[0], floats([]float32{-1, -2, -3}, 3), 0); d != "" {
			t.Error(d)
		}
		if (data(t, out[0]) == at) != donate {
			t.Errorf("donated %v: output in the input's memory: %v", donate, !donate)
		}
		_, err = e.Execute(bufs, nil, 0)
		if (err != nil) != donate {
			t.Errorf("donated %v: using the input again: %v", donate, err)
		}
		if err := bufs[0].Finalize(); err != nil {
			t.Errorf("donated %v: finalizing the input: %v", donate, err)
		}
	}
}

// TestDonatedTwice gives one buffer as two inputs: nothing may be computed in its place.
func TestDonatedTwice(t *testing.T) {
	b := open(t)
	in := []tensor{floats([]float32{1, 2}, 2), floats([]float32{1, 2}, 2)}
	e := mustBuild(t, b, in, func(_ compute.Function, x []compute.Value) ([]compute.Value, error) {
		return []compute.Value{x[0], x[1], x[0]}, nil
	})
	x := buffers(t, b, in[:1])[0]
	out, err := e.Execute([]compute.Buffer{x, x}, []bool{true, true}, 0)
	if err != nil {
		t.Fatal(err)
	}
	flat, _ := out[0].Data()
	flat.([]float32)[0] = 9
	for i, got := range tensors(t, out)[1:] {
		if d := difference(got, in[0], 0); d != "" {
			t.Errorf("output %d shares memory with output 0: %s", i+1, d)
		}
	}
}

// TestDonatedAtOnce gives one buffer to several executions at once: one gets it.
func TestDonatedAtOnce(t *testing.T) {
	b := open(t)
	in := []tensor{floats([]float32{1, 2}, 2), floats([]float32{1, 2}, 2)}
	e := mustBuild(t, b, in, func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
		return []compute.Value{x[0], must1(f.Neg(x[1]))}, nil
	})
	for range 200 {
		x := buffers(t, b, in[:1])[0].(*Buffer)
		const executions = 4
		var ready, done sync.WaitGroup
		var got atomic.Int32
		ready.Add(executions)
		for range executions {
			done.Go(func() {
				ready.Done()
				ready.Wait()
				if claim([]*Buffer{x, x}, []bool{true, true}) == nil {
					got.Add(1)
				}
			})
		}
		done.Wait()
		if got.Load() != 1 {
			t.Fatalf("%d executions got a donated buffer", got.Load())
		}
	}
	// If not all can be had, none is taken.
	bufs := buffers(t, b, in)
	bufs[1].(*Buffer).state.Store(donated)
	if claim([]*Buffer{bufs[0].(*Buffer), bufs[1].(*Buffer)}, []bool{true, true}) == nil {
		t.Error("a buffer was donated twice")
	}
	bufs[1].(*Buffer).state.Store(live)
	if _, err := e.Execute(bufs, []bool{true, true}, 0); err != nil {
		t.Error(err)
	}
}

// TestDonatedToAFailure: donated inputs are gone when a step fails, and remain when the inputs are wrong.
func TestDonatedToAFailure(t *testing.T) {
	withKernel(t, compute.OpTypeAtan2, func(*node) kernel { return kernelFunc{run: func(_, _ []any) { panic("out of tea") }} })
	b := open(t)
	in := []tensor{floats([]float32{1}, 1), floats([]float32{1}, 1)}
	e := mustBuild(t, b, in, func(f compute.Function, x []compute.Value) ([]compute.Value, error) { return one(f.Atan2(x[0], x[1])) })
	bufs := buffers(t, b, in)
	if _, err := e.Execute(bufs[:1], []bool{true}, 0); err == nil {
		t.Error("no error with an input too few")
	}
	if _, err := bufs[0].Data(); err != nil {
		t.Errorf("wrong inputs: %v", err)
	}
	if _, err := e.Execute(bufs, []bool{true, false}, 0); err == nil || !strings.Contains(err.Error(), "out of tea") {
		t.Errorf("error %v, want that of the step", err)
	}
	if _, err := bufs[0].Data(); err == nil {
		t.Error("an input that was donated to a failed execution gave its memory")
	}
}
