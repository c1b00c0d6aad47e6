package cpu

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// tensor is an operand or result of a test.
type tensor struct {
	flat any
	dims []int
}

func floats(flat []float32, dims ...int) tensor { return tensor{flat, dims} }

// random are normally distributed numbers.
func random(r *rand.Rand, dims ...int) tensor {
	n := 1
	for _, d := range dims {
		n *= d
	}
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return floats(x, dims...)
}

func (a tensor) shape() shapes.Shape {
	return shapes.Make(dtypes.FromGoType(reflect.TypeOf(a.flat).Elem()), a.dims...)
}

// graphFunc builds a graph of parameters.
type graphFunc func(f compute.Function, in []compute.Value) ([]compute.Value, error)

func build(b compute.Backend, in []tensor, graph graphFunc) (compute.Executable, error) {
	bu := b.Builder("test")
	f := bu.Main()
	var params []compute.Value
	for i, a := range in {
		p, err := f.Parameter(fmt.Sprint("x", i), a.shape(), nil)
		if err != nil {
			return nil, err
		}
		params = append(params, p)
	}
	out, err := graph(f, params)
	if err != nil {
		return nil, err
	}
	if err := f.Return(out, nil); err != nil {
		return nil, err
	}
	return bu.Compile()
}

// failer is a test, of package testing or of rapid.
type failer interface {
	Helper()
	Fatal(...any)
}

func buffers(t failer, b compute.Backend, in []tensor) (bufs []compute.Buffer) {
	t.Helper()
	for _, a := range in {
		buf, err := b.BufferFromFlatData(0, a.flat, a.shape())
		if err != nil {
			t.Fatal(err)
		}
		bufs = append(bufs, buf)
	}
	return bufs
}

// arrays are copies of what the buffers hold.
func tensors(t failer, bufs []compute.Buffer) (out []tensor) {
	t.Helper()
	for _, buf := range bufs {
		s, err := buf.Shape()
		if err != nil {
			t.Fatal(err)
		}
		flat := dtypes.MakeAnySlice(s.DType, s.Size())
		if err := buf.ToFlatData(flat); err != nil {
			t.Fatal(err)
		}
		out = append(out, tensor{flat, s.Dimensions})
	}
	return out
}

func mustBuild(t testing.TB, b compute.Backend, in []tensor, graph graphFunc) compute.Executable {
	t.Helper()
	e, err := build(b, in, graph)
	if err != nil {
		t.Fatalf("%+v", err)
	}
	return e
}

func compute1(t testing.TB, b compute.Backend, in []tensor, graph graphFunc) []tensor {
	t.Helper()
	out, err := mustBuild(t, b, in, graph).Execute(buffers(t, b, in), nil, 0)
	if err != nil {
		t.Fatalf("%+v", err)
	}
	return tensors(t, out)
}

// goBackend is what results are compared with.
func goBackend(t testing.TB) compute.Backend {
	t.Helper()
	b, err := OpenGo("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Finalize)
	return b
}

// difference says where two arrays differ by more than tolerance, relative to the largest number.
func difference(got, want tensor, tolerance float64) string {
	if fmt.Sprint(got.shape()) != fmt.Sprint(want.shape()) {
		return fmt.Sprintf("shape %s, want %s", got.shape(), want.shape())
	}
	g, ok := got.flat.([]float32)
	if !ok {
		if fmt.Sprint(got.flat) != fmt.Sprint(want.flat) {
			return fmt.Sprintf("%v, want %v", got.flat, want.flat)
		}
		return ""
	}
	w := want.flat.([]float32)
	scale := 1.0
	for _, x := range w {
		if a := math.Abs(float64(x)); a > scale && !math.IsInf(a, 0) {
			scale = a
		}
	}
	for i := range w {
		x, y := float64(g[i]), float64(w[i])
		if x == y || math.IsNaN(x) && math.IsNaN(y) {
			continue
		}
		if !(math.Abs(x-y) <= tolerance*scale) {
			return fmt.Sprintf("number %d is %v, want %v (largest %v)", i, x, y, scale)
		}
	}
	return ""
}

// same compares this backend's results of a graph with the Go backend's.
func same(t testing.TB, in []tensor, graph graphFunc) {
	t.Helper()
	got, want := compute1(t, open(t), in, graph), compute1(t, goBackend(t), in, graph)
	for i := range want {
		if d := difference(got[i], want[i], 1e-5); d != "" {
			t.Errorf("output %d: %s", i, d)
		}
	}
}

// must1 keeps graphs short: they fail by a panic, which the test reports.
func must1[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

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
