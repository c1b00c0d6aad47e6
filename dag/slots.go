package dag

import (
	"context"
	"fmt"

	"golang.org/x/sync/semaphore"
)

// slots are what stages share: places to work in, GPUs, and places to look for results in (which reads files, and so
// has a limit too, but must not wait for hours of somebody's work).
type slots struct {
	jobs, gpus, looks *semaphore.Weighted
	allGPUs           int
}

func (e *Engine) newSlots() slots {
	weighted := func(n int) *semaphore.Weighted { return semaphore.NewWeighted(int64(n)) }
	return slots{jobs: weighted(e.jobs()), gpus: weighted(e.GPUs), looks: weighted(orCores(0)), allGPUs: e.GPUs}
}

// take waits for GPUs and then for a place to work in, so that nobody holds a place while waiting for a GPU.
func (s slots) take(ctx context.Context, gpus int) (release func(), err error) {
	n := int64(min(gpus, s.allGPUs))
	if n > 0 { // acquiring nothing would still queue behind those that wait for GPUs
		if err := s.gpus.Acquire(ctx, n); err != nil {
			return nil, err
		}
	}
	if err := s.jobs.Acquire(ctx, 1); err != nil {
		s.gpus.Release(n)
		return nil, err
	}
	return func() {
		s.jobs.Release(1)
		s.gpus.Release(n)
	}, nil
}

// warnOfGPUs says which stages ask for more GPUs than there are; they share what is there.
func (r *runner) warnOfGPUs() {
	for _, n := range r.nodes {
		if n.GPU > r.GPUs {
			r.rec.emit(Event{Stage: n.Name, What: Warned, Text: gpuText(n.GPU, r.GPUs)})
		}
	}
}

func gpuText(want, have int) string {
	if have == 0 {
		return fmt.Sprintf("it asks for %d GPU, and none is set up here: it runs without", want)
	}
	return fmt.Sprintf("it asks for %d GPUs, and there are %d: it takes them all", want, have)
}
