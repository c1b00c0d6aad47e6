package cpu

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
)

const testEpsilon = 1e-3

// normalised is batch normalisation in float64, channels at axis; also each number's channel's mean and variance.
func normalised(x tensor, scale, offset []float64, axis int) (y, mean, variance []float64) {
	inner := 1
	for _, d := range x.dims[axis+1:] {
		inner *= d
	}
	c, flat := x.dims[axis], x.flat.([]float32)
	channel := func(i int) int { return i / inner % c }
	mean, variance, y = make([]float64, c), make([]float64, c), make([]float64, len(flat))
	n := float64(len(flat) / c)
	for i, v := range flat {
		mean[channel(i)] += float64(v) / n
	}
	for i, v := range flat {
		d := float64(v) - mean[channel(i)]
		variance[channel(i)] += d * d / n
	}
	for i, v := range flat {
		k := channel(i)
		y[i] = (float64(v)-mean[k])/math.Sqrt(variance[k]+testEpsilon)*scale[k] + offset[k]
	}
	return y, mean, variance
}

func single(x []float64) []float32 {
	out := make([]float32, len(x))
	for i, v := range x {
		out[i] = float32(v)
	}
	return out
}

func double(x []float32) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v)
	}
	return out
}

func TestBatchNormTraining(t *testing.T) {
	for _, dims := range [][]int{{5, 3}, {1, 4}, {2, 3, 5, 7}, {4, 1, 1, 33}, {2, 2, 1}} {
		for axis := range dims {
			r := rand.New(rand.NewPCG(uint64(len(dims)), uint64(axis)))
			x := random(r, dims...)
			for i := range x.flat.([]float32) {
				x.flat.([]float32)[i] += 100 // a mean that is large beside the deviation
			}
			scale, offset := random(r, dims[axis]), random(r, dims[axis])
			y, mean, variance := normalised(x, double(scale.flat.([]float32)), double(offset.flat.([]float32)), axis)
			got := compute1(t, open(t), []tensor{x, scale, offset}, func(f compute.Function, in []compute.Value) ([]compute.Value, error) {
				a, b, c, err := f.BatchNormForTraining(in[0], in[1], in[2], testEpsilon, axis-len(dims)*(axis%2))
				if err != nil {
					return nil, err
				}
				d, err := f.BatchNormForInference(in[0], in[1], in[2], b, c, testEpsilon, axis)
				return []compute.Value{a, b, c, d}, err
			})
			for i, want := range []tensor{floats(single(y), dims...), floats(single(mean), dims[axis]), floats(single(variance), dims[axis]), floats(single(y), dims...)} {
				if d := difference(got[i], want, 1e-4); d != "" {
					t.Errorf("%v, axis %d: result %d: %s", dims, axis, i, d)
				}
			}
		}
	}
}

// TestBatchNormGradient compares with differences of a weighted sum of the outputs.
func TestBatchNormGradient(t *testing.T) {
	for _, dims := range [][]int{{7, 3}, {2, 3, 2, 3}} {
		for axis := range dims {
			r := rand.New(rand.NewPCG(uint64(len(dims)), uint64(axis)))
			x, dy, scale := random(r, dims...), random(r, dims...), random(r, dims[axis])
			s := double(scale.flat.([]float32))
			offset := make([]float64, len(s))
			loss := func() (sum float64) {
				y, _, _ := normalised(x, s, offset, axis)
				for i, v := range y {
					sum += v * float64(dy.flat.([]float32)[i])
				}
				return sum
			}
			slope := func(move func(by float64)) float64 {
				const h = 1.0 / 512
				move(h)
				up := loss()
				move(-2 * h)
				down := loss()
				move(h)
				return (up - down) / (2 * h)
			}
			_, mean, variance := normalised(x, s, offset, axis)
			var dx, ds, do []float64
			for i := range x.flat.([]float32) {
				keep := x.flat.([]float32)[i]
				dx = append(dx, slope(func(by float64) { x.flat.([]float32)[i] += float32(by) }))
				x.flat.([]float32)[i] = keep
			}
			for i := range s {
				ds = append(ds, slope(func(by float64) { s[i] += by }))
				do = append(do, slope(func(by float64) { offset[i] += by }))
			}
			in := []tensor{x, scale, floats(single(mean), dims[axis]), floats(single(variance), dims[axis]), dy}
			got := compute1(t, open(t), in, func(f compute.Function, in []compute.Value) ([]compute.Value, error) {
				a, b, c, err := f.BatchNormGradient(in[0], in[1], in[2], in[3], in[4], testEpsilon, axis)
				return []compute.Value{a, b, c}, err
			})
			for i, want := range []tensor{floats(single(dx), dims...), floats(single(ds), dims[axis]), floats(single(do), dims[axis])} {
				if d := difference(got[i], want, 1e-3); d != "" {
					t.Errorf("%v, axis %d: gradient %d: %s", dims, axis, i, d)
				}
			}
		}
	}
}

// TestBatchNormHalf computes half precision in float32.
func TestBatchNormHalf(t *testing.T) {
	in := []tensor{floats([]float32{1000, 1001, 1002, 1003}, 4, 1), floats([]float32{1}, 1), floats([]float32{0}, 1)}
	got := compute1(t, open(t), in, func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
		var half []compute.Value
		for _, v := range x {
			half = append(half, must1(f.ConvertDType(v, dtypes.Float16)))
		}
		y, mean, variance, err := f.BatchNormForTraining(half[0], half[1], half[2], testEpsilon, 1)
		if err != nil {
			return nil, err
		}
		if s := must1(f.Shape(y)); s.DType != dtypes.Float16 {
			return nil, fmt.Errorf("result is %s", s)
		}
		var out []compute.Value
		for _, v := range []compute.Value{y, mean, variance} {
			out = append(out, must1(f.ConvertDType(v, dtypes.Float32)))
		}
		return out, nil
	})
	y, mean, variance := normalised(in[0], []float64{1}, []float64{0}, 1)
	for i, want := range []tensor{floats(single(y), 4, 1), floats(single(mean), 1), floats(single(variance), 1)} {
		if d := difference(got[i], want, 1e-3); d != "" {
			t.Errorf("result %d: %s", i, d)
		}
	}
}

func TestBatchNormOfWrongOperands(t *testing.T) {
	b := open(t)
	for name, axis := range map[string]int{"axis too large": 2, "axis too small": -3} {
		_, err := build(b, []tensor{floats([]float32{1, 2}, 2, 1), floats([]float32{1}, 1)}, func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
			y, _, _, err := f.BatchNormForTraining(x[0], x[1], x[1], testEpsilon, axis)
			return []compute.Value{y}, err
		})
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	_, err := build(b, []tensor{{[]int32{1, 2}, []int{2, 1}}, floats([]float32{1}, 1)}, func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
		y, _, _, err := f.BatchNormForTraining(x[0], x[1], x[1], testEpsilon, 1)
		return []compute.Value{y}, err
	})
	if !compute.IsNotImplemented(err) {
		t.Errorf("integers: %v", err)
	}
}
