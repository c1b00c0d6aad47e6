package cpu

import (
	"fmt"
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
)

// step is one call of a kernel or a segment.
type step struct {
	what    fmt.Stringer // a node or a segment, for error messages
	kernel  kernel       // nil: segment
	segment compute.Executable
	in, out []*storage
	scratch *block
	over    map[*storage]*storage // outputs that may take the buffer of a donated parameter
	free    []*storage            // what nobody reads after this step
}

// result is one output of an executable.
type result struct {
	st    *storage
	shape shapes.Shape
	own   bool // the storage's buffer itself (a parameter's: if it was donated); otherwise a copy
}

// executable implements compute.Executable.
type executable struct {
	backend *Backend
	name    string
	params  []*value
	results []result
	steps   []step
	stores  *stores
	plan    *plan
	memory  int64 // bytes
	frames  frames
	use     sync.RWMutex // held for reading by executions, for writing by Finalize
}

// compile makes an executable of a graph all of whose shapes are known.
func compile(b *builder) (*executable, error) {
	g := newGraph(b)
	for _, p := range passes {
		p(g)
	}
	if err := giveKernels(g); err != nil {
		return nil, fmt.Errorf("compile %q: %w", b.name, err)
	}
	s := store(g, schedule(g))
	e := &executable{backend: b.backend, name: b.name, params: g.params, stores: s, plan: layout(s)}
	e.memory = e.plan.bytes(s)
	for at, it := range s.items {
		st, err := e.step(at, it)
		if err != nil {
			return nil, fmt.Errorf("compile %q: %w", b.name, err)
		}
		e.steps = append(e.steps, st)
	}
	e.release()
	taken := make(map[*storage]bool)
	for _, v := range g.outputs {
		st := s.home(v)
		own := st.claimed && !taken[st] && st.shape.EqualDimensions(v.shape)
		taken[st] = taken[st] || own
		e.results = append(e.results, result{st, v.shape, own})
	}
	return e, nil
}

func (e *executable) step(at int, it item) (step, error) {
	if it.tail {
		seg, err := newSegment(e.backend, e.stores, at)
		if err != nil {
			return step{}, err
		}
		return step{what: seg, segment: seg.exe, in: seg.inputs, out: seg.outputs}, nil
	}
	n := it.nodes[0]
	s := step{what: n, kernel: n.kernel, scratch: e.plan.scratch[at], over: make(map[*storage]*storage)}
	for _, v := range n.inputs {
		s.in = append(s.in, e.stores.home(v))
	}
	for _, v := range n.outputs {
		s.out = append(s.out, e.stores.of[v])
	}
	for out, in := range e.stores.overwrites(n, at) {
		if out.kind == inResult {
			s.over[out] = in
		}
	}
	return s, nil
}

// release notes at each step what can be let go after it: buffers made by segments, and donated parameters.
func (e *executable) release() {
	for _, st := range e.stores.list {
		held := st.kind == inSegment || st.kind == inParam
		if held && st.last >= 0 && st.last < len(e.steps) {
			e.steps[st.last].free = append(e.steps[st.last].free, st)
		}
	}
}

// Memory is how many bytes an execution holds at once at most, by plan: its inputs and results and the graph's constants
// too.
func (e *executable) Memory() int64 { return e.memory }

// Finalize implements compute.Executable. It waits for executions that run.
func (e *executable) Finalize() {
	e.use.Lock()
	defer e.use.Unlock()
	for _, s := range e.steps {
		if s.segment != nil {
			s.segment.Finalize()
		}
	}
	e.steps, e.stores = nil, nil
	e.frames.clear()
}

// Inputs implements compute.Executable.
func (e *executable) Inputs() (names []string, inputShapes []shapes.Shape) {
	for _, p := range e.params {
		names = append(names, p.node.attrs.(string))
		inputShapes = append(inputShapes, p.shape)
	}
	return names, inputShapes
}

// Outputs implements compute.Executable.
func (e *executable) Outputs() (outputShapes []shapes.Shape) {
	for _, r := range e.results {
		outputShapes = append(outputShapes, r.shape)
	}
	return outputShapes
}
