package pth

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/nlpodyssey/gopickle/types"
)

// File is an open file of tensors.
type File struct {
	// Tensors by name: the keys of the dicts they lie in, joined by dots. A state_dict has them as they are; in a
	// checkpoint {"epoch": …, "state_dict": {"conv1.weight": …}} one is called state_dict.conv1.weight.
	Tensors map[string]*Tensor

	load func(*storage) ([]byte, error)
	last *storage // whose bytes are kept, since tensors may share one
	raw  []byte
}

// Open reads what is in a file of size bytes that torch.save wrote, and no numbers yet. r must stay open for Read.
func Open(r io.ReaderAt, size int64) (*File, error) {
	var head [262]byte
	n, err := r.ReadAt(head[:], 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch text := string(head[:n]); {
	case n > 4 && text[:4] == "PK\x03\x04":
		return openZip(r, size)
	case n > 2 && text[0] == 0x80:
		return openLegacy(r, size)
	case n == len(head) && text[257:] == "ustar":
		return nil, errors.New("this is the tar format of PyTorch before 0.1.10 (2017): load and save it in a newer one")
	}
	return nil, errors.New("this is no file that torch.save wrote")
}

func newCursor(r io.Reader) *cursor { return &cursor{Reader: bufio.NewReader(r)} }

// Read gives the numbers of a tensor, row by row, little-endian; they are valid until the next Read.
func (f *File) Read(name string) ([]byte, error) {
	t := f.Tensors[name]
	if t == nil {
		return nil, fmt.Errorf("there is no tensor %q", name)
	}
	if f.last != t.of {
		f.last, f.raw = nil, nil
		raw, err := f.load(t.of)
		if err != nil {
			return nil, fmt.Errorf("tensor %q: %w", name, err)
		}
		f.last, f.raw = t.of, raw
	}
	return t.gather(f.raw), nil
}

// storages gathers what a pickle refers to, each once.
type storages map[string]*storage

func (s storages) load(id types.Tuple) (any, error) {
	n, err := newStorage(id)
	if err != nil {
		return nil, err
	}
	if had := s[n.key]; had != nil {
		if *had != *n {
			return nil, fmt.Errorf("the pickle refers to storage %q in two ways", n.key)
		}
		return had, nil
	}
	s[n.key] = n
	return n, nil
}

// The limits of dicts within dicts.
const (
	maxDepth = 12
	maxItems = 1 << 20
)

// collect names the tensors of the unpickled object.
func (f *File) collect(root any) error {
	f.Tensors = map[string]*Tensor{}
	items := 0
	var walk func(name string, v any, depth int) error
	walk = func(name string, v any, depth int) error {
		if items++; items > maxItems || depth > maxDepth {
			return errors.New("the dicts in the file are nested too deep, or too many")
		}
		var entries types.Dict
		switch x := v.(type) {
		case *Tensor:
			f.Tensors[name] = x
		case *types.Dict:
			entries = *x
		case *dict:
			entries = *x.Dict
		case *types.OrderedDict: // of protocol 4 and later
			for e := x.List.Front(); e != nil; e = e.Next() {
				entry := e.Value.(*types.OrderedDictEntry)
				entries.Set(entry.Key, entry.Value)
			}
		}
		for _, e := range entries {
			key, ok := e.Key.(string)
			if !ok {
				continue // an optimiser's state goes by numbers
			}
			if name != "" {
				key = name + "." + key
			}
			if err := walk(key, e.Value, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	if err := walk("", root, 0); err != nil {
		return err
	}
	if len(f.Tensors) == 0 {
		return errors.New("there is no tensor in it: save the weights, torch.save(model.state_dict(), \"weights.pth\")")
	}
	return nil
}
