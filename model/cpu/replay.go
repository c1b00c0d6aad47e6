package cpu

import (
	"fmt"

	"github.com/gomlx/compute"
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
