package cpu

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"runtime"
	"testing"

	"github.com/gomlx/compute"
)

// convAndReLU is a convolution that runs a loop over its result, and a loop of its own.
func convAndReLU(f compute.Function, x []compute.Value) ([]compute.Value, error) {
	y := must1(f.ConvGeneral(x[0], x[1], compute.ConvolveAxesConfig{InputSpatial: []int{1, 2}, InputChannels: 3,
		KernelSpatial: []int{0, 1}, KernelInputChannels: 2, KernelOutputChannels: 3,
		OutputSpatial: []int{1, 2}, OutputChannels: 3}, nil, nil, nil, nil, 1, 1))
	return []compute.Value{must1(f.Tanh(must1(f.Neg(y)))), must1(f.Tanh(must1(f.Neg(x[0]))))}, nil
}

// TestPoolsHoldNothing: what kernels keep between runs does not point to memory of a run, also not of one that failed.
func TestPoolsHoldNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	e := mustBuild(t, open(t), []tensor{random(r, 1, 6, 6, 4), random(r, 3, 3, 4, 4)}, convAndReLU).(*executable)
	for _, broken := range []bool{false, true} {
		kinds := ""
		for i := range e.steps {
			s := &e.steps[i]
			var in, out []any
			for _, st := range s.in {
				in = append(in, make([]float32, st.shape.Size()))
			}
			for _, st := range s.out {
				n := st.shape.Size()
				if broken {
					n = 1
				}
				out = append(out, make([]float32, n))
			}
			scratch := make([]float32, s.kernel.Scratch())
			func() {
				defer func() {
					if failed := recover() != nil; failed != broken {
						t.Errorf("%s: failed %v", s.what, failed)
					}
				}()
				_ = s.kernel.Run(in, out, scratch)
			}()
			var kept reflect.Value // under the race detector, another than the run's now and then
			switch k := s.kernel.(type) {
			case *attached:
				run := k.runs.Get().(*attachedRun)
				kept = reflect.ValueOf([]any{run.Slots, run.idle[:cap(run.idle)], run.Records})
			case *loopKernel:
				bind := k.binds.Get().(*loopBind)
				kept = reflect.ValueOf([]any{bind.Slots, bind.scratch, bind.Records})
			}
			kinds += fmt.Sprintf("%T ", s.kernel)
			if holds(kept) {
				t.Errorf("%s (failed: %v) kept %v", s.what, broken, kept)
			}
		}
		if kinds != "*cpu.attached *cpu.loopKernel " && kinds != "*cpu.loopKernel *cpu.attached " {
			t.Fatalf("kernels %s: the test is for others", kinds)
		}
	}
}

// holds says whether v, of slices and structs of slices, holds a number.
func holds(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Interface:
		return holds(v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			if holds(v.Index(i)) {
				return true
			}
		}
		return false
	case reflect.Struct:
		for i := range v.NumField() {
			if holds(v.Field(i)) {
				return true
			}
		}
		return false
	}
	return true
}

// TestWorkersChangeMidRun: GOMAXPROCS may rise while a convolution runs, and with it the goroutines that run its loop.
func TestWorkersChangeMidRun(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(5))
	r := rand.New(rand.NewPCG(15, 16))
	e := mustBuild(t, open(t), []tensor{random(r, 1, 6, 6, 4), random(r, 3, 3, 4, 4)}, convAndReLU).(*executable)
	for i := range e.steps {
		a, ok := e.steps[i].kernel.(*attached)
		if !ok {
			continue
		}
		runtime.GOMAXPROCS(1)
		numbers := func(sts []*storage) (out []any) {
			for _, st := range sts {
				out = append(out, make([]float32, st.shape.Size()))
			}
			return out
		}
		run := a.runs.Get().(*attachedRun)
		a.bind(run, numbers(e.steps[i].in), numbers(e.steps[i].out), make([]float32, a.Scratch()))
		if len(run.idle) != 5 {
			t.Errorf("scratch memory for %d of 5 workers", len(run.idle))
		}
		return
	}
	t.Error("no convolution with a loop")
}
