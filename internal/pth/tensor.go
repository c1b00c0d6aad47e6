package pth

import (
	"errors"
	"fmt"

	"github.com/nlpodyssey/gopickle/types"
)

const (
	maxAxes    = 16
	maxNumbers = 1 << 40 // of a storage
)

// Tensor is a tensor of a file.
type Tensor struct {
	DType string // as safetensors calls it: F32, F64, F16, BF16, I64, …
	Shape []int  // empty: a scalar

	of     *storage
	offset int64 // numbers
	stride []int
}

// storage is an array of numbers that tensors are views of.
type storage struct {
	dtype
	key   string
	count int64 // numbers
}

// newStorage reads how a pickle refers to a storage: ("storage", type, key, device, count), and in older files a view.
func newStorage(id types.Tuple) (*storage, error) {
	if len(id) < 5 || id[0] != "storage" {
		return nil, errors.New("the pickle refers to something that is no storage")
	}
	d, isType := id[1].(dtype)
	key, isKey := id[2].(string)
	count, isCount := integer(id[4])
	if !isType || !isKey || !isCount || count < 0 || count > maxNumbers {
		return nil, fmt.Errorf("the pickle refers to a storage in a way this program doesn't know: type %s, key %s, count %s",
			shown(id[1]), shown(id[2]), shown(id[4]))
	}
	if len(id) > 5 && id[5] != nil {
		return nil, errors.New("the file has views of storages, as PyTorch before 0.4 wrote: load and save it in a newer one")
	}
	return &storage{d, key, count}, nil
}

// rebuild is torch._utils._rebuild_tensor: (storage, offset, shape, stride, …).
func rebuild(args []any) (any, error) {
	if len(args) < 4 {
		return nil, errors.New("the pickle makes a tensor of too little")
	}
	s, ok := args[0].(*storage)
	offset, isNumber := integer(args[1])
	if !ok || !isNumber || offset < 0 {
		return nil, errors.New("the pickle makes a tensor of something that is no storage")
	}
	if offset > s.count { // so that no sum below overflows
		return nil, fmt.Errorf("a tensor at %d lies beyond its storage of %d numbers", offset, s.count)
	}
	shape, err := integers(args[2])
	if err != nil {
		return nil, err
	}
	stride, err := integers(args[3])
	if err != nil {
		return nil, err
	}
	t := &Tensor{DType: s.name, Shape: shape, of: s, offset: offset, stride: stride}
	return t, t.check()
}

// check says whether a tensor lies within its storage, each number once.
func (t *Tensor) check() error {
	if len(t.stride) != len(t.Shape) {
		return fmt.Errorf("a tensor of shape %v has strides %v", t.Shape, t.stride)
	}
	n, last := int64(1), t.offset
	for i, d := range t.Shape {
		if d > 1 && int64(d-1) > maxNumbers/max(1, int64(t.stride[i])) {
			return fmt.Errorf("a tensor of shape %v and strides %v lies beyond its storage of %d numbers", t.Shape, t.stride, t.of.count)
		}
		if d > 0 && n > maxNumbers/int64(d) {
			return fmt.Errorf("a tensor of shape %v is larger than its storage of %d numbers", t.Shape, t.of.count)
		}
		n *= int64(d)
		last += int64(max(0, d-1)) * int64(t.stride[i])
	}
	if n > t.of.count {
		return fmt.Errorf("a tensor of shape %v and strides %v is larger than its storage of %d numbers: save it as contiguous", t.Shape, t.stride, t.of.count)
	}
	if n > 0 && last >= t.of.count {
		return fmt.Errorf("a tensor of shape %v and strides %v at %d lies beyond its storage of %d numbers", t.Shape, t.stride, t.offset, t.of.count)
	}
	return nil
}

// contiguous says whether the numbers lie row by row without gaps.
func (t *Tensor) contiguous() bool {
	want := 1
	for i := len(t.Shape) - 1; i >= 0; i-- {
		if t.Shape[i] != 1 && t.stride[i] != want {
			return false
		}
		want *= t.Shape[i]
	}
	return true
}

// gather takes the tensor's numbers out of its storage, row by row.
func (t *Tensor) gather(raw []byte) []byte {
	n := 1
	for _, d := range t.Shape {
		n *= d
	}
	size := int(t.of.size)
	if n == 0 {
		return nil
	}
	if t.contiguous() {
		return raw[int(t.offset)*size : (int(t.offset)+n)*size]
	}
	out := make([]byte, 0, n*size)
	index := make([]int, len(t.Shape))
	for range n {
		at := int(t.offset)
		for i, x := range index {
			at += x * t.stride[i]
		}
		out = append(out, raw[at*size:(at+1)*size]...)
		for i := len(index) - 1; i >= 0; i-- {
			if index[i]++; index[i] < t.Shape[i] {
				break
			}
			index[i] = 0
		}
	}
	return out
}
