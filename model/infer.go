package model

import (
	"context"
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas

	"github.com/gomlx/gomlx/core/tensors"
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
	f := &inferencer{batch: a.batch, size: size, dim: a.numbers(width, r, size)}
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

// run gives what is read of one batch of images.
func (f *inferencer) run(ctx context.Context, pixels []byte) ([]float32, error) {
	in := append([]*tensors.Tensor(nil), f.weights...)
	x := uploadImages(pixels, f.batch, f.size)
	out, err := f.prog.run(ctx, 0, append(in, x)...)
	free(x)
	if err != nil {
		return nil, err
	}
	defer free(out...)
	return download(out[0])
}

// each runs images through the network and calls use with each one's position in p and its feature, in order.
func (f *inferencer) each(ctx context.Context, im Images, p pick, use func(j int, feature []float32) error) error {
	pixels := make([]byte, 3*f.batch*f.size*f.size)
	for start := 0; start < len(p.rows); start += f.batch {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		part := p.part(start, min(start+f.batch, len(p.rows)))
		if len(part.rows) < f.batch {
			clear(pixels)
		}
		if err := pack(pixels, im, part, f.size); err != nil {
			return err
		}
		y, err := f.run(ctx, pixels)
		if err != nil {
			return err
		}
		for j := range part.rows {
			if err := use(start+j, f.row(y, j)); err != nil {
				return err
			}
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
