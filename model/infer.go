package model

import (
	"context"
	"slices"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas

	"github.com/gomlx/gomlx/core/tensors"

	"fashionpipe/internal/ordered"
)

// inferencer is a network compiled for inference on batches of images of one size. The batch is fixed, and the last
// one is filled up with black images, so that a vector's last bits don't depend on how many images are embedded with it.
type inferencer struct {
	names   []string
	weights []*tensors.Tensor // names' arrays; borrowed
	prog    *program
	batch   int
	size    int
	dim     int
	gram    int // channels of the Gram matrix of which a vector is the half; 0: none is
}

// newInferencer compiles a network up to where it is read.
func newInferencer(b *Backend, a *arch, width int, r reading, size int, mean, std [3]float32) (*inferencer, error) {
	if err := a.checkSize(size); err != nil {
		return nil, err
	}
	f := &inferencer{batch: b.batch(a), size: size, dim: a.numbers(width, r, size)}
	if r.pool == poolGram {
		f.gram = a.dim(width, r.layer)
	}
	f.names = append(a.names(width, r.layer, false), a.names(width, r.layer, true)...)
	shapeOf := map[string][]int{}
	for _, w := range a.weights(width, r.layer) {
		shapeOf[w.name] = w.shape
	}
	var err error
	f.prog, err = compile(b, "embed", func(g *Graph) []*Node {
		params := map[string]*Node{}
		for _, n := range f.names {
			params[n] = parameter(g, n, shapeOf[n])
		}
		x := images(g, "images", f.batch, size)
		return []*Node{a.read(newNet(params, false, b.precision), normalise(x, mean, std), width, r)}
	})
	return f, err
}

// close frees the program, and the weights, which are its own where it embeds.
func (f *inferencer) close() {
	free(f.weights...)
	f.prog.close()
}

// each runs images through the network and calls use with each one's position in p and its feature, in order. While the
// device works on a batch, the next ones are brought to it, and the features of the one before are used. keep, which may be nil,
// has the batches of a call before with the same images, or gets them.
func (f *inferencer) each(ctx context.Context, im Images, p pick, keep *held, use func(j int, feature []float32) error) error {
	for _, w := range f.weights { // before several at once would
		if err := f.prog.b.bring(w, f.prog.b.device); err != nil {
			return err
		}
	}
	count := (len(p.rows) + f.batch - 1) / f.batch
	keep.grow(count)
	lanes := make([]*lane, min(f.prog.b.lanes(), count))
	for k := range lanes {
		lanes[k] = f.lane(ctx, k, len(lanes), count, im, p, keep)
		defer lanes[k].close()
	}
	for i := range count {
		y, err := lanes[i%len(lanes)].features.Next(ctx)
		if err != nil {
			return err
		}
		if err := f.use(i*f.batch, len(p.rows), y, use); err != nil {
			return err
		}
	}
	return nil
}

// lane brings batches to the device and runs them, each while the one before it is worked on.
type lane struct {
	images   *ordered.Ahead[input]
	features *ordered.Ahead[*tensors.Tensor]
}

// lane is the one for batches k, k+step, … of count.
func (f *inferencer) lane(ctx context.Context, k, step, count int, im Images, p pick, keep *held) *lane {
	buffer := make([]byte, 3*f.batch*f.size*f.size)
	n := (count - k + step - 1) / step
	l := &lane{}
	l.images = ordered.NewAhead(ctx, n, func(ctx context.Context, i int) (input, error) {
		i = k + i*step
		return keep.get(i, func() (*tensors.Tensor, error) {
			return f.prog.b.uploadPick(ctx, im, p.part(i*f.batch, min((i+1)*f.batch, len(p.rows))), f.size, buffer)
		})
	}, input.release)
	l.features = ordered.NewAhead(ctx, n, func(ctx context.Context, _ int) (*tensors.Tensor, error) {
		x, err := l.images.Next(ctx)
		if err != nil {
			return nil, err
		}
		defer x.release()
		return f.run(ctx, x.Tensor)
	}, func(y *tensors.Tensor) { free(y) })
	return l
}

func (l *lane) close() {
	l.features.Close()
	l.images.Close()
}

// lanes is how many batches of inference are under way at once: on XLA two, since go-xla waits for each to end, and the device would
// then be idle while the host readies the next.
func (b *Backend) lanes() int {
	if b.name == "xla" {
		return 2
	}
	return 1
}

// run gives what is read of one batch of images.
func (f *inferencer) run(ctx context.Context, images *tensors.Tensor) (*tensors.Tensor, error) {
	out, err := f.prog.run(ctx, append(slices.Clone(f.weights), images)...)
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// use hands on the features of a batch that begins at first, of n in all.
func (f *inferencer) use(first, n int, y *tensors.Tensor, use func(j int, feature []float32) error) error {
	defer free(y)
	all, err := download(y)
	if err != nil {
		return err
	}
	for j := range min(f.batch, n-first) {
		if err := use(first+j, f.row(all, j)); err != nil {
			return err
		}
	}
	return nil
}

// row is the feature of a batch's image j, of what run gives.
func (f *inferencer) row(y []float32, j int) []float32 {
	if c := f.gram; c > 0 {
		return triangle(y[j*c*c:(j+1)*c*c], c)
	}
	return y[j*f.dim : (j+1)*f.dim]
}
