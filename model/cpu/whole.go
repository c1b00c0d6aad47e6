package cpu

import (
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
)

// wholeExecutable runs a graph on the Go backend as a whole: one with axes whose size is known only at execution.
type wholeExecutable struct {
	backend *Backend
	compute.Executable
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
	return &wholeExecutable{b.backend, e}, nil
}

// Execute implements compute.Executable.
func (e *wholeExecutable) Execute(inputs []compute.Buffer, donate []bool, _ compute.DeviceNum) (out []compute.Buffer, err error) {
	inner := make([]compute.Buffer, len(inputs))
	for i, in := range inputs {
		buf, ok := in.(*Buffer)
		if !ok {
			return nil, fmt.Errorf("execute: input %d (%T) is not a buffer of backend %s", i, in, Name)
		}
		if err := buf.check(); err != nil {
			return nil, fmt.Errorf("execute: input %d: %w", i, err)
		}
		inner[i] = buf.inner
	}
	defer catch(unknownSizes, &err)
	results, err := e.Executable.Execute(inner, nil, 0)
	if err != nil {
		return nil, err
	}
	for i, d := range donate {
		if d {
			buf := inputs[i].(*Buffer)
			buf.state.Store(donated)
			buf.inner, buf.flat = nil, nil
		}
	}
	return e.wrapAll(results)
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
