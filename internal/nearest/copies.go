package nearest

import (
	"encoding/binary"
	"hash/maphash"
	"math"
	"slices"
)

// findCopies fills first, so that distances to rows with equal bytes are computed once: with a collapsed encoder that
// is nearly all of them.
func (s *Space) findCopies() {
	s.first = make([]int32, s.Len())
	seed := maphash.MakeSeed() // results don't depend on it: equal hashes are compared
	seen := make(map[uint64][]int32, s.Len())
	buf := make([]byte, 4*s.Dim)
	for i := range s.first {
		for j, v := range s.Row(i) {
			binary.LittleEndian.PutUint32(buf[4*j:], math.Float32bits(v))
		}
		h := maphash.Bytes(seed, buf)
		s.first[i] = int32(i)
		same := slices.IndexFunc(seen[h], func(j int32) bool { return slices.Equal(s.Row(i), s.Row(int(j))) })
		if same >= 0 {
			s.first[i] = seen[h][same]
		} else {
			seen[h] = append(seen[h], int32(i))
		}
	}
}

// memo remembers the distances of one query to rows, by the first row of equal bytes.
type memo struct {
	distance []float64
	query    []int32 // the query the distance is of, plus one
}

func newMemo(n int) *memo { return &memo{distance: make([]float64, n), query: make([]int32, n)} }

func (m *memo) get(s *Space, query, row int32) float64 {
	f := s.first[row]
	if m.query[f] != query+1 {
		m.distance[f], m.query[f] = s.Distance(int(query), int(f)), query+1
	}
	return m.distance[f]
}
