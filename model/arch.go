package model

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"strings"
	"sync/atomic"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas

	"fashionpipe/internal/rng"
)

// arch is a network as a table of weights and a way through them.
type arch struct {
	name    string
	trunk   string // what the names of its blocks' weights begin with
	minSize int    // smallest square image it takes, pixels
	batch   int    // images at once in inference on a processor,
	// gpuBatch is that on a GPU, which is idle for some tenths of a millisecond between two batches.
	gpuBatch int
	layers   []string
	weights  func(width int, layer string) []weight // those needed up to a layer
	dim      func(width int, layer string) int      // numbers of a layer's vector, channels of its map
	// grid is the edge of a layer's map, in positions, on images of size pixels; 0 where it gives a vector. nil: all do.
	grid func(layer string, size int) int
	// forward builds the network on images [N, S, S, 3], normalised, up to a layer, giving [N, dim] or, of a map,
	// [N, grid, grid, dim].
	forward func(n *net, x *Node, width int, layer string) *Node
}

// weight describes one tensor of a network.
type weight struct {
	name  string
	shape []int
	init  func(shape []int, r source) []float32
	stat  bool // a running statistic: kept, but not trained
}

// source gives random numbers: standard normal, and uniform in [0, 1).
type source interface {
	NormFloat64() float64
	Float64() float64
}

var archs = []*arch{resnet18, resnet34, resnet50, vgg16}

// batch is how many images go through a network at once in inference. A vector's last bits may depend on it.
func (b *Backend) batch(a *arch) int {
	if b.plugin.Platform == "cuda" {
		return a.gpuBatch
	}
	return a.batch
}

func archByName(name string) (*arch, error) {
	var names []string
	for _, a := range archs {
		if a.name == name {
			return a, nil
		}
		names = append(names, a.name)
	}
	return nil, fmt.Errorf("unknown architecture %q: there are %s", name, strings.Join(names, ", "))
}

// checkSize says whether the network takes square images of size pixels.
func (a *arch) checkSize(size int) error {
	if size < a.minSize {
		return fmt.Errorf("%s needs images of at least %d pixels, and these have %d: decode with a larger size", a.name, a.minSize, size)
	}
	return nil
}

// random draws a network as torchvision initialises it (its distributions, our own random stream, so that it is the
// same on every machine and backend). Each tensor has its own stream, by name.
func (a *arch) random(ctx context.Context, width int, layer string, seed uint64) (map[string]tensor, error) {
	return draw(ctx, a.weights(width, layer), a.name, seed)
}

// draw initialises weights. of is what they are of. It stops with ctx.
func draw(ctx context.Context, weights []weight, of string, seed uint64) (map[string]tensor, error) {
	var ended atomic.Bool
	defer context.AfterFunc(ctx, func() { ended.Store(true) })()
	ws := map[string]tensor{}
	for _, w := range weights {
		r := rng.New(seed, "weights", of, w.name)
		ws[w.name] = tensor{shape: w.shape, data: w.init(w.shape, &stoppable{r, &ended})}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
	}
	return ws, nil
}

// stoppable is a source that only gives zeros once nobody wants its numbers any more, so that what draws them ends soon.
type stoppable struct {
	*rand.Rand
	ended *atomic.Bool
}

func (s *stoppable) NormFloat64() float64 {
	if s.ended.Load() {
		return 0
	}
	return s.Rand.NormFloat64()
}

// names lists the weights (or, with stat, the running statistics) in sorted order.
func (a *arch) names(width int, layer string, stat bool) []string {
	var names []string
	for _, w := range a.weights(width, layer) {
		if w.stat == stat {
			names = append(names, w.name)
		}
	}
	sort.Strings(names)
	return names
}

// tensor is an array of weights on the host, row-major.
type tensor struct {
	shape []int
	data  []float32
}

func size(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// constant fills with v.
func constant(v float32) func([]int, source) []float32 {
	return func(shape []int, _ source) []float32 {
		x := make([]float32, size(shape))
		for i := range x {
			x[i] = v
		}
		return x
	}
}

// kaimingFanOut is torch.nn.init.kaiming_normal_(mode="fan_out", nonlinearity="relu") for [out, in, k, k].
func kaimingFanOut(shape []int, r source) []float32 {
	return gaussian(math.Sqrt(2/float64(shape[0]*shape[2]*shape[3])))(shape, r)
}

// gaussian draws from N(0, std²).
func gaussian(std float64) func([]int, source) []float32 {
	return func(shape []int, r source) []float32 {
		x := make([]float32, size(shape))
		for i := range x {
			x[i] = float32(r.NormFloat64() * std)
		}
		return x
	}
}
