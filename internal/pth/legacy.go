package pth

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/big"

	"github.com/nlpodyssey/gopickle/types"
)

// What torch.serialization begins a legacy file with.
var magicNumber, _ = new(big.Int).SetString("1950a86a20f9469cfc6c", 16)

const legacyProtocol = 1001

// openLegacy reads the format before PyTorch 1.6: pickles of a magic number, a protocol number, facts about the machine,
// the object and the keys of its storages; then each storage, its count in 8 bytes and its numbers.
func openLegacy(r io.ReaderAt, size int64) (*File, error) {
	in := newCursor(io.NewSectionReader(r, 0, size))
	if err := legacyHead(in); err != nil {
		return nil, err
	}
	all := storages{}
	root, err := unpickle(in, all.load)
	if err != nil {
		return nil, err
	}
	keys, err := unpickle(in, nil)
	if err != nil {
		return nil, err
	}
	list, ok := keys.(*types.List)
	if !ok {
		return nil, errors.New("the keys of the storages are no list")
	}
	at := map[*storage]int64{}
	next := in.at
	for _, k := range *list {
		key, _ := k.(string)
		s := all[key]
		if s == nil {
			return nil, fmt.Errorf("the file has a storage %s that no tensor is of", shown(k))
		}
		var count [8]byte
		if _, err := r.ReadAt(count[:], next); err != nil {
			return nil, fmt.Errorf("the file ends before storage %q", key)
		}
		if n := binary.LittleEndian.Uint64(count[:]); n != uint64(s.count) {
			return nil, fmt.Errorf("storage %q has %d numbers, not %d", key, n, s.count)
		}
		at[s] = next + 8
		if next += 8 + s.count*s.size; next > size {
			return nil, fmt.Errorf("the file ends in storage %q: it has %d bytes, and needs %d and more", key, size, next)
		}
	}
	f := &File{load: func(s *storage) ([]byte, error) {
		begin, ok := at[s]
		if !ok {
			return nil, fmt.Errorf("the file has no storage %q", s.key)
		}
		raw := make([]byte, s.count*s.size)
		_, err := r.ReadAt(raw, begin)
		if errors.Is(err, io.EOF) {
			err = nil // it ends with the file
		}
		return raw, err
	}}
	return f, f.collect(root)
}

// legacyHead reads the first three pickles.
func legacyHead(in *cursor) error {
	magic, err := unpickle(in, nil)
	if err != nil {
		return err
	}
	if m, ok := magic.(*big.Int); !ok || m.Cmp(magicNumber) != 0 {
		return errors.New("a pickle, but torch.save didn't write it: save the weights, torch.save(model.state_dict(), \"weights.pth\")")
	}
	protocol, err := unpickle(in, nil)
	if err != nil {
		return err
	}
	if n, ok := integer(protocol); !ok || n != legacyProtocol {
		return fmt.Errorf("torch.save's protocol %s is not %d", shown(protocol), legacyProtocol)
	}
	machine, err := unpickle(in, nil)
	if err != nil {
		return err
	}
	if d, ok := machine.(*types.Dict); ok {
		if little, said := d.Get("little_endian"); said && little != true {
			return errors.New("numbers of a big-endian machine can't be read here")
		}
	}
	return nil
}
