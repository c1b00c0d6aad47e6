package store

import "hash/maphash"

// paths numbers paths in the order they come, from 0. Of a million it needs some 80 MB, and holds nothing for the garbage
// collector to follow. It is not safe for use by several goroutines.
type paths struct {
	seed  maphash.Seed
	first map[uint64]uint32 // the number of the first path with a hash, plus 1
	place pages[pathPlace]  // by number
	text  [][]byte          // blocks of paths, one behind the other
	count uint32
}

type pathPlace struct {
	block, from, size uint32
	next              uint32 // the number, plus 1, of another path with the same hash
}

// textBlock is the usual size of a block: many paths, and little that is left over.
const textBlock = 1 << 18

func newPaths() paths { return paths{seed: maphash.MakeSeed(), first: map[uint64]uint32{}} }

// number gives the number of a path, a new one if it has none.
func (p *paths) number(path string) uint32 {
	h := maphash.String(p.seed, path)
	for n := p.first[h]; n != 0; n = p.place.at(n - 1).next {
		if string(p.path(n-1)) == path {
			return n - 1
		}
	}
	if last := len(p.text) - 1; last < 0 || cap(p.text[last])-len(p.text[last]) < len(path) {
		p.text = append(p.text, make([]byte, 0, max(textBlock, len(path))))
	}
	last := len(p.text) - 1
	n := p.count
	p.count++
	*p.place.at(n) = pathPlace{uint32(last), uint32(len(p.text[last])), uint32(len(path)), p.first[h]}
	p.text[last] = append(p.text[last], path...)
	p.first[h] = n + 1
	return n
}

// path gives the path with a number; it must not be changed.
func (p *paths) path(n uint32) []byte {
	at := p.place.at(n)
	return p.text[at.block][at.from:][:at.size]
}

// pages is a slice that grows without being copied. What was not set is the zero value.
type pages[T any] []*[pageSize]T

const pageSize = 1 << 12

func (p *pages[T]) at(i uint32) *T {
	for int(i/pageSize) >= len(*p) {
		*p = append(*p, new([pageSize]T))
	}
	return &(*p)[i/pageSize][i%pageSize]
}
