package photodecode

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"fashionpipe/internal/imaging"
)

// Workers that take file and decoding of photos of all sizes, as decode does, must never hold more than peak. Nothing
// is allocated.
func TestPeak(t *testing.T) {
	files, decoding := newBudget(fileBudget), newBudget(decodeBudget)
	var held, most atomic.Int64
	hold := func(n int64) {
		now := held.Add(n)
		for m := most.Load(); now > m && !most.CompareAndSwap(m, now); m = most.Load() {
		}
	}
	var wg sync.WaitGroup
	for w := range 16 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(w), 1))
			for range 30 {
				file := min(int64(1)<<(10+r.IntN(19)), maxFile)
				need := r.Int64N(maxPhoto)
				if r.IntN(3) > 0 {
					need >>= 4
				}
				if affordable(imaging.Info{}, file, need) != nil {
					continue
				}
				releaseFile, err := files.acquire(t.Context(), file)
				if err != nil {
					t.Error(err)
					return
				}
				hold(file)
				release, err := decoding.acquire(t.Context(), need)
				if err != nil {
					t.Error(err)
					return
				}
				hold(need)
				held.Add(-need)
				release()
				held.Add(-file)
				releaseFile()
			}
		})
	}
	wg.Wait()
	if most.Load() > peak || most.Load() < decodeBudget {
		t.Errorf("%d MB were held at once; the bound is %d MB, and the test should come near it", most.Load()>>20, peak>>20)
	}
}

func TestAffordable(t *testing.T) {
	for _, c := range []struct {
		file, decoding int64
		ok             bool
	}{{0, maxPhoto, true}, {1, maxPhoto, false}, {maxFile, maxPhoto - maxFile, true}, {maxFile, maxPhoto - maxFile + 1, false}} {
		if err := affordable(imaging.Info{Format: "png"}, c.file, c.decoding); (err == nil) != c.ok {
			t.Errorf("a file of %d bytes and %d to decode it: %v", c.file, c.decoding, err)
		}
	}
}
