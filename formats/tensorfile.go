package formats

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"fashionpipe/internal/pth"
)

// TensorFile is an open file of named tensors: safetensors, or what torch.save wrote (.pth, .pt, .bin; see package pth).
// The content tells which, not the name.
type TensorFile struct {
	file   *os.File
	shapes map[string][]int
	read   func(name string) (dtype string, raw []byte, err error)
}

// OpenWeights opens a file of tensors and reads what is in it, and no numbers yet. Who opens it closes it.
func OpenWeights(path string) (*TensorFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	w := &TensorFile{file: f, shapes: map[string][]int{}}
	if err := w.open(); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return w, nil
}

func (w *TensorFile) open() error {
	st, err := w.file.Stat()
	if err != nil {
		return err
	}
	if !st.Mode().IsRegular() {
		return errors.New("it is no file")
	}
	var head [9]byte
	if _, err := w.file.ReadAt(head[:], 0); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if head[8] == '{' { // behind the length of the header
		return w.openSafetensors(st.Size())
	}
	if head[0] == 'P' || head[0] == 0x80 {
		return w.openTorch(st.Size())
	}
	return errors.New("neither safetensors nor a file that torch.save wrote")
}

func (w *TensorFile) openSafetensors(size int64) error {
	h, err := readSafetensorsHeader(w.file, size)
	if err != nil {
		return err
	}
	at := map[string]namedEntry{}
	for _, t := range h.tensors {
		at[t.name], w.shapes[t.name] = t, t.Shape
	}
	w.read = func(name string) (string, []byte, error) {
		t := at[name]
		raw := make([]byte, t.Offsets[1]-t.Offsets[0])
		_, err := w.file.ReadAt(raw, h.data+t.Offsets[0])
		if errors.Is(err, io.EOF) {
			err = nil // it ends with the file
		}
		return t.DType, raw, err
	}
	return nil
}

func (w *TensorFile) openTorch(size int64) error {
	f, err := pth.Open(w.file, size)
	if err != nil {
		return err
	}
	for name, t := range f.Tensors {
		w.shapes[name] = t.Shape
	}
	w.read = func(name string) (string, []byte, error) {
		raw, err := f.Read(name)
		return f.Tensors[name].DType, raw, err
	}
	return nil
}

// Names lists the tensors, sorted. Those in dicts within dicts of a checkpoint are named by the keys on the way to them,
// joined by dots: "state_dict.conv1.weight".
func (w *TensorFile) Names() []string { return slices.Sorted(maps.Keys(w.shapes)) }

// Shape gives a tensor's shape, and whether it is there.
func (w *TensorFile) Shape(name string) ([]int, bool) {
	s, ok := w.shapes[name]
	return s, ok
}

// Read reads a tensor as float32, as ReadSafetensors does.
func (w *TensorFile) Read(name string) (Tensor, error) {
	shape, ok := w.shapes[name]
	if !ok {
		return Tensor{}, fmt.Errorf("%s: there is no tensor %q", w.file.Name(), name)
	}
	kind, raw, err := w.read(name)
	var data []float32
	if err == nil {
		if d, known := dtypes[kind]; known {
			data, err = d.decode(raw)
		} else {
			err = fmt.Errorf("it is of type %s, which this program doesn't read", kind)
		}
	}
	if err != nil {
		return Tensor{}, fmt.Errorf("%s: tensor %q: %w", w.file.Name(), name, err)
	}
	return Tensor{Name: name, Shape: shape, Data: data}, nil
}

// Close closes the file.
func (w *TensorFile) Close() error { return w.file.Close() }
