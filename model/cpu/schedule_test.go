package cpu

import (
	"testing"

	"github.com/gomlx/compute"
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
	in := []tensor{floats([]float32{1, 2}, 2)}
	count := func(graph graphFunc) (n int) {
		for _, it := range itemsOf(t, in, graph) {
			n += len(it.nodes)
		}
		return n
	}
	n := count(func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
		_ = must1(f.Exp(x[0])) // dead
		two := func() compute.Value { return must1(f.Constant([]float32{2, 2}, 2)) }
		a, b := must1(f.Pow(x[0], two())), must1(f.Pow(x[0], two()))
		return []compute.Value{must1(f.Atan2(a, b)), must1(f.Atan2(b, a))}, nil
	})
	if n != 2 {
		t.Errorf("%d operations, want 2", n)
	}
	n = count(func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
		again := must1(f.OptimizationBarrier(x[0]))[0]
		return []compute.Value{must1(f.Erf(x[0])), must1(f.Erf(again))}, nil
	})
	if n != 2 {
		t.Errorf("across a barrier: %d operations, want 2", n)
	}
	n = count(func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
		a, b := must1(f.ReduceSum(x[0])), must1(f.ReduceMax(x[0]))
		c, d := must1(f.Transpose(must1(f.Reshape(x[0], 2, 1)), 1, 0)), must1(f.Reverse(must1(f.Reshape(x[0], 2, 1)), 1, 0))
		return []compute.Value{a, b, c, d}, nil
	})
	if n != 3 { // sum and maximum are made by one loop
		t.Errorf("different ones: %d operations, want 3", n)
	}
}
