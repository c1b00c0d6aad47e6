package model

import (
	"math"
	"math/rand/v2"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas

	"github.com/gomlx/compute/dtypes"
)

// warping changes where each pixel comes from. Its numbers are the first eight of a matrix 3×3, row by row, whose ninth is
// 1: the homography from a place in the result to one in the photo, both as shares of the edge from the photo's middle.
var warping = augmentation{
	name: "geometry", numbers: 8,
	on:   func(a Augment) bool { return a.Geometry > 0 },
	draw: func(a Augment, r *rand.Rand) []float64 { return flat(geometry(a.Geometry, r)) },
}

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
	across, down := make([]float32, size*size), make([]float32, size*size)
	for i := range across {
		across[i] = (float32(i%size)+0.5)/float32(size) - 0.5
		down[i] = (float32(i/size)+0.5)/float32(size) - 0.5
	}
	over := func(x []float32) *Node { return BroadcastToDims(Reshape(Const(g, x), 1, size, size), n, size, size) }
	return over(across), over(down)
}

// What geometry does at strength 1, at most and either way; all but the scale's middle is proportional to the strength.
const (
	mostRotation    = 10.0 // degrees
	mostTranslation = 0.1  // of the edge, along each axis
	mostScale       = 0.1  // 0.9 … 1.1
	mostShear       = 5.0  // degrees, along x
	mostDistortion  = 0.1  // of half the edge, that each corner moves inwards along each axis
)

// geometry draws a weak change: torchvision's RandomAffine, then its RandomPerspective.
func geometry(strength float64, r *rand.Rand) matrix {
	sym := func(most float64) float64 { return between(r, -strength*most, strength*most) }
	a := affine(sym(mostRotation), sym(mostTranslation), sym(mostTranslation), 1+sym(mostScale), sym(mostShear), 0)
	var corners [4][2]float64
	for i, c := range square {
		for j := range c {
			corners[i][j] = c[j] * (1 - strength*mostDistortion*r.Float64())
		}
	}
	return a.times(perspective(corners))
}

// affine is where torchvision's affine takes its pixels from: the inverse of a shear along x and y, a scale, a rotation and
// then a translation; angles in degrees, clockwise as images are seen.
func affine(rotation, right, down, scale, shearX, shearY float64) matrix {
	rot, sx, sy := rotation*math.Pi/180, shearX*math.Pi/180, shearY*math.Pi/180
	a := math.Cos(rot-sy) / math.Cos(sy)
	b := -math.Cos(rot-sy)*math.Tan(sx)/math.Cos(sy) - math.Sin(rot)
	c := math.Sin(rot-sy) / math.Cos(sy)
	d := -math.Sin(rot-sy)*math.Tan(sx)/math.Cos(sy) + math.Cos(rot)
	m := matrix{d / scale, -b / scale, 0, -c / scale, a / scale, 0, 0, 0, 1}
	return m.times(matrix{1, 0, -right, 0, 1, -down, 0, 0, 1})
}
