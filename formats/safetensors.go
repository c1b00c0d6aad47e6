package formats

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
)

// Tensor is a named array of float32.
type Tensor struct {
	Name  string
	Shape []int     // empty: a scalar
	Data  []float32 // row-major, as many as the product of Shape
}

// Weights are the tensors of a network, sorted by name.
type Weights []Tensor

// Get finds a tensor by name.
func (w Weights) Get(name string) (Tensor, bool) {
	i, ok := slices.BinarySearchFunc(w, name, func(t Tensor, name string) int { return cmp.Compare(t.Name, name) })
	if !ok {
		return Tensor{}, false
	}
	return w[i], true
}

// tensorEntry is a tensor in the header of a safetensors file
// (https://github.com/huggingface/safetensors#format).
type tensorEntry struct {
	DType   string   `json:"dtype"`
	Shape   []int    `json:"shape"`
	Offsets [2]int64 `json:"data_offsets"` // from the end of the header
}

// metadataKey is the one name in a safetensors header that is not a tensor.
const metadataKey = "__metadata__"

// WriteSafetensors writes the tensors, sorted by name, as F32 in the safetensors format; meta may be nil. It is an
// error if a name is empty, reserved or given twice, or a tensor hasn't as many numbers as its shape.
func WriteSafetensors(w io.Writer, weights Weights, meta map[string]string) error {
	sorted := slices.Clone(weights)
	slices.SortStableFunc(sorted, func(a, b Tensor) int { return cmp.Compare(a.Name, b.Name) })
	head, err := safetensorsHeader(sorted, meta)
	if err != nil {
		return err
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	buf := make([]byte, 0, 1<<18)
	for _, t := range sorted {
		for chunk := range slices.Chunk(t.Data, cap(buf)/4) {
			buf = buf[:0]
			for _, x := range chunk {
				buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(x))
			}
			if _, err := w.Write(buf); err != nil {
				return err
			}
		}
	}
	return nil
}

// safetensorsHeader gives the length and the JSON header, padded with spaces so that the data is aligned to 8 bytes.
func safetensorsHeader(sorted Weights, meta map[string]string) ([]byte, error) {
	entries := make(map[string]any, len(sorted)+1) // encoding/json sorts the keys
	if len(meta) > 0 {
		entries[metadataKey] = meta
	}
	var end int64
	for _, t := range sorted {
		if _, twice := entries[t.Name]; twice || t.Name == "" || t.Name == metadataKey {
			return nil, fmt.Errorf("tensor name %q is empty, reserved or given twice", t.Name)
		}
		n, err := elements(t.Shape)
		if err != nil || n != int64(len(t.Data)) {
			return nil, fmt.Errorf("tensor %q has shape %v and %d numbers", t.Name, t.Shape, len(t.Data))
		}
		entries[t.Name] = tensorEntry{"F32", append([]int{}, t.Shape...), [2]int64{end, end + 4*n}}
		end += 4 * n
	}
	text, err := json.Marshal(entries)
	if err != nil {
		return nil, err
	}
	for len(text)%8 != 0 {
		text = append(text, ' ')
	}
	return append(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text...), nil
}

// elements is the product of a shape, if it is one that can be.
func elements(shape []int) (int64, error) {
	n := int64(1)
	for _, d := range shape {
		if d < 0 || (d > 0 && n > math.MaxInt64/8/int64(d)) {
			return 0, fmt.Errorf("shape %v can't be", shape)
		}
		n *= int64(d)
	}
	return n, nil
}
