package nearest

import (
	"hash/maphash"
	"slices"
	"unsafe"
)

// findCopies fills first, so that distances to rows with equal bytes are computed once: with a collapsed encoder that
// is nearly all of them.
func (s *Space) findCopies() {
	s.first = make([]int32, s.Len())
	seed := maphash.MakeSeed() // results don't depend on it: equal hashes are compared
	hashes := make([]uint64, s.Len())
	byRows(s.Len(), func(i int) { hashes[i] = maphash.Bytes(seed, bytesOf(s.Row(i))) })
	seen := make(map[uint64][]int32, s.Len())
	for i, h := range hashes {
		s.first[i] = int32(i)
		same := slices.IndexFunc(seen[h], func(j int32) bool { return slices.Equal(s.Row(i), s.Row(int(j))) })
		if same >= 0 {
			s.first[i], s.copied = seen[h][same], true
		} else {
			seen[h] = append(seen[h], int32(i))
		}
	}
}

// memo remembers the distances of one query to rows, by the first row of equal bytes.
type memo struct {
	s        *Space
	distance []float64
	query    []int32 // the query the distance is of, plus one
}

func newMemo(s *Space) *memo {
	if !s.copied {
		return &memo{s: s}
	}
	return &memo{s, make([]float64, s.Len()), make([]int32, s.Len())}
}

func (m *memo) get(query, row int32) float64 {
	if !m.s.copied {
		return m.s.Distance(int(query), int(row))
	}
	f := m.s.first[row]
	if m.query[f] != query+1 {
		m.distance[f], m.query[f] = m.s.Distance(int(query), int(f)), query+1
	}
	return m.distance[f]
}

// equal finds, for each of the positions listed, the first of the list with the same numbers. It also lists these.
func (p *Places) equal(list []int32) (first, distinct []int32) {
	first = make([]int32, len(list))
	seed := maphash.MakeSeed() // results don't depend on it: equal hashes are compared
	seen := make(map[uint64][]int32, len(list))
	for i, q := range list {
		h := maphash.Bytes(seed, bytesOf(p.row(int(q))))
		same := slices.IndexFunc(seen[h], func(j int32) bool { return slices.Equal(p.row(int(q)), p.row(int(j))) })
		if same >= 0 {
			first[i] = seen[h][same]
			continue
		}
		first[i], distinct = q, append(distinct, q)
		seen[h] = append(seen[h], q)
	}
	return first, distinct
}

// bytesOf is the memory of x.
func bytesOf(x []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), 4*len(x))
}
