package cpu

import (
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// closure makes a closure of f with the given parameters.
func closure(f compute.Function, params []shapes.Shape, graph graphFunc) compute.Function {
	c := must1(f.Closure())
	var in []compute.Value
	for _, s := range params {
		in = append(in, must1(c.Parameter("p", s, nil)))
	}
	if err := c.Return(must1(graph(c, in)), nil); err != nil {
		panic(err)
	}
	return c
}

func expect(t *testing.T, in []tensor, graph graphFunc, want ...tensor) {
	t.Helper()
	got := compute1(t, open(t), in, graph)
	if len(got) != len(want) {
		t.Fatalf("%d results, want %d", len(got), len(want))
	}
	for i := range want {
		if d := difference(got[i], want[i], 1e-6); d != "" {
			t.Errorf("result %d: %s", i, d)
		}
	}
}

// TestIfCaptures has a branch overwrite what it captures, where GoMLX's Go backend would recycle the result.
func TestIfCaptures(t *testing.T) {
	for _, yes := range []bool{true, false} {
		in := []tensor{floats([]float32{1, 2, 3, 4}, 4), {[]bool{yes}, nil}}
		factor := float32(-1)
		if yes {
			factor = -2
		}
		want, later := make([]float32, 4), make([]float32, 8)
		for i, x := range []float32{1, 2, 3, 4} {
			want[i], later[i], later[i+4] = factor*x, x+1, x+1
		}
		expect(t, in, func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
			double := must1(f.Add(x[0], x[0]))
			out := must1(f.If(x[1],
				closure(f, nil, func(c compute.Function, _ []compute.Value) ([]compute.Value, error) { return one(c.Neg(double)) }),
				closure(f, nil, func(c compute.Function, _ []compute.Value) ([]compute.Value, error) { return one(c.Neg(x[0])) })))
			next := must1(f.Add(x[0], must1(f.Constant([]float32{1, 1, 1, 1}, 4)))) // takes memory that is free
			both := must1(f.Concatenate(0, next, next))
			return []compute.Value{out[0], both}, nil
		}, floats(want, 4), floats(later, 8))
	}
}

// TestIfInWhile nests closures, each of which captures from both outside.
func TestIfInWhile(t *testing.T) {
	scalar, vector := shapes.Make(dtypes.Int32), shapes.Make(dtypes.Float32, 2)
	in := []tensor{floats([]float32{1, 10}, 2), {[]int32{5}, nil}}
	expect(t, in, func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
		step := must1(f.Constant([]float32{1, 2}, 2))
		cond := closure(f, []shapes.Shape{scalar, vector}, func(c compute.Function, p []compute.Value) ([]compute.Value, error) {
			return one(c.LessThan(p[0], x[1]))
		})
		body := closure(f, []shapes.Shape{scalar, vector}, func(c compute.Function, p []compute.Value) ([]compute.Value, error) {
			odd := must1(c.Equal(must1(c.Rem(p[0], must1(c.Constant([]int32{2})))), must1(c.Constant([]int32{1}))))
			sum := must1(c.Add(p[1], step))
			next := must1(c.If(odd,
				closure(c, nil, func(d compute.Function, _ []compute.Value) ([]compute.Value, error) { return one(d.Add(sum, x[0])) }),
				closure(c, nil, func(compute.Function, []compute.Value) ([]compute.Value, error) { return []compute.Value{sum}, nil })))
			return []compute.Value{must1(c.Add(p[0], must1(c.Constant([]int32{1})))), next[0]}, nil
		})
		return f.While(cond, body, must1(f.Constant([]int32{0})), x[0])
		// Five steps of (1, 2), two of them with x more: (1, 10) + 5·(1, 2) + 2·(1, 10).
	}, tensor{[]int32{5}, nil}, floats([]float32{8, 40}, 2))
}

func TestSort(t *testing.T) {
	in := []tensor{floats([]float32{3, 1, 2}, 3), {[]int32{30, 10, 20}, []int{3}}}
	f32, i32 := shapes.Make(dtypes.Float32), shapes.Make(dtypes.Int32)
	expect(t, in, func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
		greater := closure(f, []shapes.Shape{f32, f32, i32, i32}, func(c compute.Function, p []compute.Value) ([]compute.Value, error) {
			return one(c.GreaterThan(p[0], p[1]))
		})
		return f.Sort(greater, 0, true, x...)
	}, floats([]float32{3, 2, 1}, 3), tensor{[]int32{30, 20, 10}, []int{3}})
}

// TestCall calls a function twice, once inside a closure; it holds a closure itself.
func TestCall(t *testing.T) {
	in := []tensor{floats([]float32{1, -2}, 2)}
	expect(t, in, func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
		fn := must1(f.Builder().NewFunction("absolute"))
		p := must1(fn.Parameter("p", shapes.Make(dtypes.Float32, 2), nil))
		total := must1(fn.ReduceSum(p))
		negative := must1(fn.LessThan(total, must1(fn.Constant([]float32{0}))))
		out := must1(fn.If(negative,
			closure(fn, nil, func(c compute.Function, _ []compute.Value) ([]compute.Value, error) { return one(c.Neg(p)) }),
			closure(fn, nil, func(c compute.Function, _ []compute.Value) ([]compute.Value, error) { return []compute.Value{p}, nil })))
		if err := fn.Return(out, nil); err != nil {
			return nil, err
		}
		a := must1(f.Call(fn, x[0]))
		b := must1(f.If(must1(f.Constant([]bool{true})),
			closure(f, nil, func(c compute.Function, _ []compute.Value) ([]compute.Value, error) {
				return c.Call(fn, must1(c.Neg(a[0])))
			}),
			closure(f, nil, func(compute.Function, []compute.Value) ([]compute.Value, error) { return x, nil })))
		return []compute.Value{a[0], b[0]}, nil
	}, floats([]float32{-1, 2}, 2), floats([]float32{-1, 2}, 2))
}

// TestUnknownSizes runs one executable at two sizes.
func TestUnknownSizes(t *testing.T) {
	b := open(t)
	bu := b.Builder("dynamic")
	f := bu.Main()
	x := must1(f.Parameter("x", shapes.MakeDynamic(dtypes.Float32, []int{shapes.DynamicDim, 2}, []string{"batch", ""}), nil))
	_ = must1(f.Parameter("unused", shapes.Make(dtypes.Float32), nil))
	sum := must1(f.ReduceSum(x, 0))
	if err := f.Return([]compute.Value{x, sum, must1(f.DynamicDimensionSize(x, 0))}, nil); err != nil {
		t.Fatal(err)
	}
	e, err := bu.Compile()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{1, 3} {
		flat := []float32{1, 2, 3, 4, 5, 6}[:2*n]
		out, err := e.Execute(buffers(t, b, []tensor{floats(flat, n, 2), floats([]float32{0})}), []bool{true, false}, 0)
		if err != nil {
			t.Fatal(err)
		}
		want := []float32{1, 2}
		if n == 3 {
			want = []float32{9, 12}
		}
		got := tensors(t, out)
		for i, w := range []tensor{floats(flat, n, 2), floats(want, 2), {[]int32{int32(n)}, nil}} {
			if d := difference(got[i], w, 0); d != "" {
				t.Errorf("%d rows: result %d: %s", n, i, d)
			}
		}
	}
}
