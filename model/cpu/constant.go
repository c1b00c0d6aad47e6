package cpu

import (
	"fmt"
	"reflect"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// constant is a constant's content, in a buffer that segments can read.
type constant struct{ buf *Buffer }

// Constant implements compute.Function. The values are copied, once.
func (f *function) Constant(flat any, dims ...int) (compute.Value, error) {
	t := reflect.TypeOf(flat)
	if t == nil || t.Kind() != reflect.Slice {
		return nil, fmt.Errorf("Constant: values must be a slice, not %T", flat)
	}
	dtype := dtypes.FromGoType(t.Elem())
	if dtype == dtypes.InvalidDType || !f.builder.backend.tail.Capabilities().DTypes[dtype] {
		return nil, fmt.Errorf("Constant: elements of type %s are not supported by backend %s: %w", t.Elem(), Name, compute.ErrNotImplemented)
	}
	for _, d := range dims {
		if d < 0 {
			return nil, fmt.Errorf("Constant: dimensions %v: one is negative", dims)
		}
	}
	shape := shapes.Make(dtype, dims...)
	if n := reflect.ValueOf(flat).Len(); n != shape.Size() {
		return nil, fmt.Errorf("Constant: %d values for shape %s, which has %d", n, shape, shape.Size())
	}
	buf, err := f.builder.backend.newBuffer(shape)
	if err != nil {
		return nil, err
	}
	dtypes.CopyAnySlice(buf.flat, flat)
	return f.constant(&constant{buf})
}

// constant records a constant. A large one is not copied to the shadow, where one number stands for it.
func (f *function) constant(c *constant) (compute.Value, error) {
	const large = 256
	shape := c.buf.shape
	emit := func(t target, _ []compute.Value) ([]compute.Value, error) {
		if t.shadow && shape.Size() > large {
			first, err := t.Constant(reflect.ValueOf(c.buf.flat).Slice(0, 1).Interface())
			if err != nil {
				return nil, err
			}
			return one(t.BroadcastInDim(first, shape, nil))
		}
		return one(t.Constant(c.buf.flat, shape.Dimensions...))
	}
	return f.record1(compute.OpTypeConstant, c, emit)
}
