package array

import (
	"encoding/binary"
	"math/rand/v2"
	"runtime"
	"testing"

	"pgregory.net/rapid"
)

// The references here know an array as a function of its index: each element is looked up by itself.

var sizes = []int{1, 2, 4, 8, 16}

// filled is an array of n elements, all different as far as their size allows, and never 0.
func filled(n, size int) []byte {
	b := make([]byte, n*size)
	for i := range n {
		var word [16]byte
		binary.LittleEndian.PutUint64(word[:], uint64(i)*2654435761+1)
		binary.LittleEndian.PutUint64(word[8:], uint64(i)+1)
		copy(b[i*size:(i+1)*size], word[:])
		b[i*size] |= 1
	}
	return b
}

// each calls f with every index of an array, in order, and its place.
func each(dims []int, f func(index []int, at int)) {
	index := make([]int, len(dims))
	for at := range product(dims) {
		f(index, at)
		for i := len(dims) - 1; i >= 0; i-- {
			if index[i]++; index[i] < dims[i] {
				break
			}
			index[i] = 0
		}
	}
}

// place is where an index lies.
func flat(dims, index []int) int {
	at := 0
	for i, d := range dims {
		at = at*d + index[i]
	}
	return at
}

// element is element i of b.
func element(b []byte, size, i int) []byte { return b[i*size : (i+1)*size] }

// dimensions draws those of an array of some thousand elements at most, among them 0 and 1.
func dimensions(t *rapid.T) []int {
	rank := rapid.IntRange(0, 5).Draw(t, "rank")
	dims := make([]int, rank)
	n := 1
	for i := range dims {
		dims[i] = rapid.SampledFrom([]int{0, 1, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33, 70}).Draw(t, "dim")
		dims[i] = min(dims[i], max(1, 20000/max(1, n)))
		n *= dims[i]
	}
	return dims
}

// workers runs f with one and with several processors; what it returns must be the same.
func workers(t interface{ Fatalf(string, ...any) }, f func() []byte) []byte {
	old := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(old)
	one := f()
	runtime.GOMAXPROCS(4)
	if several := f(); string(one) != string(several) {
		t.Fatalf("4 workers make another result than one")
	}
	return one
}

// equal compares arrays element by element.
func equal(t *rapid.T, got, want []byte, size int, dims []int) {
	if len(got) != len(want) {
		t.Fatalf("%d bytes, not %d", len(got), len(want))
	}
	each(dims, func(index []int, at int) {
		if g, w := element(got, size, at), element(want, size, at); string(g) != string(w) {
			t.Fatalf("element %v of %v is %x, not %x", index, dims, g, w)
		}
	})
}

func permutation(t *rapid.T, n int) []int {
	return rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "permutation"), 0)).Perm(n)
}

func bench(b *testing.B, bytes int, f func()) {
	b.SetBytes(int64(bytes))
	for b.Loop() {
		f()
	}
}
