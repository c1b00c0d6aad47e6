package cpu

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"pgregory.net/rapid"
)

// special are numbers of which some are NaN, infinite, or tied.
func special(r *rand.Rand, dims ...int) tensor {
	x := random(r, dims...)
	list := []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), 0, float32(math.Copysign(0, -1)), 1, 1, 1}
	kind := r.IntN(3)
	flat := x.flat.([]float32)
	for i := range flat {
		if kind == 1 && r.IntN(5) == 0 {
			flat[i] = list[r.IntN(len(list))]
		}
		if kind == 2 {
			flat[i] = float32(r.IntN(3))
		}
	}
	return x
}

// TestReduceWindow compares pooling over random windows with the Go backend's.
func TestReduceWindow(t *testing.T) {
	ours, theirs := open(t), goBackend(t)
	rapid.Check(t, func(rt *rapid.T) {
		r := seeded(rapid.Uint64().Draw(rt, "seed"))
		dims := someDims(rt)
		var a windowAttrs
		a.reduce = []compute.ReduceOpType{compute.ReduceOpSum, compute.ReduceOpProduct, compute.ReduceOpMax, compute.ReduceOpMin}[r.IntN(4)]
		for range dims {
			a.window, a.strides = append(a.window, 1+r.IntN(3)), append(a.strides, 1+r.IntN(3))
			a.inputDil, a.winDil = append(a.inputDil, 1+r.IntN(2)), append(a.winDil, 1+r.IntN(2))
			a.paddings = append(a.paddings, [2]int{r.IntN(3), 4 + r.IntN(2)})
		}
		if r.IntN(2) == 0 {
			a.inputDil, a.winDil = nil, nil
		}
		agree(rt, ours, theirs, []tensor{special(r, dims...)}, func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
			return one(f.ReduceWindow(x[0], a.reduce, a.window, a.strides, a.inputDil, a.winDil, a.paddings))
		})
	})
}

// TestSelectAndScatter compares the gradient of pooling with the Go backend's.
func TestSelectAndScatter(t *testing.T) {
	ours := open(t)
	theirs, err := openGo("", 0) // of 512 windows and more its workers race: one of them adds to the result without the lock
	if err != nil {
		t.Fatal(err)
	}
	defer theirs.Finalize()
	rapid.Check(t, func(rt *rapid.T) {
		r := seeded(rapid.Uint64().Draw(rt, "seed"))
		dims := someDims(rt)
		var a windowAttrs
		var windows []int
		for _, d := range dims {
			size, stride, pad := 1+r.IntN(3), 1+r.IntN(3), [2]int{r.IntN(2), 2 + r.IntN(2)}
			a.window, a.strides, a.paddings = append(a.window, size), append(a.strides, stride), append(a.paddings, pad)
			windows = append(windows, (d+pad[0]+pad[1]-size)/stride+1)
		}
		in := []tensor{special(r, dims...), random(r, windows...)}
		least := r.IntN(2) == 0
		agree(rt, ours, theirs, in, func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
			if least {
				return one(f.SelectAndScatterMin(x[0], x[1], a.window, a.strides, a.paddings))
			}
			return one(f.SelectAndScatterMax(x[0], x[1], a.window, a.strides, a.paddings))
		})
	})
}

// TestReductions compares reductions over random axes, and the places of extremes, with the Go backend's.
func TestReductions(t *testing.T) {
	ours, theirs := open(t), goBackend(t)
	places := []dtypes.DType{dtypes.Int8, dtypes.Int16, dtypes.Int32, dtypes.Int64, dtypes.Uint8, dtypes.Uint16, dtypes.Uint32, dtypes.Uint64}
	rapid.Check(t, func(rt *rapid.T) {
		r := seeded(rapid.Uint64().Draw(rt, "seed"))
		dims := someDims(rt)
		axes := r.Perm(len(dims))[:r.IntN(len(dims)+1)]
		axis, dtype := r.IntN(len(dims)), places[r.IntN(len(places))]
		kind := r.IntN(6)
		agree(rt, ours, theirs, []tensor{special(r, dims...)}, func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
			switch kind {
			case 0:
				return one(f.ReduceSum(x[0], axes...))
			case 1:
				return one(f.ReduceProduct(x[0], axes...))
			case 2:
				return one(f.ReduceMax(x[0], axes...))
			case 3:
				return one(f.ReduceMin(x[0], axes...))
			}
			return one(f.ArgMinMax(x[0], axis, dtype, kind == 4))
		})
	})
}

// TestEmptyReductions reduces arrays without elements.
func TestEmptyReductions(t *testing.T) {
	for _, dims := range [][]int{{0, 3}, {3, 0}} {
		got := compute1(t, open(t), []tensor{floats([]float32{}, dims...)}, func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
			return []compute.Value{must1(f.ReduceSum(x[0], 0)), must1(f.ReduceMax(x[0], 1)), must1(f.Transpose(x[0], 1, 0)),
				must1(f.Pad(x[0], must1(f.Constant([]float32{7})), compute.PadAxis{Start: 1}, compute.PadAxis{End: 1}))}, nil
		})
		for i, want := range []int{dims[1], dims[0], 0, (dims[0] + 1) * (dims[1] + 1)} {
			if n := len(got[i].flat.([]float32)); n != want {
				t.Errorf("%v, output %d: %d numbers, not %d", dims, i, n, want)
			}
		}
	}
}
