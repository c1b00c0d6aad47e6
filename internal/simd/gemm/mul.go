package gemm

import (
	"fmt"
	"sync"

	"fashionpipe/internal/parallel"
)

// The blocks of a product. Lengths of K blocks decide the order of a sum, so they depend on the sum's length alone.
const (
	maxDepth  = 512     // of a block of K: a panel of 32 columns is 64 KB then, streamed from the second level cache
	blockCols = 256     // of a block of columns: 512 KB packed, half a second level cache
	serialOps = 1 << 21 // multiplications up to which a second core is not worth its start
)

// Mul computes dst = [dst +] a·b, of a.Rows×b.Cols with rows ldc apart, on all cores. Its sums run over blocks of K of up
// to 512 numbers; blocks are added in their order, dst, with add, first.
func Mul(dst []float32, ldc int, a, b Matrix, add bool) {
	checkMul(dst, ldc, a, b)
	active.mul(dst, ldc, a, b, add)
}

// MulSerial is Mul in the calling goroutine. Scratch must be SerialScratch(a.Rows, a.Cols, b.Cols) long at least.
func MulSerial(dst []float32, ldc int, a, b Matrix, add bool, scratch []float32) {
	checkMul(dst, ldc, a, b)
	if need := SerialScratch(a.Rows, a.Cols, b.Cols); len(scratch) < need {
		panic(fmt.Sprintf("gemm: scratch of %d numbers, %d are needed", len(scratch), need))
	}
	active.product(dst, ldc, a, b, add, scratch)
}

// SerialScratch is the length of MulSerial's scratch for m×k times k×n.
func SerialScratch(m, k, n int) int { return active.scratch(m, k, n) }

func (kr kernel) scratch(_, k, n int) int {
	d := depth(k)
	return kr.packedLen(d, min(n, blockCols)) + max(kr.mr*(d+16), kr.nr/2*d)
}

// depth is the length of the blocks of a sum of k numbers: as even as they can be, in multiples of 8.
func depth(k int) int {
	blocks := max(1, (k+maxDepth-1)/maxDepth)
	return max(8, (k+8*blocks-1)/(8*blocks)*8)
}

var pool = sync.Pool{New: func() any { return new([]float32) }}

func borrow(n int) *[]float32 {
	s := pool.Get().(*[]float32)
	if len(*s) < n {
		*s = make([]float32, n)
	}
	return s
}

func (kr kernel) mul(dst []float32, ldc int, a, b Matrix, add bool) {
	m, n := a.Rows, b.Cols
	if m == 0 || n == 0 {
		return
	}
	if m*n*a.Cols <= serialOps || parallel.Workers() == 1 {
		s := borrow(kr.scratch(m, a.Cols, n))
		kr.product(dst, ldc, a, b, add, *s)
		pool.Put(s)
		return
	}
	rows, cols := pieces(m, n, 4*parallel.Workers())
	down, across := (m+rows-1)/rows, (n+cols-1)/cols
	parallel.For(down*across, func(_, i int) {
		r, c := i/across*rows, i%across*cols
		h, w := min(rows, m-r), min(cols, n-c)
		s := borrow(kr.scratch(h, a.Cols, w))
		kr.product(dst[r*ldc+c:], ldc, a.part(r, 0, h, a.Cols), b.part(0, c, b.Rows, w), add, *s)
		pool.Put(s)
	})
}

// pieces is the size of the pieces of a product of m×n that cores take: about as many as wanted, if they are not too
// small for it. Each core packs its piece's part of A and B for itself, which takes some hundredths of the time.
func pieces(m, n, wanted int) (rows, cols int) {
	rows, cols = 240, blockCols
	for (m+rows-1)/rows*((n+cols-1)/cols) < wanted {
		switch h, w := min(rows, m), min(cols, n); {
		case h*w <= 48*64:
			return rows, cols
		case h > w:
			rows = (rows/2 + 11) / 12 * 12 // whole tiles at every level
		default:
			cols /= 2
		}
	}
	return rows, cols
}

// product computes a product in the calling goroutine.
func (kr kernel) product(dst []float32, ldc int, a, b Matrix, add bool, scratch []float32) {
	k, d := a.Cols, depth(a.Cols)
	if a.Rows == 0 {
		return
	}
	for c := 0; c < b.Cols; c += blockCols {
		w := min(blockCols, b.Cols-c)
		for at := 0; at == 0 || at < k; at += d {
			h := min(d, k-at)
			size := kr.packedLen(h, w)
			kr.pack(scratch[:size], b.part(at, c, h, w))
			kr.block(dst[c:], ldc, a.part(0, at, a.Rows, h), w, scratch[:size], add || at > 0, scratch[size:])
		}
	}
}
