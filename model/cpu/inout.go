package cpu

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
)

// checkInputs gives the inputs as buffers of this backend that are alive, as many as there are parameters.
func checkInputs(params int, inputs []compute.Buffer, donate []bool) ([]*Buffer, error) {
	if len(inputs) != params {
		return nil, fmt.Errorf("%d inputs given, it takes %d", len(inputs), params)
	}
	if len(donate) != 0 && len(donate) != len(inputs) {
		return nil, fmt.Errorf("%d donations for %d inputs", len(donate), len(inputs))
	}
	bufs := make([]*Buffer, len(inputs))
	for i, in := range inputs {
		buf, ok := in.(*Buffer)
		if !ok {
			return nil, fmt.Errorf("input %d (%T) is not a buffer of backend %s", i, in, Name)
		}
		if err := buf.check(); err != nil {
			return nil, fmt.Errorf("input %d: %w", i, err)
		}
		bufs[i] = buf
	}
	return bufs, nil
}

func (e *executable) check(inputs []compute.Buffer, donate []bool) ([]*Buffer, error) {
	bufs, err := checkInputs(len(e.params), inputs, donate)
	if err != nil {
		return nil, err
	}
	for i, buf := range bufs {
		if want := e.params[i].shape; buf.shape.DType != want.DType || !buf.shape.EqualDimensions(want) {
			return nil, fmt.Errorf("input %d: parameter %q has shape %s, not %s", i, e.params[i].node.attrs, want, buf.shape)
		}
	}
	return bufs, nil
}

// enter puts the inputs in their place. A donated buffer's memory is free for use unless it was given twice.
func (f *frame) enter(bufs []*Buffer, donate []bool) {
	times := make(map[*Buffer]int, len(bufs))
	for _, b := range bufs {
		times[b]++
	}
	for i, b := range bufs {
		st := f.e.stores.of[f.e.params[i]]
		f.bufs[st.id], f.flat[st.id] = b.inner, b.flat
		f.mine[st.id] = len(donate) > 0 && donate[i] && times[b] == 1
	}
	forget(bufs, donate)
}

// claim marks the inputs that are donated as given away: all, or none if another execution or Finalize has one of
// them since it was checked.
func claim(bufs []*Buffer, donate []bool) error {
	var claimed []*Buffer
	for i, b := range bufs {
		if len(donate) == 0 || !donate[i] || slices.Contains(claimed, b) {
			continue
		}
		if !b.state.CompareAndSwap(live, donated) {
			for _, c := range claimed {
				c.state.Store(live)
			}
			return fmt.Errorf("input %d: buffer of shape %s was donated or finalized meanwhile", i, b.shape)
		}
		claimed = append(claimed, b)
	}
	return nil
}

// forget lets go of the memory of buffers that were claimed.
func forget(bufs []*Buffer, donate []bool) {
	for i, b := range bufs {
		if len(donate) > 0 && donate[i] {
			b.inner, b.flat = nil, nil
		}
	}
}

// leave collects the outputs.
func (f *frame) leave() ([]compute.Buffer, error) {
	out := make([]compute.Buffer, len(f.e.results))
	for i, r := range f.e.results {
		inner := f.bufs[r.st.id]
		if !r.own || r.st.kind == inParam && !f.mine[r.st.id] {
			var err error
			if inner, err = f.copyOf(r); err != nil {
				return nil, err
			}
		}
		buf, err := f.e.backend.wrap(inner, r.shape)
		if err != nil {
			return nil, err
		}
		out[i] = buf
	}
	for _, r := range f.e.results {
		if r.own {
			f.mine[r.st.id] = false // the caller's now
		}
	}
	for _, st := range f.e.stores.list {
		f.drop(st)
	}
	return out, nil
}

func (f *frame) copyOf(r result) (compute.Buffer, error) {
	inner, err := f.e.backend.newInner(r.shape)
	if err != nil {
		return nil, err
	}
	flat, err := inner.Data()
	if err != nil {
		return nil, err
	}
	dtypes.CopyAnySlice(flat, f.flat[r.st.id])
	return inner, nil
}
