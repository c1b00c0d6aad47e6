package cpu

import (
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
)

// replay emits recorded nodes once more, on the Go backend or, for a call, in another function.
type replay struct {
	env map[*value]compute.Value // what each value is there
}

func newReplay() *replay { return &replay{env: make(map[*value]compute.Value)} }

// body emits all of fn in g and gives its results. Its parameters are args, or, if that is nil, new parameters of g.
func (r *replay) body(fn *function, g compute.Function, args []compute.Value) ([]compute.Value, error) {
	for i, a := range args {
		r.env[fn.params[i]] = a
	}
	for _, n := range fn.nodes {
		if n.op == compute.OpTypeParameter && args != nil {
			continue
		}
		if err := r.node(n, g); err != nil {
			return nil, err
		}
	}
	return r.values(fn.outputs)
}

// node emits n in g. Its inputs must be in env.
func (r *replay) node(n *node, g compute.Function) error {
	in, err := r.values(n.inputs)
	if err != nil {
		return err
	}
	for i, v := range n.outside {
		r.env[v] = in[len(in)-len(n.outside)+i]
	}
	out, err := r.emit(n, g, in)
	if err != nil {
		return fmt.Errorf("%s: %w", n, err)
	}
	for i, v := range n.outputs {
		r.env[v] = out[i]
	}
	return nil
}

func (r *replay) emit(n *node, g compute.Function, in []compute.Value) ([]compute.Value, error) {
	if f, ok := g.(*function); ok && len(n.bodies) == 0 { // a call is put in place: the node stays what it is
		out, err := f.record(n.op, n.attrs, n.emit, in...)
		if err == nil {
			out[0].(*value).node.unique = n.unique
		}
		return out, err
	}
	closure := func(fn *function, capture []compute.Value) (compute.Function, error) {
		return r.closure(fn, g, capture)
	}
	return n.emit(target{g, false, closure}, in)
}

func (r *replay) closure(fn *function, g compute.Function, capture []compute.Value) (compute.Function, error) {
	c, err := g.Closure()
	if err != nil {
		return nil, err
	}
	for _, v := range capture {
		if _, err := c.Identity(v); err != nil {
			return nil, err
		}
	}
	out, err := r.body(fn, c, nil)
	if err != nil {
		return nil, err
	}
	for i := range out {
		if len(capture) == 0 {
			break
		}
		if out[i], err = c.Identity(out[i]); err != nil { // results must come after what is captured
			return nil, err
		}
	}
	return c, c.Return(out, nil)
}

func (r *replay) values(vs []*value) ([]compute.Value, error) {
	out := make([]compute.Value, len(vs))
	for i, v := range vs {
		o, ok := r.env[v]
		if !ok {
			return nil, fmt.Errorf("value of %s is used where it is not known: it is of another function", v.node)
		}
		out[i] = o
	}
	return out, nil
}

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
			inputs[i].(*Buffer).donate()
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

// unknownSizes names such a graph in error messages.
var unknownSizes = named("graph with axes of unknown size")

type named string

func (n named) String() string { return string(n) }
