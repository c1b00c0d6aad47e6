// Package networks is what the benchmarks of the networks share: images of noise, and how many operations a network does.
package networks

import "fashionpipe/formats"

// Noise is an image table of as many photos as asked for, all made of the same random bytes.
type Noise struct {
	spec  formats.ImageSpec
	count int
	bytes []byte
}

// NewNoise makes count photos, and as many cells, of size pixels a side.
func NewNoise(count, size int) *Noise {
	n := &Noise{spec: formats.ImageSpec{Size: size, CellSize: size, Grid: "1x1", Cell: "center", Fit: "stretch", Box: "photo"}, count: count}
	n.bytes = make([]byte, 3*size*size+count)
	x := uint32(1)
	for i := range n.bytes {
		x = x*1664525 + 1013904223
		n.bytes[i] = byte(x >> 24)
	}
	return n
}

// Len and the others make it an image table.
func (n *Noise) Len() int                  { return n.count }
func (n *Noise) Spec() formats.ImageSpec   { return n.spec }
func (n *Noise) Whole(i int) []byte        { return n.bytes[i : i+3*n.spec.Size*n.spec.Size] }
func (n *Noise) Cell(i, _ int) []byte      { return n.Whole((i + 7) % n.count) }
func (n *Noise) Labels(int) formats.Labels { return formats.Labels{} }
