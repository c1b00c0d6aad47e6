package cpu

import (
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// items compiles a graph as far as its schedule.
func itemsOf(t *testing.T, in []tensor, graph graphFunc) []item {
	t.Helper()
	b := open(t)
	e, err := build(b, in, graph)
	if err != nil {
		t.Fatal(err)
	}
	return e.(*executable).stores.items
}

// TestFewSegments: what has no kernel waits for what needs it, and goes together.
func TestFewSegments(t *testing.T) {
	withKernel(t, compute.OpTypeNeg, func(*node) kernel { return kernelFunc{run: func(_, _ []any) {}} })
	withKernel(t, compute.OpTypeErf, func(*node) kernel { return nil })
	withKernel(t, compute.OpTypeAtan2, func(*node) kernel { return nil })
	in := []tensor{floats([]float32{1}, 1), floats([]float32{1}, 1)}
	items := itemsOf(t, in, func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
		a := must1(f.Erf(x[0]))
		b := must1(f.Neg(x[1]))      // does not wait for a
		c := must1(f.Neg(a))         // needs a
		d := must1(f.Erf(x[1]))      // goes with a
		e := must1(f.Atan2(b, d))    // too
		g := must1(f.Atan2(c, x[0])) // can't: it needs c
		return []compute.Value{e, g}, nil
	})
	var got string
	for _, it := range items {
		if it.tail {
			got += "("
		}
		for _, n := range it.nodes {
			got += n.op.String() + " "
		}
		if it.tail {
			got += ")"
		}
	}
	if want := "Neg (Erf Erf Atan2 )Neg (Atan2 )"; got != want {
		t.Errorf("schedule %q, want %q", got, want)
	}
}

// TestEqualNodesAreOne: but not across a barrier, where something is to be computed again.
func TestEqualNodesAreOne(t *testing.T) {
	for name, test := range map[string]struct {
		graph graphFunc
		want  int // operations
	}{
		"equal": {func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
			_ = must1(f.Exp(x[0])) // dead
			two := func() compute.Value { return must1(f.Constant([]float32{2, 2}, 2)) }
			a, b := must1(f.Pow(x[0], two())), must1(f.Pow(x[0], two()))
			return []compute.Value{must1(f.Atan2(a, b)), must1(f.Atan2(b, a))}, nil
		}, 2},
		"across a barrier": {func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
			again := must1(f.OptimizationBarrier(x[0]))[0]
			return []compute.Value{must1(f.Erf(x[0])), must1(f.Erf(again))}, nil
		}, 2},
		"different": {func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
			column := must1(f.Reshape(x[0], 2, 1))
			a, b := must1(f.ReduceSum(x[0])), must1(f.ReduceMax(x[0]))
			c, d := must1(f.Transpose(column, 1, 0)), must1(f.Reverse(column, 1, 0))
			e, g := must1(f.Transpose(column, 0, 1)), must1(f.ConvertDType(x[0], dtypes.Int32))
			return []compute.Value{a, b, c, d, e, g, must1(f.ConvertDType(x[0], dtypes.Int64))}, nil
		}, 7},
	} {
		bu := open(t).Builder("test").(*builder)
		x := must1(bu.main.Parameter("x", shapes.Make(dtypes.Float32, 2), nil))
		if err := bu.main.Return(must1(test.graph(bu.main, []compute.Value{x})), nil); err != nil {
			t.Fatal(err)
		}
		g := newGraph(bu)
		dropDead(g)
		mergeEqual(g)
		dropDead(g)
		n := 0
		for _, m := range g.nodes {
			if !m.isSource() && !m.isAlias() {
				n++
			}
		}
		if n != test.want {
			t.Errorf("%s: %d operations, want %d", name, n, test.want)
		}
	}
}
