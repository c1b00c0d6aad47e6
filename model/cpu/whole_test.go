package cpu

import (
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// TestWholeChecks: a graph with axes of unknown size takes inputs as other graphs do.
func TestWholeChecks(t *testing.T) {
	b := open(t)
	bu := b.Builder("whole")
	f := bu.Main()
	x := must1(f.Parameter("x", shapes.MakeDynamic(dtypes.Float32, []int{shapes.DynamicDim, 2}, []string{"batch", ""}), nil))
	if err := f.Return([]compute.Value{must1(f.ReduceSum(x, 0))}, nil); err != nil {
		t.Fatal(err)
	}
	e := must1(bu.Compile())
	bufs := buffers(t, b, []tensor{floats([]float32{1, 2, 3, 4}, 2, 2), floats([]float32{1, 2}, 1, 2)})
	if _, err := e.Execute(bufs[:1], []bool{true, true}, 0); err == nil {
		t.Error("no error with more donations than inputs")
	}
	if _, err := e.Execute(bufs, nil, 0); err == nil {
		t.Error("no error with an input too many")
	}
	out, err := e.Execute(bufs[:1], []bool{true}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if d := difference(tensors(t, out)[0], floats([]float32{4, 6}, 2), 0); d != "" {
		t.Error(d)
	}
	if _, err := e.Execute(bufs[:1], nil, 0); err == nil {
		t.Error("a donated buffer was computed with")
	}
	e.Finalize()
	e.Finalize()
	if _, err := e.Execute(bufs[1:], nil, 0); err == nil {
		t.Error("a finalized executable ran")
	}
}
