package cpu

import (
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/notimplemented"
	"github.com/gomlx/compute/shapes"
)

// function implements compute.Function: it records nodes.
type function struct {
	notimplemented.Function

	builder  *builder
	parent   *function // of a closure
	name     string
	shadow   compute.Function
	nodes    []*node
	params   []*value
	outputs  []*value
	returned bool
}

var _ compute.Function = (*function)(nil)

// record adds a node. The operation is tried on the shadow first: its errors and result shapes are the Go backend's.
func (f *function) record(op compute.OpType, attrs any, emit emitFunc, operands ...compute.Value) ([]compute.Value, error) {
	inputs, results, err := f.try(op, emit, operands)
	if err != nil {
		return nil, err
	}
	n := f.add(&node{op: op, inputs: inputs, attrs: attrs, emit: emit})
	return f.results(n, results)
}

// try does an operation on the shadow only.
func (f *function) try(op compute.OpType, emit emitFunc, operands []compute.Value) (inputs []*value, results []compute.Value, err error) {
	inputs = make([]*value, len(operands))
	shadows := make([]compute.Value, len(operands))
	for i, o := range operands {
		v, err := f.builder.value(op.String(), o)
		if err != nil {
			return nil, nil, err
		}
		inputs[i], shadows[i] = v, v.shadow
	}
	if f.builder.compiled {
		return nil, nil, fmt.Errorf("%s: builder %q was compiled before", op, f.builder.name)
	}
	results, err = emit(target{f.shadow, true, shadowOf}, shadows)
	return inputs, results, err
}

func shadowOf(fn *function, _ []compute.Value) (compute.Function, error) { return fn.shadow, nil }

func (f *function) add(n *node) *node {
	f.builder.ids++
	n.id = f.builder.ids
	f.nodes = append(f.nodes, n)
	return n
}

// results makes the outputs of n from its results in the shadow.
func (f *function) results(n *node, shadows []compute.Value) ([]compute.Value, error) {
	out := make([]compute.Value, len(shadows))
	for i, s := range shadows {
		shape, err := f.builder.shadow.OpShape(s)
		if err != nil {
			return nil, err
		}
		v := &value{fn: f, node: n, index: i, shape: shape, shadow: s}
		f.builder.dynamic = f.builder.dynamic || shape.IsDynamic()
		n.outputs = append(n.outputs, v)
		out[i] = v
	}
	return out, nil
}

// record1 is record for operations with one result.
func (f *function) record1(op compute.OpType, attrs any, emit emitFunc, operands ...compute.Value) (compute.Value, error) {
	out, err := f.record(op, attrs, emit, operands...)
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// Name implements compute.Function; closures have none.
func (f *function) Name() string { return f.name }

// Builder implements compute.Function.
func (f *function) Builder() compute.Builder { return f.builder }

// Parent implements compute.Function.
func (f *function) Parent() compute.Function {
	if f.parent == nil {
		return nil
	}
	return f.parent
}

// Closure implements compute.Function.
func (f *function) Closure() (compute.Function, error) {
	shadow, err := f.shadow.Closure()
	if err != nil {
		return nil, err
	}
	return f.builder.newFunction("", f, shadow), nil
}

// Shape implements compute.Function.
func (f *function) Shape(v compute.Value) (shapes.Shape, error) { return f.builder.OpShape(v) }

// Parameter implements compute.Function.
func (f *function) Parameter(name string, shape shapes.Shape, sharding *compute.ShardingSpec) (compute.Value, error) {
	if !f.builder.backend.tail.Capabilities().DTypes[shape.DType] {
		return nil, fmt.Errorf("Parameter %q: elements of type %s are not supported by backend %s: %w", name, shape.DType, Name, compute.ErrNotImplemented)
	}
	emit := func(t target, _ []compute.Value) ([]compute.Value, error) {
		return one(t.Parameter(name, shape, sharding))
	}
	v, err := f.record1(compute.OpTypeParameter, name, emit)
	if err != nil {
		return nil, err
	}
	p := v.(*value)
	p.node.unique = true
	f.params = append(f.params, p)
	return p, nil
}

// Return implements compute.Function.
func (f *function) Return(outputs []compute.Value, shardings []*compute.ShardingSpec) error {
	shadows := make([]compute.Value, len(outputs))
	values := make([]*value, len(outputs))
	for i, o := range outputs {
		v, err := f.builder.value("Return", o)
		if err != nil {
			return err
		}
		values[i], shadows[i] = v, v.shadow
	}
	if err := f.shadow.Return(shadows, shardings); err != nil {
		return err
	}
	f.outputs, f.returned = values, true
	return nil
}
