package stages

import (
	"fashionpipe/dag"
	"fashionpipe/internal/nearest"
	"fashionpipe/model"
)

// offloadDoc is what the kinds say of it.
const offloadDoc = `If the backend is a GPU and there are many pairs, it screens them; those that its rounding leaves
undecided are recomputed on the processor, so the result is bitwise the same. The stage uses a GPU that is free at
that moment, and otherwise computes on the processor without waiting. With resources: {gpu: 1} it waits for a GPU of
its own; with {gpu: 0} it uses the first GPU together with whatever else runs there.`

// worthwhile is how many operations, for each core that would do them, are worth a GPU. A variable for tests.
var worthwhile = someSeconds

// someSeconds of our screens' time are about what opening a GPU and compiling for it take (docs/performance.md).
const someSeconds = 1e12

// How often rows are usually assigned, and walkers usually shift, until they rest.
const (
	usualIterations = 25
	usualShifts     = 4
)

// pairs is how many operations the distances between so many rows and so many others take.
func pairs(rows, others, dim int) float64 { return 2 * float64(rows) * float64(others) * float64(dim) }

// offload gives the backend's device to compute so many operations, nil where this processor is to: where the backend is
// one, or they are too few.
func offload(t *dag.Task, operations float64) (nearest.Device, error) {
	gpu, err := model.OnGPU(t.Backend)
	if err != nil || !gpu {
		return nil, err
	}
	if operations < worthwhile*float64(t.Workers) {
		t.Sayf("on this processor: too few distances for a GPU to pay")
		return nil, nil
	}
	devices := first(t.Devices)
	if t.Borrow != nil {
		device, ok := t.Borrow()
		if !ok {
			t.Sayf("on this processor: every GPU is in use")
			return nil, nil
		}
		devices = []int{device}
	}
	d, err := model.OpenDistances(t.Backend, devices...)
	if err != nil {
		return nil, err
	}
	t.Sayf("distances: %s", d.Describe())
	return d, nil
}

// first is the one GPU that a stage computes on which doesn't share its work, whatever it has.
func first(devices []int) []int { return devices[:min(1, len(devices))] }
