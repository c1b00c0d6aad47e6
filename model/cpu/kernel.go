package cpu

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

// f32 is x as float32 numbers.
func f32(x any) []float32 { return x.([]float32) }

// giveKernels gives all nodes that no pass has given one their kernel.
func giveKernels(g *graph) {
	for _, n := range g.nodes {
		if n.kernel == nil && !n.isSource() && !n.isAlias() {
			if make := natives[n.op]; make != nil {
				n.kernel = make(n)
			}
		}
	}
}
