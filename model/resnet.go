package model

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas
)

// The residual networks are torchvision.models' resnet18, resnet34 and resnet50 (He et al. 2016) without their last layer: the
// feature is the last block's output averaged over the image, 8·width numbers, of resnet50 32·width (512 and 2048 at the
// published width of 64).
var (
	resnet18 = resnet("resnet18", residual{blocks: [resnetStages]int{2, 2, 2, 2}, expansion: 1})
	resnet34 = resnet("resnet34", residual{blocks: [resnetStages]int{3, 4, 6, 3}, expansion: 1})
	resnet50 = resnet("resnet50", residual{blocks: [resnetStages]int{3, 4, 6, 3}, expansion: 4})
)

const resnetStages = 4

// residual is what residual networks differ in.
type residual struct {
	blocks    [resnetStages]int // per stage
	expansion int               // a block gives this many times the channels it works with; above 1 it is a bottleneck
}

func resnet(name string, r residual) *arch {
	return &arch{
		name:     name,
		trunk:    "layer",
		minSize:  8,
		batch:    32,
		gpuBatch: 256,
		layers:   []string{"avgpool"},
		weights:  r.weights,
		dim:      func(width int, _ string) int { return 8 * width * r.expansion },
		forward:  r.forward,
	}
}

func (r residual) weights(width int, _ string) []weight {
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
	r.each(func(p string, stage int, first bool) {
		inner := width << stage
		out := inner * r.expansion
		for i, k := range r.kernels() {
			from, to := inner, inner
			if i == 0 {
				from = in
			}
			if i == len(r.kernels())-1 {
				to = out
			}
			conv(fmt.Sprintf("%s.conv%d.weight", p, i+1), to, from, k)
			norm(fmt.Sprintf("%s.bn%d", p, i+1), to)
		}
		if first && r.projects(stage) {
			conv(p+".downsample.0.weight", out, in, 1)
			norm(p+".downsample.1", out)
		}
		in = out
	})
	return ws
}

// kernels are the edges of a block's convolutions, one after the other.
func (r residual) kernels() []int {
	if r.expansion > 1 {
		return []int{1, 3, 1}
	}
	return []int{3, 3}
}

// projects says whether the shortcut of a stage's first block is a convolution: where image or channels change.
func (r residual) projects(stage int) bool { return stage > 0 || r.expansion > 1 }

// each calls f for every block, in order, with the prefix of its weights' names.
func (r residual) each(f func(p string, stage int, first bool)) {
	for stage, n := range r.blocks {
		for b := range n {
			f(blockName(stage, b), stage, b == 0)
		}
	}
}

func blockName(stage, block int) string { return fmt.Sprintf("layer%d.%d", stage+1, block) }

func (r residual) forward(n *net, x *Node, _ int, _ string) *Node {
	x = n.rectify(n.convNorm(x, "conv1", "bn1", 2, 3), nil)
	x = n.maxPool(x, 3, 2, 1)
	r.each(func(p string, stage int, first bool) { x = r.block(n, x, p, stage, first) })
	return globalMean(x)
}

// block is two 3×3 convolutions, or a bottleneck of 1×1, 3×3 and 1×1, beside a shortcut. The first of every stage but the
// first halves the image, in its first 3×3 convolution as torchvision does (called ResNet v1.5; the paper has it in the
// bottleneck's first 1×1), and its shortcut is a strided 1×1 convolution.
func (r residual) block(n *net, x *Node, p string, stage int, first bool) *Node {
	stride, shortcut := 1, x
	if first && stage > 0 {
		stride = 2
	}
	if first && r.projects(stage) {
		shortcut = n.convNorm(x, p+".downsample.0", p+".downsample.1", stride, 0)
	}
	kernels := r.kernels()
	for i, k := range kernels {
		by := 1
		if k == 3 {
			by, stride = stride, 1
		}
		x = n.convNorm(x, fmt.Sprintf("%s.conv%d", p, i+1), fmt.Sprintf("%s.bn%d", p, i+1), by, k/2)
		if i < len(kernels)-1 {
			x = n.rectify(x, nil)
		}
	}
	return n.rectify(x, shortcut)
}
