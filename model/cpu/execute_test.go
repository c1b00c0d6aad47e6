package cpu

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"unsafe"

	"github.com/gomlx/compute"
)

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
