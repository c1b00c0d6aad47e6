package cpu

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"pgregory.net/rapid"

	"fashionpipe/model/cpu/conv"
)

// TestConvGeneral compares convolutions over random axes, with random steps, paddings and groups, with the Go backend's.
func TestConvGeneral(t *testing.T) {
	ours, theirs := open(t), goBackend(t)
	rapid.Check(t, func(rt *rapid.T) {
		c := drawConvolution(rt)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
		in := []tensor{random(r, c.input...), random(r, c.kernel...)}
		graph := func(f compute.Function, in []compute.Value) ([]compute.Value, error) {
			return one(f.ConvGeneral(in[0], in[1], c.axes, c.strides, c.paddings, c.inputDil, c.kernelDil, c.channelGroups, c.batchGroups))
		}
		agree(rt, ours, theirs, in, graph)
	})
}

// drawn is a convolution with the dimensions of its operands.
type drawn struct {
	convAttrs
	input, kernel []int
}

func drawConvolution(t *rapid.T) drawn {
	n := func(lo, hi int, name string) int { return rapid.IntRange(lo, hi).Draw(t, name) }
	spatial := n(1, 2, "spatial axes")
	axes := func(name string) []int { return rapid.Permutation([]int{0, 1, 2, 3}[:spatial+2]).Draw(t, name) }
	in, kernel, out := axes("input"), axes("kernel"), axes("output")
	c := drawn{input: make([]int, spatial+2), kernel: make([]int, spatial+2)}
	c.axes = compute.ConvolveAxesConfig{InputBatch: in[0], InputChannels: in[1], InputSpatial: in[2:],
		KernelInputChannels: kernel[0], KernelOutputChannels: kernel[1], KernelSpatial: kernel[2:],
		OutputBatch: out[0], OutputChannels: out[1], OutputSpatial: out[2:]}
	c.channelGroups, c.batchGroups = 1, 1
	switch n(0, 4, "groups") {
	case 0:
		c.channelGroups = 2
	case 1:
		c.batchGroups = 2
		out = in // where the output's batch axis isn't the input's, the Go backend takes the wrong one's size
		c.axes.OutputBatch, c.axes.OutputChannels, c.axes.OutputSpatial = out[0], out[1], out[2:]
	}
	ci := n(1, 5, "channels in")
	c.input[in[0]], c.input[in[1]] = n(1, 3, "batch")*c.batchGroups, ci*c.channelGroups
	c.kernel[kernel[0]], c.kernel[kernel[1]] = ci, n(1, 5, "channels out")*c.channelGroups*c.batchGroups
	for i := range spatial {
		size, taps, s, d, k := n(1, 7, "size"), n(1, 4, "taps"), n(1, 2, "stride"), n(1, 2, "dilation"), n(1, 2, "input dilation")
		low := n(-1, 2, "padding before")
		high := max(n(-1, 2, "padding after"), (taps-1)*d-(size-1)*k-low)
		c.input[in[2+i]], c.kernel[kernel[2+i]] = size, taps
		c.strides, c.kernelDil, c.inputDil = append(c.strides, s), append(c.kernelDil, d), append(c.inputDil, k)
		c.paddings = append(c.paddings, [2]int{low, high})
	}
	return c
}

// TestConvolutionAndGradients checks a layer and its gradients, as GoMLX's autodiff writes them with weights as torch has
// them, and that they run on kernels of this backend alone, the Reverse of the input gradient being none of them.
func TestConvolutionAndGradients(t *testing.T) {
	forward := compute.ConvolveAxesConfig{InputBatch: 0, InputSpatial: []int{1, 2}, InputChannels: 3,
		KernelOutputChannels: 0, KernelInputChannels: 1, KernelSpatial: []int{2, 3},
		OutputBatch: 0, OutputSpatial: []int{1, 2}, OutputChannels: 3}
	back := forward.Clone()
	back.KernelOutputChannels, back.KernelInputChannels = 1, 0
	weights := compute.ConvolveAxesConfig{InputBatch: 3, InputSpatial: []int{1, 2}, InputChannels: 0,
		KernelOutputChannels: 3, KernelInputChannels: 0, KernelSpatial: []int{1, 2},
		OutputBatch: 1, OutputSpatial: []int{2, 3}, OutputChannels: 0}
	for _, stride := range []int{1, 2} {
		const n, size, ci, co = 3, 12, 33, 40
		out := size / stride
		s := []int{stride, stride}
		last := 2 - stride // padding after: of the strided one, no pixel at the end is used
		graph := func(f compute.Function, in []compute.Value) ([]compute.Value, error) {
			x, w, dy := in[0], in[1], in[2]
			y := must1(f.ConvGeneral(x, w, forward, s, [][2]int{{1, 1}, {1, 1}}, nil, nil, 1, 1))
			dx := must1(f.ConvGeneral(dy, must1(f.Reverse(w, 2, 3)), back, nil, [][2]int{{1, stride}, {1, stride}}, s, nil, 1, 1))
			dw := must1(f.ConvGeneral(x, dy, weights, nil, [][2]int{{1, last}, {1, last}}, nil, s, 1, 1))
			return []compute.Value{y, dx, dw}, nil
		}
		r := rand.New(rand.NewPCG(uint64(stride), 1))
		in := []tensor{random(r, n, size, size, ci), random(r, co, ci, 3, 3), random(r, n, out, out, co)}
		same(t, in, graph)
		for _, s := range mustBuild(t, open(t), in, graph).(*executable).steps {
			if s.kernel == nil || !strings.HasPrefix(s.what.String(), "ConvGeneral") {
				t.Errorf("stride %d: step %s", stride, s.what)
			}
		}
	}
}

