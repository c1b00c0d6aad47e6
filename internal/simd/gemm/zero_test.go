package gemm

import (
	"sync"
	"testing"
)

// TestZeroRow: more and more zeros, asked for from several goroutines; what was given before stays.
func TestZeroRow(t *testing.T) {
	bases := [][]float32{make([]float32, 3), random(1000), nil}
	type given struct {
		base []float32
		off  int
		n    int
	}
	var (
		wg   sync.WaitGroup
		lock sync.Mutex
		all  []given
	)
	for w := range 4 {
		wg.Go(func() {
			for n := 1 + w; n < 1<<18; n *= 3 {
				base := bases[n%len(bases)]
				g := given{base, ZeroRow(base, n), n}
				lock.Lock()
				all = append(all, g)
				lock.Unlock()
			}
		})
	}
	wg.Wait()
	for _, g := range all {
		row := piece(g.base, g.off, g.n)
		if len(row) != g.n {
			t.Fatalf("%d zeros of %d", len(row), g.n)
		}
		for _, v := range row {
			if v != 0 {
				t.Fatal("not zero")
			}
		}
	}
}

// TestOffsetOutside: plain Go takes no offset that is neither in A nor ZeroRow's.
func TestOffsetOutside(t *testing.T) {
	a := make([]float32, 10)
	for _, off := range []int{-1, 8, 1 << 40, ZeroRow(a, 1) - 1} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("offset %d: no panic", off)
				}
			}()
			piece(a, off, 3)
		}()
	}
}
