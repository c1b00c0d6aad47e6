package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// memoFile holds the digests of files outside the store: a line with the format, the number of entries, and per entry,
// in the order of their paths, how many bytes the path shares with the one before, the rest of it, the stamp and the
// digest. The SHA-256 of all that ends the file.
var memoFile = filepath.Join("memo", "files")

const memoMagic = "pipe files 1\n"

var errMemo = errors.New("its bytes are not those that were written")

func encodeMemo(m map[string]*memoEntry) []byte {
	b := []byte(memoMagic)
	b = binary.AppendUvarint(b, uint64(len(m)))
	last := ""
	for _, path := range slices.Sorted(maps.Keys(m)) {
		e := m[path]
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

func commonPrefix(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// readMemo reads a memo; one that is not there is empty.
func readMemo(path string) (map[string]*memoEntry, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return decodeMemo(b)
}

func decodeMemo(b []byte) (map[string]*memoEntry, error) {
	n := len(b) - sha256.Size
	if n < len(memoMagic) || string(b[:len(memoMagic)]) != memoMagic {
		return nil, errMemo
	}
	if sum := sha256.Sum256(b[:n]); !bytes.Equal(sum[:], b[n:]) {
		return nil, errMemo
	}
	r := &memoReader{b: b[len(memoMagic):n]}
	count := r.uvarint()
	m := make(map[string]*memoEntry, min(count, uint64(len(b)/sha256.Size)))
	entries := make([]memoEntry, 0, min(count, uint64(len(b)/sha256.Size)))
	last := ""
	for range count {
		same := r.uvarint()
		rest := r.bytes(r.uvarint())
		if r.bad || same > uint64(len(last)) {
			return nil, errMemo
		}
		last = last[:same] + string(rest)
		e := memoEntry{stamp: stamp{Size: r.varint(), Mtime: r.varint(), Ctime: r.varint(), Inode: r.uvarint()}}
		copy(e.sum[:], r.bytes(sha256.Size))
		if r.bad {
			return nil, errMemo
		}
		entries = append(entries, e)
		m[last] = &entries[len(entries)-1]
	}
	if len(r.b) != 0 {
		return nil, errMemo
	}
	return m, nil
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
