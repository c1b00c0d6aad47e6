package model

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas
)

// resnet18 is torchvision.models.resnet18 (He et al. 2016) without its last layer: the feature is the last block's
// output averaged over the image, 8·width numbers (512 at the published width of 64).
var resnet18 = &arch{
	name:    "resnet18",
	minSize: 8,
	batch:   32,
	layers:  []string{"avgpool"},
	weights: resnetWeights,
	dim:     func(width int, _ string) int { return 8 * width },
	forward: resnetForward,
}

const (
	resnetStages = 4
	resnetBlocks = 2 // per stage
)

func resnetWeights(width int, _ string) []weight {
	var ws []weight
	conv := func(name string, out, in, k int) {
		ws = append(ws, weight{name: name, shape: []int{out, in, k, k}, init: kaimingFanOut})
	}
	norm := func(name string, c int) {
		ws = append(ws,
			weight{name: name + ".weight", shape: []int{c}, init: constant(1)},
			weight{name: name + ".bias", shape: []int{c}, init: constant(0)},
			weight{name: name + ".running_mean", shape: []int{c}, init: constant(0), stat: true},
			weight{name: name + ".running_var", shape: []int{c}, init: constant(1), stat: true})
	}
	conv("conv1.weight", width, 3, 7)
	norm("bn1", width)
	in := width
	for stage := range resnetStages {
		out := width << stage
		for b := range resnetBlocks {
			p := blockName(stage, b)
			conv(p+".conv1.weight", out, in, 3)
			norm(p+".bn1", out)
			conv(p+".conv2.weight", out, out, 3)
			norm(p+".bn2", out)
			if b == 0 && stage > 0 {
				conv(p+".downsample.0.weight", out, in, 1)
				norm(p+".downsample.1", out)
			}
			in = out
		}
	}
	return ws
}

func blockName(stage, block int) string { return fmt.Sprintf("layer%d.%d", stage+1, block) }

func resnetForward(n *net, x *Node, _ int, _ string) *Node {
	x = relu(n.batchNorm(n.conv(x, "conv1.weight", 2, 3), "bn1"))
	x = maxPool(x, 3, 2, 1)
	for stage := range resnetStages {
		for b := range resnetBlocks {
			x = basicBlock(n, x, blockName(stage, b), b == 0 && stage > 0)
		}
	}
	return globalMean(x)
}

// basicBlock is two 3×3 convolutions beside a shortcut; with down it halves the image and the shortcut is a strided
// 1×1 convolution.
func basicBlock(n *net, x *Node, p string, down bool) *Node {
	stride, shortcut := 1, x
	if down {
		stride = 2
		shortcut = n.batchNorm(n.conv(x, p+".downsample.0.weight", stride, 0), p+".downsample.1")
	}
	y := relu(n.batchNorm(n.conv(x, p+".conv1.weight", stride, 1), p+".bn1"))
	y = n.batchNorm(n.conv(y, p+".conv2.weight", 1, 1), p+".bn2")
	return relu(Add(y, shortcut))
}
