package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
)

// memo holds the digests of files outside the store.
type memo struct {
	names   paths            // absolute
	entries pages[memoEntry] // by the numbers of names
}

type memoEntry struct {
	stamp stamp
	sum   Sum
	known bool // or else all of it is zero
	used  bool // by this process
}

func newMemo() *memo { return &memo{names: newPaths()} }

// all gives the entries there are, with the numbers of their paths.
func (m *memo) all() iter.Seq2[uint32, *memoEntry] {
	return func(yield func(uint32, *memoEntry) bool) {
		for n := range m.names.count {
			if e := m.entries.at(n); e.known && !yield(n, e) {
				return
			}
		}
	}
}

// memoFile is where the memo lies: a line with the format, the number of entries, and per entry how many bytes its path
// shares with the one before, the rest of it, the stamp and the digest. The SHA-256 of all that ends the file.
var memoFile = filepath.Join("memo", "files")

const memoMagic = "pipe files 1\n"

var errMemo = errors.New("its bytes are not those that were written")

func encodeMemo(m *memo) []byte {
	count := 0
	for range m.all() {
		count++
	}
	const usual = 90 // bytes of an entry
	b := append(make([]byte, 0, usual*(count+1)), memoMagic...)
	b = binary.AppendUvarint(b, uint64(count))
	var last []byte
	for n, e := range m.all() {
		path := m.names.path(n)
		same := commonPrefix(last, path)
		b = binary.AppendUvarint(b, uint64(same))
		b = binary.AppendUvarint(b, uint64(len(path)-same))
		b = append(b, path[same:]...)
		b = binary.AppendVarint(b, e.stamp.Size)
		b = binary.AppendVarint(b, e.stamp.Mtime)
		b = binary.AppendVarint(b, e.stamp.Ctime)
		b = binary.AppendUvarint(b, e.stamp.Inode)
		b = append(b, e.sum[:]...)
		last = path
	}
	sum := sha256.Sum256(b)
	return append(b, sum[:]...)
}

func commonPrefix(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// take adds the entries of a file whose paths have none yet. A file that is not there has no entries.
func (m *memo) take(file string) error {
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return m.decode(b)
}

// decode adds entries as take does. Of a file that is damaged it adds none.
func (m *memo) decode(b []byte) error {
	n := len(b) - sha256.Size
	if n < len(memoMagic) || string(b[:len(memoMagic)]) != memoMagic {
		return errMemo
	}
	if sum := sha256.Sum256(b[:n]); !bytes.Equal(sum[:], b[n:]) {
		return errMemo
	}
	body := b[len(memoMagic):n]
	if err := eachEntry(body, func([]byte, memoEntry) {}); err != nil {
		return err
	}
	return eachEntry(body, func(path []byte, e memoEntry) {
		if mine := m.entries.at(m.names.number(string(path))); !mine.known {
			*mine = e
		}
	})
}

func eachEntry(body []byte, use func(path []byte, e memoEntry)) error {
	r := &memoReader{b: body}
	count := r.uvarint()
	var path []byte
	for range count {
		same := r.uvarint()
		rest := r.bytes(r.uvarint())
		if r.bad || same > uint64(len(path)) {
			return errMemo
		}
		path = append(path[:same], rest...)
		e := memoEntry{stamp: stamp{Size: r.varint(), Mtime: r.varint(), Ctime: r.varint(), Inode: r.uvarint()}, known: true}
		copy(e.sum[:], r.bytes(sha256.Size))
		if r.bad {
			return errMemo
		}
		use(path, e)
	}
	if len(r.b) != 0 {
		return errMemo
	}
	return nil
}

// memoReader reads fields until one is not there, and remembers that.
type memoReader struct {
	b   []byte
	bad bool
}

func (r *memoReader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	return v * r.skip(n)
}

func (r *memoReader) varint() int64 {
	v, n := binary.Varint(r.b)
	return v * int64(r.skip(n))
}

// skip drops n bytes and gives 1, or 0 when there was no number.
func (r *memoReader) skip(n int) uint64 {
	if n <= 0 {
		r.bad = true
		return 0
	}
	r.b = r.b[n:]
	return 1
}

func (r *memoReader) bytes(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.bad = true
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}
