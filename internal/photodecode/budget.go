package photodecode

import (
	"context"
	"fmt"
	"runtime"

	"fashionpipe/internal/imaging"

	"golang.org/x/sync/semaphore"
)

// Bounds of memory, in bytes. At any time the files being worked on take fileBudget, and decoding them decodeBudget; what
// needs more has its budget to itself. A photo may take up to maxPhoto, file and decoding together, and a file maxFile.
// So all photos together take no more than peak, whatever their number and that of the workers: a file larger than
// fileBudget is alone, and any other has a decoding of at most maxPhoto beside fileBudget.
const (
	fileBudget   = 32 << 20
	decodeBudget = 128 << 20
	maxFile      = 200 << 20
	maxPhoto     = 320 << 20
	peak         = fileBudget + maxPhoto
)

// affordable says whether a photo stays within maxPhoto.
func affordable(info imaging.Info, file, decoding int64) error {
	if file+decoding <= maxPhoto {
		return nil
	}
	return fmt.Errorf("a %s of %d×%d pixels takes %d MB of memory, and at most %d MB are given: scale it down, or save it as a baseline JPEG",
		info.Format, info.Width, info.Height, (file+decoding)>>20, maxPhoto>>20)
}

// budget is an amount of memory that goroutines share.
type budget struct {
	bytes int64
	left  *semaphore.Weighted
}

func newBudget(bytes int64) budget { return budget{bytes, semaphore.NewWeighted(bytes)} }

// acquire waits until n bytes are free, or all of them if n is more, and gives what to call when they are free again.
func (b budget) acquire(ctx context.Context, n int64) (release func(), err error) {
	weight := min(n, b.bytes)
	if err := b.left.Acquire(ctx, weight); err != nil {
		return nil, err
	}
	return func() {
		if n > b.bytes/4 {
			runtime.GC() // or the next large photo comes on top of this one's garbage
		}
		b.left.Release(weight)
	}, nil
}
