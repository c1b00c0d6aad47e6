package cpu

import (
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
)

// TestFusedOperations compares what is written out with the Go backend's own.
func TestFusedOperations(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	in := []tensor{random(r, 5, 4, 7), random(r, 7, 3, 2), random(r, 3, 2), random(r, 6, 7), random(r, 6), random(r, 4, 7), random(r, 1, 1, 7)}
	same(t, in, func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
		var out []compute.Value
		for axis := range 3 {
			out = append(out, must1(f.FusedSoftmax(x[0], axis)))
		}
		for a := compute.ActivationNone; a <= compute.ActivationTanh; a++ {
			out = append(out, must1(f.FusedDense(x[0], x[1], x[2], compute.DenseConfig{Activation: a})))
		}
		turned := compute.DenseConfig{WeightLayout: compute.DenseLayoutOutputsInput}
		out = append(out, must1(f.FusedDense(x[0], x[3], nil, turned)), must1(f.FusedDense(x[0], x[3], x[4], turned)))
		out = append(out, must1(f.FusedGelu(x[0], true)), must1(f.FusedGelu(x[0], false)))
		for _, axes := range [][]int{{2}, {-1}, {1, 2}, {0, 2}, {1}} {
			out = append(out, must1(f.FusedLayerNorm(x[0], axes, 1e-5, nil, nil)))
		}
		out = append(out, must1(f.FusedLayerNorm(x[0], []int{1, 2}, 1e-5, x[5], x[5])), must1(f.FusedLayerNorm(x[0], []int{2}, 1e-3, x[6], x[6])))
		return out, nil
	})
}

// TestFusedOfHalf: GoMLX must be told to write these out.
func TestFusedOfHalf(t *testing.T) {
	_, err := build(open(t), []tensor{floats([]float32{1, 2}, 1, 2), floats([]float32{1, 2}, 2, 1)}, func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
		for i := range x {
			x[i] = must1(f.ConvertDType(x[i], dtypes.BFloat16))
		}
		return one(f.FusedDense(x[0], x[1], nil, compute.DenseConfig{}))
	})
	if !compute.IsNotImplemented(err) {
		t.Errorf("error %v", err)
	}
}

// TestWindowsOfTruth: over nothing the maximum is false, the minimum true.
func TestWindowsOfTruth(t *testing.T) {
	in := []tensor{{[]bool{true, false, false, true}, []int{4}}}
	expect(t, in, func(f compute.Function, x []compute.Value) ([]compute.Value, error) {
		window := func(op compute.ReduceOpType) compute.Value {
			return must1(f.ReduceWindow(x[0], op, []int{2}, []int{1}, nil, nil, [][2]int{{2, 0}}))
		}
		return []compute.Value{window(compute.ReduceOpMax), window(compute.ReduceOpMin)}, nil
	}, tensor{[]bool{false, true, true, false, true}, []int{5}}, tensor{[]bool{true, true, false, false, false}, []int{5}})
}
