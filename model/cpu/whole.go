package cpu

import (
	"fmt"
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
)

// wholeExecutable runs a graph on the Go backend as a whole: one with axes whose size is known only at execution.
type wholeExecutable struct {
	backend *Backend
	compute.Executable
	params int
	ended  bool
	use    sync.RWMutex // held for reading by executions, for writing by Finalize
}

func compileWhole(b *builder) (compute.Executable, error) {
	gb := b.backend.tail.Builder(b.name)
	out, err := newReplay().body(b.main, gb.Main(), nil)
	if err != nil {
		return nil, err
	}
	for i := range out { // the Go backend panics if all results are older than some parameter
		if out[i], err = gb.Main().Identity(out[i]); err != nil {
			return nil, err
		}
	}
	if err := gb.Main().Return(out, nil); err != nil {
		return nil, err
	}
	e, err := gb.Compile()
	if err != nil {
		return nil, err
	}
	return &wholeExecutable{backend: b.backend, Executable: e, params: len(b.main.params)}, nil
}

// Execute implements compute.Executable, as executable's does.
func (e *wholeExecutable) Execute(inputs []compute.Buffer, donate []bool, _ compute.DeviceNum) (out []compute.Buffer, err error) {
	e.use.RLock()
	defer e.use.RUnlock()
	if e.ended {
		return nil, fmt.Errorf("execute %s: it was finalized before", unknownSizes)
	}
	bufs, err := checkInputs(e.params, inputs, donate)
	if err == nil {
		err = claim(bufs, donate)
	}
	if err != nil {
		return nil, fmt.Errorf("execute %s: %w", unknownSizes, err)
	}
	defer forget(bufs, donate)
	inner := make([]compute.Buffer, len(bufs))
	for i, buf := range bufs {
		inner[i] = buf.inner
	}
	defer catch(unknownSizes, &err)
	results, err := e.Executable.Execute(inner, nil, 0)
	if err != nil {
		return nil, err
	}
	return e.wrapAll(results)
}

// Finalize implements compute.Executable. It waits for executions that run.
func (e *wholeExecutable) Finalize() {
	e.use.Lock()
	defer e.use.Unlock()
	if !e.ended {
		e.ended = true
		e.Executable.Finalize()
	}
}

func (e *wholeExecutable) wrapAll(results []compute.Buffer) ([]compute.Buffer, error) {
	out := make([]compute.Buffer, len(results))
	for i, r := range results {
		var shape shapes.Shape
		shape, err := r.Shape()
		if err != nil {
			return nil, err
		}
		if out[i], err = e.backend.wrap(r, shape); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// unknownSizes names such a graph in error messages.
var unknownSizes = named("graph with axes of unknown size")

type named string

func (n named) String() string { return string(n) }
