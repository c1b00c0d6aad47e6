package cpu

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	gx "github.com/gomlx/gomlx/core/graph"
	gt "github.com/gomlx/gomlx/core/tensors"
)

// network is a small residual network with all that ours have, and its loss. Its weights come first.
func network(in []*gx.Node) *gx.Node {
	x, w1, g1, b1, w2, w3, w4 := in[7], in[0], in[1], in[2], in[3], in[4], in[5]
	axes := compute.ConvolveAxesConfig{
		InputSpatial: []int{1, 2}, InputChannels: 3, KernelInputChannels: 1, KernelSpatial: []int{2, 3},
		OutputSpatial: []int{1, 2}, OutputChannels: 3,
	}
	conv := func(x, w *gx.Node, stride, pad int) *gx.Node {
		return gx.Convolve(x, w).AxesConfig(axes).Strides(stride).PaddingPerDim([][2]int{{pad, pad}, {pad, pad}}).Done()
	}
	norm := func(x *gx.Node) *gx.Node {
		if x.Graph().Backend().Capabilities().Operations[compute.OpTypeBatchNormForTraining] {
			y, _, _ := gx.InternalBatchNormForTraining(x, g1, b1, 1e-3, -1)
			return y
		}
		wide := func(v *gx.Node) *gx.Node {
			return gx.BroadcastToDims(gx.Reshape(v, 1, 1, 1, v.Shape().Dim(0)), x.Shape().Dimensions...)
		}
		centred := gx.Sub(x, wide(gx.ReduceMean(x, 0, 1, 2)))
		variance := gx.ReduceMean(gx.Square(centred), 0, 1, 2)
		factor := gx.Div(g1, gx.Sqrt(gx.AddScalar(variance, 1e-3)))
		return gx.Add(gx.Mul(centred, wide(factor)), wide(b1))
	}
	soft := func(x *gx.Node) *gx.Node { return gx.Mul(x, gx.Sigmoid(x)) } // smooth, for differences
	h := soft(norm(conv(x, w1, 2, 2)))
	h = gx.MaxPool(h).Window(3).Strides(2).PaddingPerDim([][2]int{{1, 1}, {1, 1}}).Done()
	h = gx.Add(soft(norm(conv(h, w2, 1, 1))), conv(h, w3, 1, 0))
	h = gx.ReduceMean(h, 1, 2)
	h = gx.L2Normalize(gx.Dot(h, w4).Product(), -1)
	return gx.MulScalar(gx.ReduceAllMean(gx.Mul(h, in[6])), 100) // gradients near 1
}

// lossAndGradients computes network on a backend in the given precision.
func lossAndGradients(t *testing.T, b compute.Backend, dtype dtypes.DType, values []tensor) (loss float64, grads [][]float64) {
	t.Helper()
	var args []any
	for _, v := range values {
		args = append(args, gt.FromFlatDataAndDimensions(v.flat.([]float32), v.dims...))
	}
	exec, err := gx.NewExec(b, func(in []*gx.Node) []*gx.Node {
		for i := range in {
			in[i] = gx.ConvertDType(in[i], dtype)
		}
		l := network(in)
		out := append([]*gx.Node{l}, gx.Gradient(l, in[:6]...)...)
		for i := range out {
			out[i] = gx.ConvertDType(out[i], dtypes.Float64)
		}
		return out
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Call(args...)
	if err != nil {
		t.Fatalf("%+v", err)
	}
	for _, o := range out {
		flat, err := gt.CopyFlatData[float64](o)
		if err != nil {
			t.Fatal(err)
		}
		grads = append(grads, flat)
	}
	return grads[0][0], grads[1:]
}

func networkValues(r *rand.Rand) []tensor {
	values := []tensor{
		random(r, 8, 3, 5, 5), random(r, 8), random(r, 8), random(r, 8, 8, 3, 3), random(r, 8, 8, 1, 1), random(r, 8, 6),
		random(r, 4, 6), random(r, 4, 19, 17, 3),
	}
	return values
}

// TestGradientsInDoublePrecision compares GoMLX's gradients on this backend with those of the same network in float64.
func TestGradientsInDoublePrecision(t *testing.T) {
	values := networkValues(rand.New(rand.NewPCG(1, 2)))
	loss, grads := lossAndGradients(t, open(t), dtypes.Float32, values)
	wantLoss, want := lossAndGradients(t, goBackend(t), dtypes.Float64, values)
	if math.Abs(loss-wantLoss) > 1e-4 {
		t.Errorf("loss %v, want %v", loss, wantLoss)
	}
	for i := range want {
		if d := difference(floats(single(grads[i]), len(grads[i])), floats(single(want[i]), len(want[i])), 1e-5); d != "" {
			t.Errorf("gradient %d: %s", i, d)
		}
	}
}

// TestGradientsByDifferences compares the loss's slope along random directions with the gradients.
func TestGradientsByDifferences(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	b, values := open(t), networkValues(r)
	_, grads := lossAndGradients(t, b, dtypes.Float32, values)
	for i := range grads {
		direction := random(r, len(grads[i])).flat.([]float32)
		x := values[i].flat.([]float32)
		const h = 1.0 / 256
		along, before := 0.0, append([]float32(nil), x...)
		at := func(step float32) float64 {
			for j := range x {
				x[j] = before[j] + step*direction[j]
			}
			loss, _ := lossAndGradients(t, b, dtypes.Float32, values)
			return loss
		}
		slope := (at(h) - at(-h)) / (2 * h)
		copy(x, before)
		for j, g := range grads[i] {
			along += g * float64(direction[j])
		}
		if math.Abs(slope-along) > 1e-3+0.02*math.Abs(along) {
			t.Errorf("weights %d: slope %v, gradient %v", i, slope, along)
		}
	}
}
