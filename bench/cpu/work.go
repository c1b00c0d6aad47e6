package main

import (
	"context"
	"fmt"

	"fashionpipe/formats"
)

// work is one row of the table.
type work struct {
	name        string
	arch, layer string
	train       bool
	batch, size int   // photos, pixels
	limit       int64 // bytes; 0: none. Of a work with a limit only the memory is measured
	// ours times the work, in seconds, letting the peer have its turn after each round.
	ours func(ctx context.Context, w work, rounds int, turn func() error) (float64, error)
	// onGo times the work with fewer images on GoMLX's Go backend.
	onGo func(ctx context.Context, w work) (seconds float64, small work, err error)
}

// memoryLimit is what training at the paper's size may take.
const memoryLimit = 3e9

var works = []work{
	{"ResNet18 training step, 2×16 images, 224 px", "resnet18", "avgpool", true, 16, 224, 0, trainStep, goStep},
	{"ResNet18 training step, 2×64 images, 64 px", "resnet18", "avgpool", true, 64, 64, 0, trainStep, goStep},
	{"ResNet18 inference, batch 32, 224 px", "resnet18", "avgpool", false, 32, 224, 0, embed, goEmbed},
	{"VGG16 features, batch 8, 224 px", "vgg16", "pool5", false, 8, 224, 0, embed, goEmbed},
	{"ResNet18 training step, 2×32 images, 224 px", "resnet18", "avgpool", true, 32, 224, memoryLimit, trainStep, nil},
}

// amount says how many images one unit of the work has.
func (w work) amount() string {
	if w.train {
		return fmt.Sprintf("2×%d images", w.batch)
	}
	return fmt.Sprintf("batch %d", w.batch)
}

// images is how many go through the network in one unit of the work: a training step has two views of each photo.
func (w work) images() int {
	if w.train {
		return 2 * w.batch
	}
	return w.batch
}

// operations counts multiplications and additions of the convolutions; a training step also has the two gradients of
// each, but for the first one's of its input.
func (w work) operations() float64 {
	first, rest := resnetOperations(w.size)
	if w.arch == "vgg16" {
		first, rest = vggOperations(w.size)
	}
	if w.train {
		return float64(w.images()) * (2*first + 3*rest)
	}
	return float64(w.images()) * (first + rest)
}

// convOperations are those of a k×k convolution to size×size pixels.
func convOperations(size, k, in, out int) float64 { return 2 * float64(size*size*k*k*in*out) }

func resnetOperations(size int) (first, rest float64) {
	s := (size + 1) / 2
	first = convOperations(s, 7, 3, 64)
	s = (s + 1) / 2
	in := 64
	for stage := range 4 {
		out := 64 << stage
		if stage > 0 {
			s = (s + 1) / 2
			rest += convOperations(s, 1, in, out)
		}
		rest += convOperations(s, 3, in, out) + 3*convOperations(s, 3, out, out)
		in = out
	}
	return first, rest
}

func vggOperations(size int) (first, rest float64) {
	in := 3
	for _, stage := range [][]int{{64, 64}, {128, 128}, {256, 256, 256}, {512, 512, 512}, {512, 512, 512}} {
		for _, out := range stage {
			rest += convOperations(size, 3, in, out)
			in = out
		}
		size /= 2
	}
	return 0, rest
}

// noise is an image table of as many photos as asked for, all made of the same random bytes.
type noise struct {
	spec  formats.ImageSpec
	count int
	bytes []byte
}

func newNoise(count, size int) *noise {
	n := &noise{spec: formats.ImageSpec{Size: size, CellSize: size, Grid: "1x1", Cell: "center", Fit: "stretch", Box: "photo"}, count: count}
	n.bytes = make([]byte, 3*size*size+count)
	x := uint32(1)
	for i := range n.bytes {
		x = x*1664525 + 1013904223
		n.bytes[i] = byte(x >> 24)
	}
	return n
}

func (n *noise) Len() int                  { return n.count }
func (n *noise) Spec() formats.ImageSpec   { return n.spec }
func (n *noise) Whole(i int) []byte        { return n.bytes[i : i+3*n.spec.Size*n.spec.Size] }
func (n *noise) Cell(i, _ int) []byte      { return n.Whole((i + 7) % n.count) }
func (n *noise) Labels(int) formats.Labels { return formats.Labels{} }
