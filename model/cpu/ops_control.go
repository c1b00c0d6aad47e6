package cpu

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute"
)

// AllReduce fails: there is one device.
func (f *function) AllReduce([]compute.Value, compute.ReduceOpType, [][]int) ([]compute.Value, error) {
	return nil, notImplemented(compute.OpTypeAllReduce)
}

// closures checks that fns are closures of f that were made by this backend.
func (f *function) closures(op string, fns ...compute.Function) ([]*function, error) {
	out := make([]*function, len(fns))
	for i, fn := range fns {
		c, ok := fn.(*function)
		if !ok || c == nil {
			return nil, fmt.Errorf("%s: closure (%T) is of another backend than %s", op, fn, Name)
		}
		if c.parent != f {
			return nil, fmt.Errorf("%s: closure must be one of the function it is used in", op)
		}
		if !c.returned {
			return nil, fmt.Errorf("%s: Return was not called on a closure", op)
		}
		out[i] = c
	}
	return out, nil
}

// captures are the values that the closures take from outside of them, each once, in the order of their use.
func captures(fns []*function) []*value {
	var out []*value
	add := func(inner *function, vs []*value) {
		for _, v := range vs {
			if v.fn != inner && !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
	}
	for _, fn := range fns {
		for _, n := range fn.nodes {
			add(fn, n.inputs) // those of closures inside n are among its inputs
		}
		add(fn, fn.outputs)
	}
	return out
}

// control records an operation with closures; they and what they capture are known to the node.
func (f *function) control(op compute.OpType, fns []*function, emit emitFunc, operands []compute.Value) ([]compute.Value, error) {
	outside := captures(fns)
	for _, v := range outside {
		operands = append(operands, v)
	}
	out, err := f.record(op, nil, emit, operands...)
	if err != nil {
		return nil, err
	}
	n := out[0].(*value).node
	n.unique, n.bodies, n.outside = true, fns, outside
	return out, nil
}

// Sort implements compute.Function.
func (f *function) Sort(comparator compute.Function, axis int, isStable bool, inputs ...compute.Value) ([]compute.Value, error) {
	fns, err := f.closures("Sort", comparator)
	if err != nil {
		return nil, err
	}
	n := len(inputs)
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		less, err := t.closure(fns[0], nil)
		if err != nil {
			return nil, err
		}
		return t.Sort(less, axis, isStable, in[:n]...)
	}
	return f.control(compute.OpTypeSort, fns, emit, slices.Clone(inputs))
}

// While implements compute.Function.
func (f *function) While(cond, body compute.Function, state ...compute.Value) ([]compute.Value, error) {
	fns, err := f.closures("While", cond, body)
	if err != nil {
		return nil, err
	}
	n := len(state)
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		c, err := t.closure(fns[0], nil)
		if err != nil {
			return nil, err
		}
		b, err := t.closure(fns[1], nil)
		if err != nil {
			return nil, err
		}
		return t.While(c, b, in[:n]...)
	}
	return f.control(compute.OpTypeWhile, fns, emit, slices.Clone(state))
}

// If implements compute.Function. On the Go backend (compute v0.1.5) a value that only one branch captures, and nobody
// reads after, is given to that branch to overwrite, and then recycled although it may have become the result. It is
// not if both branches capture it, so they capture all.
func (f *function) If(pred compute.Value, onTrue, onFalse compute.Function) ([]compute.Value, error) {
	fns, err := f.closures("If", onTrue, onFalse)
	if err != nil {
		return nil, err
	}
	emit := func(t target, in []compute.Value) ([]compute.Value, error) {
		yes, err := t.closure(fns[0], in[1:])
		if err != nil {
			return nil, err
		}
		no, err := t.closure(fns[1], in[1:])
		if err != nil {
			return nil, err
		}
		return t.If(in[0], yes, no)
	}
	return f.control(compute.OpTypeIf, fns, emit, []compute.Value{pred})
}

// Call implements compute.Function by putting the callee's nodes in the place of the call.
func (f *function) Call(callee compute.Function, inputs ...compute.Value) ([]compute.Value, error) {
	c, ok := callee.(*function)
	if !ok || c == nil || c.builder != f.builder {
		return nil, fmt.Errorf("Call: function (%T) is of another builder", callee)
	}
	shadows := make([]compute.Value, len(inputs))
	for i, in := range inputs {
		v, err := f.builder.value("Call", in)
		if err != nil {
			return nil, err
		}
		shadows[i] = v.shadow
	}
	if _, err := f.shadow.Call(c.shadow, shadows...); err != nil { // checks all there is to check
		return nil, err
	}
	return newReplay().body(c, f, inputs)
}
