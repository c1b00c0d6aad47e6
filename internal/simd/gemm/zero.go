package gemm

import (
	"fmt"
	"sync"
	"sync/atomic"
	"unsafe"
)

// zeros are all blocks of zeros made so far, the longest last. Older ones stay: offsets to them are out.
var (
	zeros     atomic.Pointer[[][]float32]
	zerosLock sync.Mutex
)

var kept []float32 //nolint:unused // written where it never happens, see ZeroRow

func init() { zeros.Store(&[][]float32{make([]float32, 1<<14)}) }

// ZeroRow gives the offset from &base[0], counted in numbers, of at least n zeros: padding for Rows and Outer without
// copying. The offset holds for this base only. The zeros stay for the life of the process.
func ZeroRow(base []float32, n int) int {
	if n < 0 {
		kept = base // never; but it makes the compiler put base on the heap, where nothing moves
	}
	all := *zeros.Load()
	if len(all[len(all)-1]) < n {
		all = moreZeros(n)
	}
	return distance(base, all[len(all)-1])
}

func moreZeros(n int) [][]float32 {
	zerosLock.Lock()
	defer zerosLock.Unlock()
	all := *zeros.Load()
	if last := len(all[len(all)-1]); last < n {
		all = append(all[:len(all):len(all)], make([]float32, max(n, 2*last)))
		zeros.Store(&all)
	}
	return all
}

// distance counts numbers from base to x. All addresses of float32 are multiples of 4.
func distance(base, x []float32) int {
	return (int(uintptr(unsafe.Pointer(unsafe.SliceData(x)))) - int(uintptr(unsafe.Pointer(unsafe.SliceData(base))))) / 4
}

// piece is a[off:off+n], or n zeros where off is an offset that ZeroRow gave.
func piece(a []float32, off, n int) []float32 {
	if off >= 0 && n <= len(a)-off {
		return a[off : off+n]
	}
	for _, z := range *zeros.Load() {
		if at := off - distance(a, z); at >= 0 && n <= len(z)-at {
			return z[at : at+n]
		}
	}
	panic(fmt.Sprintf("gemm: offset %d: neither inside the %d numbers given (%d are read) nor one of ZeroRow's", off, len(a), n))
}
