package gemm

import (
	"runtime/debug"
	"testing"
	"unsafe"

	"fashionpipe/internal/simd/fence"
)

// fenced is memory between two pages that must not be touched.
type fenced struct{ inside []byte }

func newFenced(t *testing.T, pages int) *fenced { return &fenced{fence.Memory[byte](t, pages)} }

// last are the n numbers before the upper fence, first those after the lower one.
func (f *fenced) last(n int) []float32  { return numbersOf(f.inside[len(f.inside)-4*n:]) }
func (f *fenced) first(n int) []float32 { return numbersOf(f.inside[:4*n]) }

func (f *fenced) lastInts(n int) []int {
	return unsafe.Slice((*int)(unsafe.Pointer(unsafe.SliceData(f.inside[len(f.inside)-8*n:]))), n)
}

func numbersOf(b []byte) []float32 {
	return unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/4)
}

// notOutside turns a fault into a failure.
func notOutside(t *testing.T, what string, args ...int) {
	t.Helper()
	if r := recover(); r != nil {
		t.Fatalf("%s %v: %v", what, args, r)
	}
}

// TestNothingOutside: tiles and packing touch nothing before or behind their operands.
func TestNothingOutside(t *testing.T) {
	a, b, c, off := newFenced(t, 2), newFenced(t, 8), newFenced(t, 2), newFenced(t, 1)
	everyLevel(t, func(t *testing.T, k kernel) {
		defer debug.SetPanicOnFault(debug.SetPanicOnFault(true)) // of this goroutine
		for rows := 1; rows <= k.mr; rows++ {
			for cols := 1; cols <= k.nr; cols++ {
				for _, n := range []int{1, 3, 4, 6} {
					fenceRows(t, k, rows, cols, n, a, b, c, off)
					fenceOuter(t, k, rows, cols, n, a, b, c, off)
				}
			}
		}
		for _, n := range []int{1, 7, 8, 17} {
			for cols := 1; cols <= k.nr+1; cols++ {
				fencePack(t, k, n, cols, a, b)
			}
		}
	})
}

func fenceRows(t *testing.T, k kernel, rows, cols, run int, a, b, c, off *fenced) {
	defer notOutside(t, "rows", rows, cols, run)
	const taps = 2
	offsets := off.lastInts((taps-1)*k.mr + rows)
	for i := range offsets {
		offsets[i] = (i / k.mr) * (i % k.mr % 3) * run
	}
	add := rows%2 == 0
	k.rows(c.last((rows-1)*k.nr+cols), k.nr, rows, cols, a.last(3*run), offsets, taps, run, b.last(taps*run*k.nr), add)
	k.rows(c.first((rows-1)*k.nr+cols), k.nr, rows, cols, a.first(3*run), offsets, taps, run, b.first(taps*run*k.nr), !add)
}

func fenceOuter(t *testing.T, k kernel, rows, cols, n int, a, b, c, off *fenced) {
	defer notOutside(t, "outer", rows, cols, n)
	offsets := off.lastInts(n)
	for i := range offsets {
		offsets[i] = i * rows
	}
	add := rows%2 == 0
	k.outer(c.last((rows-1)*k.nr+cols), k.nr, rows, cols, a.last(n*rows), offsets, b.last(n*cols), cols, add)
	k.outer(c.first((rows-1)*k.nr+cols), k.nr, rows, cols, a.first(n*rows), offsets, b.first(n*cols), cols, !add)
}

func fencePack(t *testing.T, k kernel, n, cols int, a, b *fenced) {
	defer notOutside(t, "pack", n, cols)
	for _, m := range []Matrix{
		{a.last(n * cols), n, cols, cols, 1}, {a.first(n * cols), n, cols, cols, 1},
		{a.last(n * cols), n, cols, 1, n}, {a.first(n * cols), n, cols, 1, n},
	} {
		k.pack(b.last(k.packedLen(n, cols)), m)
		k.pack(b.first(k.packedLen(n, cols)), m)
	}
	half := min(cols, k.nr/2)
	k.copyRows(b.last(n*k.nr/2), k.nr/2, Matrix{a.last(n * half), n, half, half, 1})
}
