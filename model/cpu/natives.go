package cpu

import "github.com/gomlx/compute"

// natives makes the kernels of nodes that have one. A maker gives nil for a form it has no kernel for: then the node
// runs on GoMLX's Go backend.
var natives = map[compute.OpType]func(*node) kernel{
	compute.OpTypeDotGeneral: dotKernel,
}
