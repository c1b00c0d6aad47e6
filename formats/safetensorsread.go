package formats

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// maxHeader is the longest header the reference implementation accepts.
const maxHeader = 100 << 20

// ReadWeights reads a safetensors file, sorted by name.
func ReadWeights(path string) (Weights, error) {
	w, _, err := openSafetensors(path, ReadSafetensors)
	return w, err
}

// checkSafetensors says whether a file has a header whose tensors fill it. It doesn't read them.
func checkSafetensors(path string) error {
	_, _, err := openSafetensors(path, func(r io.ReaderAt, size int64) (Weights, map[string]string, error) {
		h, err := readSafetensorsHeader(r, size)
		if err == nil && len(h.tensors) == 0 {
			err = errors.New("no tensors")
		}
		return nil, nil, err
	})
	return err
}

func openSafetensors(path string, read func(io.ReaderAt, int64) (Weights, map[string]string, error)) (Weights, map[string]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close() // only read from
	st, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	w, meta, err := read(f, st.Size())
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	return w, meta, nil
}

// ReadSafetensors reads size bytes in the safetensors format: the tensors, sorted by name, and the metadata. F32 is
// read as it is, F16 and BF16 are widened, F64 is rounded, and integers are taken where float32 holds them exactly
// (torchvision keeps batch counts as I64). A header whose tensors don't fill the file without gaps and overlaps is an
// error, as in the reference implementation.
func ReadSafetensors(r io.ReaderAt, size int64) (Weights, map[string]string, error) {
	h, err := readSafetensorsHeader(r, size)
	if err != nil {
		return nil, nil, err
	}
	weights := make(Weights, 0, len(h.tensors))
	for _, t := range h.tensors {
		raw := make([]byte, t.Offsets[1]-t.Offsets[0])
		if _, err := r.ReadAt(raw, h.data+t.Offsets[0]); err != nil && !errors.Is(err, io.EOF) {
			return nil, nil, fmt.Errorf("tensor %q: %w", t.name, err)
		}
		data, err := dtypes[t.DType].decode(raw)
		if err != nil {
			return nil, nil, fmt.Errorf("tensor %q: %w", t.name, err)
		}
		weights = append(weights, Tensor{Name: t.name, Shape: t.Shape, Data: data})
	}
	slices.SortFunc(weights, func(a, b Tensor) int { return cmp.Compare(a.Name, b.Name) })
	return weights, h.meta, nil
}

// safetensorsHead is a checked header.
type safetensorsHead struct {
	tensors []namedEntry // by offset
	meta    map[string]string
	data    int64 // where offsets count from
}

type namedEntry struct {
	name string
	tensorEntry
}

func readSafetensorsHeader(r io.ReaderAt, size int64) (*safetensorsHead, error) {
	var length [8]byte
	if _, err := r.ReadAt(length[:], 0); err != nil {
		return nil, fmt.Errorf("not a safetensors file: %d bytes: %w", size, err)
	}
	n := binary.LittleEndian.Uint64(length[:])
	if n > maxHeader || int64(n) > size-8 {
		return nil, fmt.Errorf("not a whole safetensors file: a header of %d bytes in %d", n, size)
	}
	text := make([]byte, n)
	if _, err := r.ReadAt(text, 8); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("header: %w", err)
	}
	h := &safetensorsHead{data: 8 + int64(n)}
	if err := h.parse(text); err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	slices.SortFunc(h.tensors, func(a, b namedEntry) int {
		return cmp.Or(cmp.Compare(a.Offsets[0], b.Offsets[0]), cmp.Compare(a.Offsets[1], b.Offsets[1]), cmp.Compare(a.name, b.name))
	})
	return h, h.check(size - h.data)
}

// parse reads the JSON key by key, since encoding/json would silently take the last of two equal names.
func (h *safetensorsHead) parse(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errors.Join(errors.New("not a JSON object"), err)
	}
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		name := t.(string) // a key of an object is a string, or Token fails
		if seen[name] {
			return fmt.Errorf("%q is there twice", name)
		}
		seen[name] = true
		if name == metadataKey {
			err = d.Decode(&h.meta)
		} else {
			e := namedEntry{name: name}
			err = d.Decode(&e.tensorEntry)
			h.tensors = append(h.tensors, e)
		}
		if err != nil {
			return fmt.Errorf("%q: %w", name, err)
		}
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON object")
	}
	return nil
}

// check says whether the tensors, in order of their offsets, fill size bytes, each as its shape and type demand.
func (h *safetensorsHead) check(size int64) error {
	var end int64
	for _, t := range h.tensors {
		dtype, ok := dtypes[t.DType]
		if !ok {
			return fmt.Errorf("tensor %q is of type %q, which this program doesn't read", t.name, t.DType)
		}
		n, err := elements(t.Shape)
		if err != nil {
			return fmt.Errorf("tensor %q: %w", t.name, err)
		}
		if t.Offsets[0] != end || t.Offsets[1] < end || t.Offsets[1] > size {
			return fmt.Errorf("tensor %q lies at %v, after %d of %d bytes: gap, overlap or beyond the file", t.name, t.Offsets, end, size)
		}
		if t.Offsets[1]-end != n*dtype.size {
			return fmt.Errorf("tensor %q of shape %v and type %s takes %d bytes, not %d", t.name, t.Shape, t.DType, n*dtype.size, t.Offsets[1]-end)
		}
		end = t.Offsets[1]
	}
	if end != size {
		return fmt.Errorf("tensors end at %d of %d bytes", end, size)
	}
	return nil
}
