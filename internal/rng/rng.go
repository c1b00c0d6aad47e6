// Package rng gives seeded random streams that are the same on every machine.
package rng

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
)

// New gives the random stream for a seed and a path of names and numbers: equal arguments give equal streams, and
// streams of different arguments are independent. Give every item of a parallel loop its own (its id or index in the
// path), so that results don't depend on the order of work.
func New(seed uint64, path ...any) *rand.Rand {
	h := sha256.New()
	field := func(b []byte) {
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(b))))
		h.Write(b)
	}
	field(binary.LittleEndian.AppendUint64(nil, seed))
	for _, p := range path {
		switch v := p.(type) {
		case string:
			field([]byte("s" + v))
		case int:
			field(binary.LittleEndian.AppendUint64([]byte("i"), uint64(v)))
		default:
			panic("rng: a path is made of strings and ints")
		}
	}
	return rand.New(rand.NewChaCha8([32]byte(h.Sum(nil))))
}
