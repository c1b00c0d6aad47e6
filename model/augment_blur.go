package model

import (
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas
)

// A blur as in SimCLR (Chen et al. 2020, appendix A): torchvision's gaussian_blur, its standard deviation in pixels uniform
// between these. It is cut off at three of the largest (kernel_size 13), and images end in their mirror image.
const (
	leastBlur  = 0.1
	mostBlur   = 2.0
	blurRadius = 6
)

// drawBlur draws 1/(2σ²); for a photo that stays sharp it is so large that only the pixel itself has any weight.
func drawBlur(a Augment, c chance) []float64 {
	r := c.stream("blur")
	if r.Float64() >= a.Blur {
		return []float64{1e30}
	}
	sigma := between(r, leastBlur, mostBlur)
	return []float64{1 / (2 * sigma * sigma)}
}

// blur multiplies each plane by a matrix of weights from the left and from the right.
func blur(_ Augment, p planes, precision []*Node) planes {
	weights := blurWeights(p[0], precision[0])
	for c := range p {
		rows := DotGeneral(weights, []int{2}, []int{0}, p[c], []int{1}, []int{0})
		p[c] = DotGeneral(rows, []int{2}, []int{0}, weights, []int{2}, []int{0})
	}
	return p
}

// blurWeights are the weights [N, S, S] of pixel j in the blurred pixel i of a line: a Gaussian of i − j, to which the
// mirror images of j before the first pixel and behind the last one are added. precision is [N, 1, 1].
func blurWeights(like, precision *Node) *Node {
	const far = 1e4 // the square of a distance at which nothing of any Gaussian is left
	n, size := like.Shape().Dim(0), like.Shape().Dim(1)
	gauss := func(distance func(i, j int) (d int, there bool)) *Node {
		squares := each(like.Graph(), n, size, func(i, j int) float32 {
			if d, there := distance(i, j); there && -blurRadius <= d && d <= blurRadius {
				return float32(d * d)
			}
			return far
		})
		return Exp(Neg(Mul(spread(precision, like), squares)))
	}
	sum := Add(gauss(func(i, j int) (int, bool) { return i - j, true }),
		Add(gauss(func(i, j int) (int, bool) { return i + j, j > 0 }),
			gauss(func(i, j int) (int, bool) { return 2*(size-1) - i - j, j < size-1 })))
	taps := make([]float32, 2*blurRadius+1)
	for i := range taps {
		taps[i] = float32((i - blurRadius) * (i - blurRadius))
	}
	row := BroadcastToDims(Reshape(Const(like.Graph(), taps), 1, 1, len(taps)), n, 1, len(taps))
	whole := ReduceAndKeep(Exp(Neg(Mul(BroadcastToDims(precision, n, 1, len(taps)), row))), ReduceSum, 2)
	return Div(sum, spread(whole, like))
}
