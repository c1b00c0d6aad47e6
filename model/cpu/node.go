package cpu

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
)

// value is one result of a node; it is what compute.Value holds for this backend.
type value struct {
	fn     *function
	node   *node
	index  int // which of the node's outputs
	shape  shapes.Shape
	shadow compute.Value // the same value in the shadow graph
}

// node is one operation.
type node struct {
	id      int // grows with time: a node's inputs are older than it
	op      compute.OpType
	inputs  []*value // operands, then what its closures take from outside
	outputs []*value
	attrs   any  // what else defines the operation; two nodes of one op with equal inputs and attrs as printed compute the same
	unique  bool // never to be replaced by an equal node
	emit    emitFunc
	bodies  []*function // closures
	outside []*value    // what they take from outside, as they know it: passes may give other values as the last inputs
	kernel  kernel      // nil: runs on the Go backend
	name    string      // of fused nodes; otherwise the op's name serves
}

// target is a function of the Go backend to emit nodes in.
type target struct {
	compute.Function
	shadow bool // nothing emitted will ever run
	// closure gives the closure's counterpart in this function. It is made to capture the given values, used or not.
	closure func(fn *function, capture []compute.Value) (compute.Function, error)
}

// emitFunc emits a node's operation with the given operands, in the order of node.inputs.
type emitFunc func(t target, in []compute.Value) ([]compute.Value, error)

// one adapts an operation with one result.
func one(v compute.Value, err error) ([]compute.Value, error) {
	if err != nil {
		return nil, err
	}
	return []compute.Value{v}, nil
}

// alias gives the operand whose memory the output is, if the node only gives it another shape or name; else nil.
func (v *value) alias() *value {
	switch v.node.op {
	case compute.OpTypeIdentity, compute.OpTypeReshape, compute.OpTypeSchedulingBarrier:
		return v.node.inputs[0]
	case compute.OpTypeOptimizationBarrier:
		return v.node.inputs[v.index]
	}
	return nil
}

// root is the value whose memory v is.
func (v *value) root() *value {
	for a := v.alias(); a != nil; a = v.alias() {
		v = a
	}
	return v
}

// isSource says that nothing need be computed for the node.
func (n *node) isSource() bool {
	return n.op == compute.OpTypeParameter || n.op == compute.OpTypeConstant
}

// isEmpty says that the node's results have no elements.
func (n *node) isEmpty() bool {
	return !slices.ContainsFunc(n.outputs, func(v *value) bool { return v.shape.Size() > 0 })
}

func (n *node) isAlias() bool { return len(n.outputs) > 0 && n.outputs[0].alias() != nil }

// String describes the node for error messages: "DotGeneral(Float32[2 3], Float32[3 4]) → Float32[2 4]".
func (n *node) String() string {
	list := func(vs []*value) string {
		var s []string
		for _, v := range vs {
			s = append(s, v.shape.String())
		}
		return strings.Join(s, ", ")
	}
	name := n.name
	if name == "" {
		name = n.op.String()
	}
	return fmt.Sprintf("%s(%s) → %s", name, list(n.inputs), list(n.outputs))
}
