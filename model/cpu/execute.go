package cpu

import (
	"fmt"
	"slices"
	"time"

	"github.com/gomlx/compute"
)

// Execute implements compute.Executable. It may be called from several goroutines at once. Inputs marked in donate
// are invalid afterwards, also when it fails, save when it fails because the inputs are wrong; their memory may become
// outputs.
func (e *executable) Execute(inputs []compute.Buffer, donate []bool, _ compute.DeviceNum) ([]compute.Buffer, error) {
	e.use.RLock()
	defer e.use.RUnlock()
	if e.stores == nil {
		return nil, fmt.Errorf("execute %q: it was finalized before", e.name)
	}
	bufs, err := e.check(inputs, donate)
	if err != nil {
		return nil, fmt.Errorf("execute %q: %w", e.name, err)
	}
	if err := claim(bufs, donate); err != nil {
		return nil, fmt.Errorf("execute %q: %w", e.name, err)
	}
	f, err := e.frames.take(e)
	if err != nil {
		return nil, fmt.Errorf("execute %q: %w", e.name, err)
	}
	f.enter(bufs, donate)
	watch, stop := e.backend.watch.Load(), e.backend.stop.Load()
	for i := range e.steps {
		if stop != nil && stop.Load() {
			return nil, fmt.Errorf("execute %q: %w", e.name, ErrStopped)
		}
		var start time.Time
		if watch != nil {
			start = time.Now()
		}
		if err = f.run(&e.steps[i]); err != nil {
			// What a broken kernel may still hold is not used again.
			return nil, fmt.Errorf("execute %q: %w", e.name, err)
		}
		if watch != nil {
			(*watch)(e.steps[i].what.String(), time.Since(start))
		}
	}
	out, err := f.leave()
	if err != nil {
		return nil, fmt.Errorf("execute %q: %w", e.name, err)
	}
	e.frames.give(f) // this also holds f, and with it its slab, until here
	return out, nil
}

// run does one step, and gives an error if it panics.
func (f *frame) run(s *step) (err error) {
	defer catch(s.what, &err)
	if s.kernel == nil {
		err = f.runSegment(s)
	} else {
		err = f.runKernel(s)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", s.what, err)
	}
	for _, st := range s.free {
		f.drop(st)
	}
	return nil
}

func (f *frame) runSegment(s *step) error {
	in, donate := make([]compute.Buffer, len(s.in)), make([]bool, len(s.in))
	for i, st := range s.in {
		in[i] = f.bufs[st.id]
		// The Go backend takes back what it made, and would otherwise make anew.
		donate[i] = st.kind == inSegment && slices.Contains(s.free, st)
	}
	out, err := s.segment.Execute(in, donate, 0)
	if err != nil {
		return err
	}
	for i, st := range s.in {
		if donate[i] {
			f.mine[st.id] = false
		}
	}
	for i, st := range s.out {
		if err := f.hold(st, out[i]); err != nil {
			return err
		}
	}
	return nil
}

func (f *frame) runKernel(s *step) error {
	for _, st := range s.out {
		if st.kind != inResult {
			continue
		}
		if over := s.over[st]; over != nil && f.mine[over.id] {
			f.bufs[st.id], f.flat[st.id] = f.bufs[over.id], f.flat[over.id]
			f.mine[over.id] = false
			continue
		}
		inner, err := f.e.backend.newInner(st.shape)
		if err != nil {
			return err
		}
		if err := f.hold(st, inner); err != nil {
			return err
		}
	}
	f.in, f.out = f.in[:0], f.out[:0]
	for _, st := range s.in {
		f.in = append(f.in, f.flat[st.id])
	}
	for _, st := range s.out {
		f.out = append(f.out, f.flat[st.id])
	}
	return s.kernel.Run(f.in, f.out, f.scratch(s.scratch))
}

// catch turns a panic of what into an error.
func catch(what fmt.Stringer, err *error) {
	switch r := recover().(type) {
	case nil:
	case error:
		*err = fmt.Errorf("%s: %w", what, r)
	default:
		*err = fmt.Errorf("%s: %v", what, r)
	}
}
