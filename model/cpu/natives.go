package cpu

import (
	"github.com/gomlx/compute"

	"fashionpipe/model/cpu/array"
)

// natives makes the kernels of nodes that have one. A maker gives nil for a form it has no kernel for: then the node
// runs on GoMLX's Go backend. One that fails gives a broken kernel.
var natives = map[compute.OpType]func(*node) kernel{
	compute.OpTypeConvGeneral: convKernel,
	compute.OpTypeDotGeneral:  dotKernel,

	compute.OpTypeBroadcastInDim:     broadcastKernel,
	compute.OpTypeConcatenate:        concatenateKernel,
	compute.OpTypeConvertDType:       convertKernel,
	compute.OpTypeDynamicSlice:       dynamicSliceKernel,
	compute.OpTypeDynamicUpdateSlice: dynamicUpdateKernel,
	compute.OpTypeGather:             gatherKernel,
	compute.OpTypePad:                padKernel,
	compute.OpTypeReverse:            reverseKernel,
	compute.OpTypeScatterMax:         scatterKernel(array.ScatterMax),
	compute.OpTypeScatterMin:         scatterKernel(array.ScatterMin),
	compute.OpTypeScatterSum:         scatterKernel(array.ScatterSum),
	compute.OpTypeSlice:              sliceKernel,
	compute.OpTypeTranspose:          transposeKernel,

	compute.OpTypeArgMinMax:           argKernel,
	compute.OpTypeIota:                iotaKernel,
	compute.OpTypeReduceMax:           reduceKernel,
	compute.OpTypeReduceMin:           reduceKernel,
	compute.OpTypeReduceProduct:       reduceKernel,
	compute.OpTypeReduceSum:           reduceKernel,
	compute.OpTypeReduceWindow:        reduceWindowKernel,
	compute.OpTypeSelectAndScatterMax: selectAndScatterKernel,
	compute.OpTypeSelectAndScatterMin: selectAndScatterKernel,
}
