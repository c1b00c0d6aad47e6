package model

import (
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas

	"github.com/gomlx/compute/dtypes"
)

// warping changes where each pixel comes from: a crop, then geometry, read in one go. Its numbers are the first eight of a
// matrix 3×3, row by row, whose ninth is 1: the homography from a place in the result to one in the photo, both as shares
// of the edge from the middle.
var warping = augmentation{
	numbers: 8,
	on:      func(a Augment) bool { return a.cropped() || a.Affine+a.Perspective > 0 },
	draw: func(a Augment, c chance) []float64 {
		h := matrix{1, 0, 0, 0, 1, 0, 0, 0, 1}
		if a.cropped() {
			h = crop(a.Crop, c.stream("crop"))
		}
		if a.Affine+a.Perspective > 0 {
			h = h.times(geometry(a.Affine, a.Perspective, c.stream("geometry")))
		}
		return flat(h)
	},
	read: warp,
}

func (a Augment) cropped() bool { return a.Crop > 0 && a.Crop < 1 }

// warp reads images of bytes [N, S, S, 3] at the places that the homography h names, each number [N, 1, 1], by bilinear
// interpolation between the four pixels around. What lies outside has the colour of the nearest pixel of the edge.
func warp(x *Node, h []*Node) (p planes) {
	n, size := x.Shape().Dim(0), x.Shape().Dim(1)
	u, v := middles(x.Graph(), n, size)
	row := func(i int) *Node {
		return Add(Add(Mul(spread(h[i], u), u), Mul(spread(h[i+1], u), v)), spread(h[i+2], u))
	}
	below := AddScalar(Add(Mul(spread(h[6], u), u), Mul(spread(h[7], u), v)), 1)
	place := func(top *Node) (first, rest *Node) { // of the four pixels' axis, and how far beyond
		at := AddScalar(MulScalar(AddScalar(Div(top, below), 0.5), float64(size)), -0.5)
		at = ClipScalar(at, 0, float64(size-1))
		first = MinScalar(Floor(at), float64(size-2))
		return first, Sub(at, first)
	}
	left, right := place(row(0))
	top, bottom := place(row(3))
	image := Iota(x.Graph(), left.Shape(), 0)
	at := ConvertDType(Stack([]*Node{image, top, left}, -1), dtypes.Int32)
	four := GatherSlices(x, []int{0, 1, 2}, at, []int{1, 2, 2}, false) // [N, S, S, 1, 2, 2, 3]
	four = Reshape(TransposeAllAxes(Reshape(four, n*size*size, 12), 1, 0), 12, n, size, size)
	pixel := func(i int) *Node {
		return ConvertDType(Reshape(Slice(four, AxisElem(i)), n, size, size), dtypes.Float32)
	}
	mix := func(a, b, share *Node) *Node { return Add(a, Mul(share, Sub(b, a))) }
	for c := range p {
		p[c] = mix(mix(pixel(c), pixel(3+c), right), mix(pixel(6+c), pixel(9+c), right), bottom)
	}
	return p
}

// middles are the middles of the pixels of n images [n, size, size], as shares of the edge from the images' middle: to the
// right, and down.
func middles(g *Graph, n, size int) (u, v *Node) {
	middle := func(i int) float32 { return (float32(i)+0.5)/float32(size) - 0.5 }
	return each(g, n, size, func(_, x int) float32 { return middle(x) }), each(g, n, size, func(y, _ int) float32 { return middle(y) })
}

// each is the same image n times: [n, size, size].
func each(g *Graph, n, size int, f func(y, x int) float32) *Node {
	image := make([]float32, size*size)
	for i := range image {
		image[i] = f(i/size, i%size)
	}
	return BroadcastToDims(Reshape(Const(g, image), 1, size, size), n, size, size)
}
