package model

import (
	"context"
	"fmt"
	"math"
	"os"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas

	"github.com/gomlx/gomlx/core/tensors"

	"fashionpipe/internal/gpu"
)

// Loads says whether the backend that a setting stands for can be opened, as far as that takes no GPU: where a plugin's GPU may be
// here, it is only loaded, which tells what is missing for that but not whether a device answers. It says nothing of what the
// plugin may do to the process: let it be one of its own.
func Loads(setting string) error {
	c, err := Choose(setting)
	if err != nil {
		return err
	}
	if c.rounds() && gpu.Driver() && gpu.Allowed(os.LookupEnv) {
		return loadXLA(c.Plugin)
	}
	_, err = Open(setting, F32)
	return err
}

// Try computes a small convolution with its gradient, and an exponential, and compares them with what they should be:
// most of what can be missing for a network (a compiler's parts, cuDNN) is missing for them.
func (b *Backend) Try(ctx context.Context) error {
	const channels, edge = 8, 8
	p, err := compile(b, "try", func(g *Graph) []*Node {
		x := parameter(g, "x", []int{1, edge, edge, channels})
		w := parameter(g, "w", []int{3, 3, channels, channels})
		y := Exp(ReduceAllMean(Convolve(x, w).NoPadding().Done()))
		return []*Node{y, Gradient(y, w)[0]}
	})
	if err != nil {
		return err
	}
	defer p.close()
	ones := func(dims ...int) *tensors.Tensor {
		n := 1
		for _, d := range dims {
			n *= d
		}
		x := make([]float32, n)
		for i := range x {
			x[i] = 1
		}
		return tensors.FromFlatDataAndDimensions(x, dims...)
	}
	weights := tensors.FromFlatDataAndDimensions(make([]float32, 9*channels*channels), 3, 3, channels, channels)
	out, err := p.run(ctx, ones(1, edge, edge, channels), weights)
	if err != nil {
		return err
	}
	defer free(out...)
	// The convolution of ones with zeros is 0, its exponential 1, and each weight's part in the mean over channels 1/channels.
	for i, want := range []float64{1, 1.0 / channels} {
		got, err := download(out[i])
		if err != nil {
			return err
		}
		for _, v := range got {
			if math.Abs(float64(v)-want) > 1e-3 {
				return fmt.Errorf("it computes wrongly: a small convolution gives %v in place of %v", v, want)
			}
		}
	}
	return nil
}
