package cpu

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// TestEmpty computes with arrays that have no elements: results have the shape expected, and all their elements the
// value expected.
func TestEmpty(t *testing.T) {
	type fn = compute.Function
	type v = compute.Value
	dot := func(contract, batch []int) func(fn, []v) (v, error) {
		return func(f fn, x []v) (v, error) {
			return f.DotGeneral(x[0], contract, batch, x[1], contract, batch, compute.DotGeneralConfig{})
		}
	}
	conv := compute.ConvolveAxesConfig{InputBatch: 0, InputSpatial: []int{1, 2}, InputChannels: 3,
		KernelSpatial: []int{0, 1}, KernelInputChannels: 2, KernelOutputChannels: 3,
		OutputBatch: 0, OutputSpatial: []int{1, 2}, OutputChannels: 3}
	convolve := func(f fn, x []v) (v, error) {
		return f.ConvGeneral(x[0], x[1], conv, nil, nil, nil, nil, 1, 1)
	}
	for _, c := range []struct {
		name  string
		in    [][]int
		graph func(f fn, x []v) (v, error)
		want  []int
		value float64
	}{
		{"dot, contracted before batch", [][]int{{0, 3}, {0, 3}}, dot([]int{0}, []int{1}), []int{3}, 0},
		{"dot, contracted after batch", [][]int{{3, 0}, {3, 0}}, dot([]int{1}, []int{0}), []int{3}, 0},
		{"dot, contracted", [][]int{{0, 2}, {0, 5}}, dot([]int{0}, nil), []int{2, 5}, 0},
		{"dot, vectors", [][]int{{0}, {0}}, dot([]int{0}, nil), nil, 0},
		{"dot, one of two contracted", [][]int{{4, 0, 2}, {4, 0, 5}}, dot([]int{0, 1}, nil), []int{2, 5}, 0},
		{"dot, no rows", [][]int{{3, 0}, {3, 5}}, dot([]int{0}, nil), []int{0, 5}, 0},
		{"dot, no batches", [][]int{{3, 0, 2}, {3, 0, 5}}, dot([]int{0}, []int{1}), []int{0, 2, 5}, 0},
		{"dot, nothing at all", [][]int{{0, 0}, {0, 5}}, dot([]int{0}, nil), []int{0, 5}, 0},
		{"add", [][]int{{0, 3}, {0, 3}}, func(f fn, x []v) (v, error) { return f.Add(x[0], x[1]) }, []int{0, 3}, 0},
		{"exp", [][]int{{0, 3}}, func(f fn, x []v) (v, error) { return f.Exp(x[0]) }, []int{0, 3}, 0},
		{"sum of none", [][]int{{0, 3}}, func(f fn, x []v) (v, error) { return f.ReduceSum(x[0], 0) }, []int{3}, 0},
		{"product of none", [][]int{{3, 0}}, func(f fn, x []v) (v, error) { return f.ReduceProduct(x[0], 1) }, []int{3}, 1},
		{"largest of none", [][]int{{3, 0}}, func(f fn, x []v) (v, error) { return f.ReduceMax(x[0], 1) }, []int{3}, math.Inf(-1)},
		{"no sums", [][]int{{0, 3}}, func(f fn, x []v) (v, error) { return f.ReduceSum(x[0], 1) }, []int{0}, 0},
		{"transpose", [][]int{{0, 3}}, func(f fn, x []v) (v, error) { return f.Transpose(x[0], 1, 0) }, []int{3, 0}, 0},
		{"reshape", [][]int{{0, 3}}, func(f fn, x []v) (v, error) { return f.Reshape(x[0], 5, 0) }, []int{5, 0}, 0},
		{"reverse", [][]int{{0, 3}}, func(f fn, x []v) (v, error) { return f.Reverse(x[0], 0, 1) }, []int{0, 3}, 0},
		{"slice", [][]int{{4, 3}}, func(f fn, x []v) (v, error) { return f.Slice(x[0], []int{2, 0}, []int{2, 3}, nil) }, []int{0, 3}, 0},
		{"concatenate", [][]int{{0, 3}, {2, 3}}, func(f fn, x []v) (v, error) { return f.Concatenate(0, x...) }, []int{2, 3}, 2},
		{"broadcast", [][]int{{3}}, func(f fn, x []v) (v, error) {
			s, err := f.Shape(x[0])
			if err != nil {
				return nil, err
			}
			return f.BroadcastInDim(x[0], shapes.Make(s.DType, 0, 3), []int{1})
		}, []int{0, 3}, 0},
		{"convolution of no images", [][]int{{0, 5, 5, 2}, {3, 3, 2, 4}}, convolve, []int{0, 3, 3, 4}, 0},
		{"convolution to no channels", [][]int{{1, 5, 5, 2}, {3, 3, 2, 0}}, convolve, []int{1, 3, 3, 0}, 0},
	} {
		for _, dtype := range []dtypes.DType{dtypes.Float32, dtypes.Float64} {
			t.Run(fmt.Sprint(c.name, " ", dtype), func(t *testing.T) {
				var in []tensor
				for _, dims := range c.in {
					in = append(in, full(dtype, 2, dims))
				}
				got := compute1(t, open(t), in, func(f fn, x []v) ([]v, error) { return one(c.graph(f, x)) })[0]
				if want := full(dtype, c.value, c.want); !slices.Equal(got.dims, c.want) || fmt.Sprint(got.flat) != fmt.Sprint(want.flat) {
					t.Errorf("%v %v, want %v %v", got.dims, got.flat, want.dims, want.flat)
				}
			})
		}
	}
}

// full is an array of equal elements.
func full(dtype dtypes.DType, x float64, dims []int) tensor {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return tensor{numbers(dtype, slices.Repeat([]float64{x}, n)...), dims}
}
