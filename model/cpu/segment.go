package cpu

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute"
)

// segment is a part of the graph compiled by the Go backend.
type segment struct {
	nodes   []*node
	inputs  []*storage // its parameters
	outputs []*storage
	exe     compute.Executable
}

// String lists the operations, for error messages.
func (s *segment) String() string {
	var ops []string
	for _, n := range s.nodes {
		if op := n.op.String(); !slices.Contains(ops, op) {
			ops = append(ops, op)
		}
	}
	return fmt.Sprintf("%d operations on GoMLX's Go backend %v", len(s.nodes), ops)
}

// newSegment compiles item at.
func newSegment(b *Backend, s *stores, at int) (*segment, error) {
	seg := &segment{nodes: s.items[at].nodes}
	gb := b.tail.Builder(fmt.Sprintf("segment %d", at))
	e := &segmentEmitter{replay: newReplay(), seg: seg, stores: s, main: gb.Main()}
	for _, n := range seg.nodes {
		for _, v := range n.inputs {
			if err := e.bring(v); err != nil {
				return nil, err
			}
		}
		if err := e.node(n, e.main); err != nil {
			return nil, err
		}
	}
	var results []compute.Value
	for _, st := range s.list {
		if st.kind != inSegment || st.first != at || st.last == at {
			continue // not made here, or not read elsewhere
		}
		v, err := e.shaped(e.env[st.root], st.root, st)
		if err != nil {
			return nil, err
		}
		seg.outputs = append(seg.outputs, st)
		results = append(results, v)
	}
	if err := e.main.Return(results, nil); err != nil {
		return nil, err
	}
	exe, err := gb.Compile()
	seg.exe = exe
	return seg, err
}

type segmentEmitter struct {
	*replay
	seg    *segment
	stores *stores
	main   compute.Function
}

// bring makes v known: as another shape of what is known, or as a parameter.
func (e *segmentEmitter) bring(v *value) error {
	if e.env[v] != nil {
		return nil
	}
	if a := v.alias(); a != nil {
		if err := e.bring(a); err != nil {
			return err
		}
		x := e.env[a]
		if !a.shape.EqualDimensions(v.shape) {
			var err error
			if x, err = e.main.Reshape(x, v.shape.Dimensions...); err != nil {
				return err
			}
		}
		e.env[v] = x
		return nil
	}
	st := e.stores.of[v]
	p, err := e.main.Parameter(fmt.Sprint("p", len(e.seg.inputs)), st.shape, nil)
	if err != nil {
		return err
	}
	e.seg.inputs = append(e.seg.inputs, st)
	if !st.shape.EqualDimensions(v.shape) {
		if p, err = e.main.Reshape(p, v.shape.Dimensions...); err != nil {
			return err
		}
	}
	e.env[v] = p
	return nil
}

// shaped is x, which is v, in the shape of its storage.
func (e *segmentEmitter) shaped(x compute.Value, v *value, st *storage) (compute.Value, error) {
	if v.shape.EqualDimensions(st.shape) {
		return x, nil
	}
	return e.main.Reshape(x, st.shape.Dimensions...)
}
