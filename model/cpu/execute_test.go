package cpu

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"

	"github.com/gomlx/compute"
)

// withKernel gives an operation another kernel during a test.
func withKernel(t *testing.T, op compute.OpType, k func(*node) kernel) {
	t.Helper()
	before, had := natives[op]
	natives[op] = k
	t.Cleanup(func() {
		delete(natives, op)
		if had {
			natives[op] = before
		}
	})
}

// kernelFunc is a kernel made of a function; over says whether out 0 may take the place of in 0.
type kernelFunc struct {
	over bool
	run  func(in, out []any)
}

func (kernelFunc) Scratch() int { return 0 }
func (k kernelFunc) Overwrites() [][2]int {
	if k.over {
		return [][2]int{{0, 0}}
	}
	return nil
}

func (k kernelFunc) Run(in, out []any, _ []float32) error {
	k.run(in, out)
	return nil
}

func TestPanicIsAnError(t *testing.T) {
	broken := true
	withKernel(t, compute.OpTypeNeg, func(*node) kernel {
		return kernelFunc{run: func(in, out []any) {
			if broken {
				panic("out of tea")
			}
			copy(f32(out[0]), f32(in[0]))
		}}
	})
	b := open(t)
	in := []tensor{floats([]float32{1, 2}, 2)}
	e := mustBuild(t, b, in, func(f compute.Function, x []compute.Value) ([]compute.Value, error) { return one(f.Neg(x[0])) })
	_, err := e.Execute(buffers(t, b, in), nil, 0)
	if err == nil || !strings.Contains(err.Error(), "out of tea") || !strings.Contains(err.Error(), "Neg((Float32)[2])") {
		t.Fatalf("error %v: it should name the panic and the operation", err)
	}
	broken = false
	out, err := e.Execute(buffers(t, b, in), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	if d := difference(tensors(t, out)[0], in[0], 0); d != "" {
		t.Error(d)
	}
}

// TestPanicOfASegment lets the Go backend panic: an index out of bounds in a scatter.
func TestPanicOfASegment(t *testing.T) {
	b := open(t)
	in := []tensor{floats([]float32{1, 2}, 2), {[]int32{7}, []int{1, 1}}, floats([]float32{5}, 1)}
	withKernel(t, compute.OpTypeScatterSum, func(*node) kernel { return nil })
	e := mustBuild(t, b, in, func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
		return one(f.ScatterSum(x[0], x[1], x[2], 1, nil, []int{0}, []int{0}, false, false))
	})
	if _, err := e.Execute(buffers(t, b, in), nil, 0); err == nil || !strings.Contains(err.Error(), "ScatterSum") {
		t.Errorf("error %v: it should name ScatterSum", err)
	}
}

// mixed goes back and forth between kernels and segments.
func mixed(f compute.Function, x []compute.Value) ([]compute.Value, error) {
	y := must1(f.DotGeneral(x[0], []int{1}, nil, x[1], []int{0}, nil, compute.DotGeneralConfig{}))
	z := must1(f.Erf(y))
	z = must1(f.DotGeneral(z, []int{0}, nil, y, []int{0}, nil, compute.DotGeneralConfig{}))
	return []compute.Value{must1(f.Erf(must1(f.Reshape(z, must1(f.Shape(z)).Size())))), y, z}, nil
}

func mixedInputs(r *rand.Rand) []tensor { return []tensor{random(r, 7, 5), random(r, 5, 3)} }

func TestConcurrentExecutions(t *testing.T) {
	b := open(t)
	r := rand.New(rand.NewPCG(1, 2))
	inputs := make([][]tensor, 8)
	for i := range inputs {
		inputs[i] = mixedInputs(r)
	}
	e := mustBuild(t, b, inputs[0], mixed)
	var wg sync.WaitGroup
	for _, in := range inputs {
		wg.Go(func() {
			want := ""
			for range 20 {
				out, err := e.Execute(buffers(t, b, in), nil, 0)
				if err != nil {
					t.Error(err)
					return
				}
				got := fmt.Sprint(tensors(t, out))
				if want != "" && got != want {
					t.Error("executions at once disturb each other")
				}
				want = got
			}
		})
	}
	wg.Wait()
}

func TestMixed(t *testing.T) { same(t, mixedInputs(rand.New(rand.NewPCG(3, 4))), mixed) }

func data(t *testing.T, b compute.Buffer) unsafe.Pointer {
	t.Helper()
	flat, err := b.Data()
	if err != nil {
		t.Fatal(err)
	}
	return unsafe.Pointer(unsafe.SliceData(flat.([]float32)))
}

func TestMemoryIsRecycled(t *testing.T) {
	b := open(t)
	in := []tensor{floats(make([]float32, 100), 10, 10)}
	e := mustBuild(t, b, in, func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
		return one(f.DotGeneral(x[0], []int{1}, nil, x[0], []int{0}, nil, compute.DotGeneralConfig{}))
	})
	x := buffers(t, b, in)
	seen := map[unsafe.Pointer]bool{}
	for range 100 {
		out, err := e.Execute(x, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		seen[data(t, out[0])] = true
		if err := out[0].Finalize(); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) > 50 { // under the race detector, sync.Pool drops some on purpose
		t.Errorf("100 outputs, each finalized, took %d pieces of memory", len(seen))
	}
}

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

func TestOutputsAreApart(t *testing.T) {
	b := open(t)
	in := mixedInputs(rand.New(rand.NewPCG(7, 8)))
	e := mustBuild(t, b, in, func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
		y := must1(mixed(f, x))
		c := must1(f.Constant([]float32{1, 2, 3}, 3))
		return []compute.Value{y[1], y[1], must1(f.Reshape(y[1], 21)), x[0], x[0], must1(f.Reshape(x[0], 35)), c, c, must1(f.Identity(y[0])), y[0]}, nil
	})
	for _, donate := range [][]bool{nil, {true, true}} {
		out, err := e.Execute(buffers(t, b, in), donate, 0)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[unsafe.Pointer]int{}
		for i, o := range out {
			if j, ok := seen[data(t, o)]; ok {
				t.Errorf("outputs %d and %d lie in the same memory", j, i)
			}
			seen[data(t, o)] = i
		}
		all := tensors(t, out)
		for _, pair := range [][2]int{{0, 1}, {3, 4}, {6, 7}, {8, 9}} {
			if d := difference(all[pair[0]], all[pair[1]], 0); d != "" {
				t.Errorf("outputs %v: %s", pair, d)
			}
		}
		if d := difference(all[3], in[0], 0); d != "" {
			t.Error(d)
		}
	}
}

func TestWrongInputs(t *testing.T) {
	b := open(t)
	in := mixedInputs(rand.New(rand.NewPCG(9, 10)))
	e := mustBuild(t, b, in, mixed)
	bufs := buffers(t, b, in)
	foreign := buffers(t, goBackend(t), in)
	for name, bad := range map[string][]compute.Buffer{
		"too few": bufs[:1], "swapped": {bufs[1], bufs[0]}, "of another backend": foreign, "nil": {nil, bufs[1]},
	} {
		if _, err := e.Execute(bad, nil, 0); err == nil {
			t.Errorf("inputs %s: no error", name)
		}
	}
}