// TestWinogradWherePlanned compares a layer that is computed by Winograd's method, and its gradients, with the definition.
func TestWinogradWherePlanned(t *testing.T) {
	s, err := newForward(layerOf(16, 64))
	if _, ok := s.(winogradForward); !ok {
		t.Errorf("a layer of 64 channels is planned as %T (%v)", s, err)
	}
	g, err := newGradient(layerOf(16, 64))
	if _, ok := g.(winogradGradient); !ok {
		t.Errorf("the gradient of a layer of 64 channels is planned as %T (%v)", g, err)
	}
	for _, other := range []struct{ size, channels int }{{2, 512}, {16, 3}} {
		if s, _ := newForward(layerOf(other.size, other.channels)); s != nil {
			if _, ok := s.(winogradForward); ok {
				t.Errorf("a layer of %v is planned as %T", other, s)
			}
		}
	}
}

func layerOf(size, channels int) conv.Shape {
	return conv.Shape{N: 8, H: size, W: size, Ci: channels, KH: 3, KW: 3, Co: channels, OH: size, OW: size, PadTop: 1, PadLeft: 1}
}

// TestConvolutionThatCantBePlanned: Compile says so, with the shapes, and does not pass the work on to the Go backend. No
// such convolution can be built: the Go backend's rules for shapes forbid it. So the node is spoilt afterwards.
func TestConvolutionThatCantBePlanned(t *testing.T) {
	images := compute.ConvolveAxesConfig{InputBatch: 0, InputSpatial: []int{1, 2}, InputChannels: 3,
		KernelSpatial: []int{0, 1}, KernelInputChannels: 2, KernelOutputChannels: 3,
		OutputBatch: 0, OutputSpatial: []int{1, 2}, OutputChannels: 3}
	gradient := compute.ConvolveAxesConfig{InputBatch: 3, InputSpatial: []int{1, 2}, InputChannels: 0,
		KernelSpatial: []int{1, 2}, KernelInputChannels: 0, KernelOutputChannels: 3,
		OutputBatch: 2, OutputSpatial: []int{0, 1}, OutputChannels: 3}
	type fn = compute.Function
	type v = compute.Value
	convolve := func(f fn, x, w v) v { return must1(f.ConvGeneral(x, w, images, nil, nil, nil, nil, 1, 1)) }
	for _, test := range []struct {
		name  string
		w     []int
		graph func(f fn, x, w v) v
	}{
		{"plain", []int{3, 3, 2, 4}, convolve},
		{"with a loop", []int{3, 3, 2, 4}, func(f fn, x, w v) v { return must1(f.Exp(convolve(f, x, w))) }},
		{"reversed", []int{3, 3, 2, 4}, func(f fn, x, w v) v { return convolve(f, x, must1(f.Reverse(w, 0, 1))) }},
		{"gradient", []int{5, 3, 3, 4}, func(f fn, x, w v) v { return must1(f.ConvGeneral(x, w, gradient, nil, nil, nil, nil, 1, 1)) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			bu := open(t).Builder("spoilt").(*builder)
			param := func(name string, dims ...int) v {
				return must1(bu.main.Parameter(name, shapes.Make(dtypes.Float32, dims...), nil))
			}
			y := test.graph(bu.main, param("x", 5, 6, 7, 2), param("w", test.w...))
			if err := bu.main.Return([]v{y}, nil); err != nil {
				t.Fatal(err)
			}
			for _, n := range bu.main.nodes {
				if a, ok := n.attrs.(convAttrs); ok {
					a.strides, a.kernelDil = []int{-1, 1}, []int{-1, 1}
					n.attrs = a
				}
			}
			_, err := bu.Compile()
			for _, want := range []string{`"spoilt"`, "ConvGeneral", "[5, 6, 7, 2]", "negative step"} {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Fatalf("error %v: it should have %s in it", err, want)
				}
			}
		})
	}
}
