package cpu

import (
	"github.com/gomlx/compute/dtypes"

	"fashionpipe/model/cpu/array"
)

// iotaKernel counts in whole and real numbers of 8 bits to 64.
func iotaKernel(n *node) kernel {
	dims, axis := dimsOf(n.outputs[0]), n.attrs.(axisAttrs).axis
	switch n.outputs[0].shape.DType {
	case dtypes.Float32:
		return counted[float32](dims, axis)
	case dtypes.Float64:
		return counted[float64](dims, axis)
	case dtypes.Int8:
		return counted[int8](dims, axis)
	case dtypes.Int16:
		return counted[int16](dims, axis)
	case dtypes.Int32:
		return counted[int32](dims, axis)
	case dtypes.Int64:
		return counted[int64](dims, axis)
	case dtypes.Uint8:
		return counted[uint8](dims, axis)
	case dtypes.Uint16:
		return counted[uint16](dims, axis)
	case dtypes.Uint32:
		return counted[uint32](dims, axis)
	case dtypes.Uint64:
		return counted[uint64](dims, axis)
	}
	return nil
}

func counted[T array.Number](dims []int, axis int) kernel {
	return runFunc(func(_, out []any) { array.Iota(out[0].([]T), dims, axis) })
}
