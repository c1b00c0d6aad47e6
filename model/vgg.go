package model

import (
	"fmt"
	"math"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas
)

// vgg16 is torchvision.models.vgg16 (Simonyan & Zisserman 2015, no batch normalisation). At the published width of 64 its
// layers are `fc1` and `fc2`, 4096 numbers after the ReLU of the first and second fully connected layer (in inference, so
// without dropout), `pool5`, the last pooling's map of 512 channels, and `conv1_1` … `conv5_3`, as the paper calls the
// convolutions, each read after its ReLU: 64, 128, 256, 512 and 512 channels in the five stages. With another width all
// channels and the fully connected layers scale.
var vgg16 = &arch{
	name:     "vgg16",
	trunk:    "features.",
	minSize:  32,
	batch:    8, // its first layers make 25 MB per image of 224 pixels
	gpuBatch: 128,
	layers:   vggLayers(),
	weights:  vggWeights,
	dim:      vggDim,
	grid:     vggMap,
	forward:  vggForward,
}

const (
	vggFC   = 4096
	vggGrid = 7 // the classifier sees a 7×7 grid
)

// vggPlan holds each stage's convolutions, in multiples of the width; a 2×2 pooling follows each stage.
var vggPlan = [][]int{{1, 1}, {2, 2}, {4, 4, 4}, {8, 8, 8}, {8, 8, 8}}

// vggLayers lists the layers, the last first.
func vggLayers() []string {
	layers := []string{"fc2", "fc1", "pool5"}
	for s := len(vggPlan) - 1; s >= 0; s-- {
		for i := len(vggPlan[s]) - 1; i >= 0; i-- {
			layers = append(layers, vggConvName(s, i))
		}
	}
	return layers
}

func vggConvName(stage, i int) string { return fmt.Sprintf("conv%d_%d", stage+1, i+1) }

// vggConvs calls f for each convolution up to a layer, with torchvision's index in `features`, and pool after each stage
// that isn't the layer's own.
func vggConvs(width int, layer string, f func(name string, out, in int), pool func()) {
	index, in := 0, 3
	for s, stage := range vggPlan {
		for i, mult := range stage {
			f(fmt.Sprintf("features.%d", index), mult*width, in)
			if layer == vggConvName(s, i) {
				return
			}
			in = mult * width
			index += 2 // the convolution and its ReLU
		}
		pool()
		index++
	}
}

func vggDim(width int, layer string) int {
	if layer == "fc1" || layer == "fc2" {
		return vggFC * width / 64
	}
	channels := 0
	vggConvs(width, layer, func(_ string, out, _ int) { channels = out }, func() {})
	return channels
}

func vggMap(layer string, size int) int {
	if layer == "fc1" || layer == "fc2" {
		return 0
	}
	vggConvs(1, layer, func(string, int, int) {}, func() { size /= 2 })
	return size
}

func vggWeights(width int, layer string) []weight {
	var ws []weight
	vggConvs(width, layer, func(name string, out, in int) {
		ws = append(ws,
			weight{name: name + ".weight", shape: []int{out, in, 3, 3}, init: kaimingFanOut},
			weight{name: name + ".bias", shape: []int{out}, init: constant(0)})
	}, func() {})
	fc, in := vggFC*width/64, 8*width*vggGrid*vggGrid
	classifier := map[string][]string{"fc1": {"classifier.0"}, "fc2": {"classifier.0", "classifier.3"}}
	for _, name := range classifier[layer] {
		ws = append(ws,
			weight{name: name + ".weight", shape: []int{fc, in}, init: gaussian(0.01)},
			weight{name: name + ".bias", shape: []int{fc}, init: constant(0)})
		in = fc
	}
	return ws
}

func vggForward(n *net, x *Node, width int, layer string) *Node {
	vggConvs(width, layer, func(name string, _, _ int) {
		x = n.convBias(x, name, 1)
	}, func() { x = n.maxPool(x, 2, 2, 0) })
	if layer != "fc1" && layer != "fc2" {
		return x
	}
	x = relu(n.linear(flattenGrid(x), "classifier.0"))
	if layer == "fc1" {
		return x
	}
	return relu(n.linear(x, "classifier.3"))
}

// flattenGrid averages each channel to a 7×7 grid as torch.nn.AdaptiveAvgPool2d does and lays the image out as torch
// flattens it: [N, H, W, C] → [N, C·49].
func flattenGrid(x *Node) *Node {
	d := x.Shape().Dimensions
	n, h, w, c := d[0], d[1], d[2], d[3]
	pool := Const(x.Graph(), adaptivePool(h, w))
	y := DotGeneral(Reshape(wide(x), n, h*w, c), []int{1}, nil, pool, []int{0}, nil) // [N, C, 49]
	return Reshape(y, n, c*vggGrid*vggGrid)
}

// adaptivePool is AdaptiveAvgPool2d((7, 7)) on h×w pixels as a matrix [h·w, 49]: cell i of s pixels covers
// ⌊i·s/7⌋ … ⌈(i+1)·s/7⌉.
func adaptivePool(h, w int) [][]float32 {
	bounds := func(i, s int) (int, int) {
		return i * s / vggGrid, int(math.Ceil(float64((i+1)*s) / vggGrid))
	}
	m := make([][]float32, h*w)
	for i := range m {
		m[i] = make([]float32, vggGrid*vggGrid)
	}
	for gy := range vggGrid {
		for gx := range vggGrid {
			y0, y1 := bounds(gy, h)
			x0, x1 := bounds(gx, w)
			for y := y0; y < y1; y++ {
				for x := x0; x < x1; x++ {
					m[y*w+x][gy*vggGrid+gx] = 1 / float32((y1-y0)*(x1-x0))
				}
			}
		}
	}
	return m
}
