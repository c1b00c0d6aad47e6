package winograd

import "fmt"

// Shape is a convolution with 3×3 taps, stride 1: input [N,H,W,Ci], output [N,OH,OW,Co], where output pixel (y,x) sees
// the input from row y−PadTop and column x−PadLeft on, zero outside. Bottom and right padding follow from OH and OW.
type Shape struct {
	N, H, W, Ci, Co int
	OH, OW          int
	PadTop, PadLeft int
}

func (s Shape) positive() {
	if min(s.N, s.H, s.W, s.Ci, s.Co, s.OH, s.OW) < 1 {
		panic(fmt.Sprintf("winograd: empty shape %+v", s))
	}
}

func (s Shape) check(y, x []float32) {
	if want := s.N * s.H * s.W * s.Ci; len(x) != want {
		panic(fmt.Sprintf("winograd: input of %d numbers for %+v: want %d", len(x), s, want))
	}
	if want := s.N * s.OH * s.OW * s.Co; len(y) != want {
		panic(fmt.Sprintf("winograd: output of %d numbers for %+v: want %d", len(y), s, want))
	}
}

// tiling is how the output of a shape is cut into tiles of size×size outputs. Tile rows count through all images.
type tiling struct {
	Shape
	kernels      *kernels
	down, across int // tiles in an image
}

func (t tiling) tileRows() int { return t.N * t.down }

func (t tiling) tiles() int { return t.tileRows() * t.across }

// pixelsBefore is how many output pixels lie before a tile row.
func (t tiling) pixelsBefore(tileRow int) int {
	image, row := tileRow/t.down, tileRow%t.down
	return (image*t.OH + min(row*t.kernels.size, t.OH)) * t.OW
}

func newTiling(s Shape, k *kernels) tiling {
	return tiling{Shape: s, kernels: k, down: ceil(s.OH, k.size), across: ceil(s.OW, k.size)}
}

func ceil(n, step int) int { return (n + step - 1) / step }

// odd is at least n, an odd number of cache lines of 16 float32: arrays at such distances fall into different sets of a cache.
func odd(n int) int { return 16 * (ceil(n, 16) | 1) }

// apart is a distance for rows of n numbers: such that ten rows, of which a tile of gemm's reads a few numbers in turn, don't lie in the
// same sets of the first cache.
func apart(n int) int {
	n = 16 * ceil(n, 16)
	if n%256 == 0 {
		n += 16
	}
	return n
}
