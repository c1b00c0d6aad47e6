package cpu

import (
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
)

// TestDynamicSlices compares slices and updates at random places, also beyond the edges, with loops.
func TestDynamicSlices(t *testing.T) {
	b := open(t)
	r := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		dims, sizes := make([]int, 1+r.IntN(3)), []int(nil)
		var starts []compute.Value
		at := make([]int, len(dims))
		in := []tensor{}
		for i := range dims {
			dims[i] = 1 + r.IntN(5)
			sizes = append(sizes, 1+r.IntN(dims[i]))
			start := r.IntN(9) - 2
			at[i] = max(0, min(start, dims[i]-sizes[i]))
			in = append(in, tensor{[]int32{int32(start)}, nil})
		}
		x := append([]tensor{random(r, dims...), random(r, sizes...)}, in...)
		got := compute1(t, b, x, func(f compute.Function, v []compute.Value) ([]compute.Value, error) {
			starts = v[2:]
			integers := must1(f.ConvertDType(v[0], dtypes.Int32))
			updated := must1(f.DynamicUpdateSlice(integers, must1(f.ConvertDType(v[1], dtypes.Int32)), starts))
			return []compute.Value{must1(f.DynamicSlice(v[0], starts, sizes)), must1(f.DynamicUpdateSlice(v[0], v[1], starts)),
				must1(f.ConvertDType(updated, dtypes.Float32))}, nil
		})
		slice, update := slicedAndUpdated(x[0], x[1], at)
		for i, want := range []tensor{slice, update} {
			if d := difference(got[i], want, 0); d != "" {
				t.Fatalf("%v at %v of %v: result %d: %s", sizes, at, dims, i, d)
			}
		}
		for i, v := range update.flat.([]float32) {
			update.flat.([]float32)[i] = float32(int32(v))
		}
		if d := difference(got[2], update, 0); d != "" {
			t.Fatalf("%v at %v of %v: integers: %s", sizes, at, dims, d)
		}
	}
}

// slicedAndUpdated gives the part of x at a place, of the update's size, and x with the update there.
func slicedAndUpdated(x, update tensor, at []int) (slice, updated tensor) {
	from, with := x.flat.([]float32), update.flat.([]float32)
	part, all := make([]float32, len(with)), append([]float32(nil), from...)
	for i := range with {
		rest, offset, stride := i, 0, 1
		for a := len(at) - 1; a >= 0; a-- {
			offset += (at[a] + rest%update.dims[a]) * stride
			rest /= update.dims[a]
			stride *= x.dims[a]
		}
		part[i], all[offset] = from[offset], with[i]
	}
	return floats(part, update.dims...), floats(all, x.dims...)
}

func TestDynamicSliceOfWrongOperands(t *testing.T) {
	in := []tensor{floats([]float32{1, 2}, 2), {[]int32{0}, nil}, floats([]float32{0})}
	for name, graph := range map[string]graphFunc{
		"too large": func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
			return one(f.DynamicSlice(x[0], x[1:2], []int{3}))
		},
		"too many": func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
			return one(f.DynamicSlice(x[0], x[1:], []int{1}))
		},
		"not an integer": func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
			return one(f.DynamicSlice(x[0], x[2:], []int{1}))
		},
		"other type": func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
			return one(f.DynamicUpdateSlice(x[0], must1(f.Reshape(x[1], 1)), x[1:2]))
		},
	} {
		if _, err := build(open(t), in, graph); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestNothing computes with arrays of no numbers.
func TestNothing(t *testing.T) {
	in := []tensor{floats(nil, 0, 3), floats([]float32{1, 2, 3}, 3), floats(nil, 2, 0)}
	expect(t, in, func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
		dot := func(a compute.Value, i int, b compute.Value, j int) compute.Value {
			return must1(f.DotGeneral(a, []int{i}, nil, b, []int{j}, nil, compute.DotGeneralConfig{}))
		}
		return []compute.Value{
			dot(x[0], 1, x[1], 0), dot(x[2], 1, x[2], 1), must1(f.Neg(x[0])), must1(f.ReduceSum(x[0], 0)),
			must1(f.Reshape(x[0], 3, 0)), x[2], must1(f.Concatenate(0, x[0], must1(f.Reshape(x[1], 1, 3)))),
		}, nil
	}, floats([]float32{}, 0), floats(make([]float32, 4), 2, 2), floats([]float32{}, 0, 3), floats(make([]float32, 3), 3),
		floats([]float32{}, 3, 0), floats([]float32{}, 2, 0), floats([]float32{1, 2, 3}, 1, 3))
}
