package cpu

import (
	"slices"

	"github.com/gomlx/compute"
)

// takeReversed lets convolutions whose kernel is a Reverse along its spatial axes, as in gradients with respect to the
// input, read the operand of the Reverse backwards.
func takeReversed(g *graph) {
	for _, n := range g.nodes {
		if n.op != compute.OpTypeConvGeneral || n.kernel != nil || n.inputs[1].node.op != compute.OpTypeReverse {
			continue
		}
		reverse := n.inputs[1].node
		axes, spatial := reverse.attrs.(axesAttrs).axes, n.attrs.(convAttrs).axes.KernelSpatial
		if slices.ContainsFunc(axes, func(a int) bool { return !slices.Contains(spatial, a) }) {
			continue
		}
		if k := newConvolution(n, reverse.inputs[0], axes); k != nil {
			n.kernel, n.inputs[1] = k, reverse.inputs[0]
		}
	}
}
