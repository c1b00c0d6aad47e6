package model

import (
	"fmt"
	"slices"
	"strings"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas
)

// Poolings are the ways to make one vector of a layer's map of C channels × P positions, the first by default:
//
//	avg      the mean of each channel: C numbers
//	flatten  the map as torch.flatten lays it out, channel by channel: C·P numbers
//	gram     the Gram matrix, the products of each two channels averaged over the positions (Gatys et al. 2016 sum them):
//	         its upper triangle row by row, C·(C+1)/2 numbers, which keep what goes with what, and not where
var Poolings = []string{poolAvg, poolFlatten, poolGram}

const (
	poolAvg     = "avg"
	poolFlatten = "flatten"
	poolGram    = "gram"
)

// reading is where a network is read, and how a vector is made of what is there.
type reading struct {
	layer string
	pool  string // "" where the layer gives a vector
}

// reading finds a layer, "" for the first, and a pooling, "" for avg where the layer gives a map.
func (a *arch) reading(layer, pool string) (reading, error) {
	if layer == "" {
		layer = a.layers[0]
	}
	if !slices.Contains(a.layers, layer) {
		return reading{}, fmt.Errorf("%s has no layer %q to read: there are %s", a.name, layer, strings.Join(a.layers, ", "))
	}
	if !a.isMap(layer) {
		if pool != "" {
			return reading{}, fmt.Errorf("layer %s of %s gives a vector, with nothing to pool", layer, a.name)
		}
		return reading{layer: layer}, nil
	}
	if pool == "" {
		pool = poolAvg
	}
	if !slices.Contains(Poolings, pool) {
		return reading{}, fmt.Errorf("unknown pooling %q: there are %s", pool, strings.Join(Poolings, ", "))
	}
	return reading{layer, pool}, nil
}

// isMap says whether a layer gives a map, not a vector.
func (a *arch) isMap(layer string) bool { return a.grid != nil && a.grid(layer, a.minSize) > 0 }

// numbers is the length of the vector that is read from images of size pixels.
func (a *arch) numbers(width int, r reading, size int) int {
	c := a.dim(width, r.layer)
	switch r.pool {
	case poolFlatten:
		g := a.grid(r.layer, size)
		return c * g * g
	case poolGram:
		return c * (c + 1) / 2
	}
	return c
}

// read builds the network on images [N, S, S, 3], normalised, and gives [N, numbers]; for gram the whole matrix,
// [N, C·C], of which triangle takes the half.
func (a *arch) read(n *net, x *Node, width int, r reading) *Node {
	y := wide(a.forward(n, x, width, r.layer))
	if r.pool == "" {
		return y
	}
	d := y.Shape().Dimensions
	batch, positions, c := d[0], d[1]*d[2], d[3]
	switch r.pool {
	case poolFlatten:
		return Reshape(TransposeAllAxes(y, 0, 3, 1, 2), batch, c*positions)
	case poolGram:
		y = Reshape(y, batch, positions, c)
		products := DotGeneral(y, []int{1}, []int{0}, y, []int{1}, []int{0})
		return Reshape(MulScalar(products, 1/float64(positions)), batch, c*c)
	}
	return globalMean(y)
}

// triangle moves the upper triangle of a c×c matrix to its front, row by row, and gives that.
func triangle(m []float32, c int) []float32 {
	k := 0
	for i := range c {
		k += copy(m[k:], m[i*c+i:(i+1)*c])
	}
	return m[:k]
}
