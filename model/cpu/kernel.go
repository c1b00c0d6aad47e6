package cpu

import (
	"fmt"

	"fashionpipe/internal/parallel"
)

// kernel computes a node natively. It is made once, when a graph is compiled, and may be run by several executions at
// once: it must keep nothing between runs.
type kernel interface {
	// Scratch is how many float32 of memory Run needs besides its operands.
	Scratch() int
	// Run computes out from in: slices of the element types of the node's outputs and inputs ([]float32, []bool, …),
	// row-major, exactly as long as their shapes say. No output overlaps an input, save where Overwrites allows it, or
	// scratch, whose content is undefined, as is that of out. It uses the cores by parallel.For.
	Run(in, out []any, scratch []float32) error
}

// overwriter is implemented by kernels that can write an output where an input lies.
type overwriter interface {
	// Overwrites lists pairs of an output's and an input's index that may lie in the same memory. Both must have the
	// same number of bytes.
	Overwrites() [][2]int
}

// runFunc is a kernel that needs neither scratch nor errors.
type runFunc func(in, out []any)

// Scratch is none.
func (runFunc) Scratch() int { return 0 }

// Run calls the function.
func (f runFunc) Run(in, out []any, _ []float32) error {
	f(in, out)
	return nil
}

// broken stands for a kernel that could not be made: a graph with such a node does not compile.
type broken struct{ err error }

// Scratch is none.
func (broken) Scratch() int { return 0 }

// Run fails.
func (k broken) Run(_, _ []any, _ []float32) error { return k.err }

// copyParallel copies src to dst on all cores; they may be the same.
func copyParallel(dst, src []byte) {
	if len(src) == 0 || &dst[0] == &src[0] {
		return
	}
	const part = 1 << 20
	parallel.For((len(src)+part-1)/part, func(_, i int) {
		copy(dst[i*part:min(len(src), (i+1)*part)], src[i*part:])
	})
}

// f32 is x as float32 numbers.
func f32(x any) []float32 { return x.([]float32) }

// giveKernels gives all nodes that no pass has given one their kernel. It fails if one could not be made.
func giveKernels(g *graph) error {
	for _, n := range g.nodes {
		if n.kernel == nil && !n.isSource() && !n.isAlias() {
			if n.isEmpty() { // the Go backend divides by zero in some
				n.kernel = runFunc(func(_, _ []any) {})
			} else if make := natives[n.op]; make != nil {
				n.kernel = make(n)
			}
		}
		if k, ok := n.kernel.(broken); ok {
			return fmt.Errorf("%s: %w", n, k.err)
		}
	}
	return nil
}
