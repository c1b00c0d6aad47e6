package model

import (
	"context"
	"slices"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas

	"github.com/gomlx/gomlx/core/tensors"
)

// slot is an array of a training's state.
type slot struct {
	name  string
	shape []int
	of    string // the slot it starts as a copy of; "": it starts as zeros
}

// state is all that training changes, on its backend: named arrays in a fixed order.
type state struct {
	slots  []slot
	at     map[string]int // place by name
	arrays []*tensors.Tensor
	copies [][]*tensors.Tensor // on each further device
}

// newState uploads the arrays of a checkpoint, or of a fresh start, which holds those that are neither copies nor zeros, to
// each of a number of devices.
func newState(devices int, slots []slot, from map[string]tensor) *state {
	s := &state{slots: slots, at: map[string]int{}, copies: make([][]*tensors.Tensor, devices-1)}
	for i, l := range slots {
		s.at[l.name] = i
		t, ok := from[l.name]
		if !ok && l.of != "" {
			t, ok = from[l.of]
		}
		if !ok {
			t = tensor{l.shape, make([]float32, size(l.shape))}
		}
		s.arrays = append(s.arrays, upload(t))
		for d := range s.copies {
			s.copies[d] = append(s.copies[d], upload(t))
		}
	}
	return s
}

// array gives an array by name.
func (s *state) array(name string) *tensors.Tensor { return s.arrays[s.at[name]] }

// snapshot copies arrays to the host: those named, or all.
func (s *state) snapshot(names ...string) (map[string]tensor, error) {
	if names == nil {
		for _, l := range s.slots {
			names = append(names, l.name)
		}
	}
	all := map[string]tensor{}
	for _, n := range names {
		x, err := download(s.array(n))
		if err != nil {
			return nil, err
		}
		all[n] = tensor{s.slots[s.at[n]].shape, x}
	}
	return all, nil
}

func (s *state) free() {
	for _, arrays := range s.everywhere() {
		free(arrays...)
	}
}

// nodes are arrays of the state in a graph, by name.
type nodes map[string]*Node

// part is a compiled piece of a training step, which changes some arrays of the state and reads others.
type part struct {
	prog           *program
	changes, reads []int // places in the state
}

// newPart compiles build, which gets the arrays named and gives what becomes of those to change, and a further result or nil.
// What inputs of its own it declares come after the state.
func (s *state) newPart(b *Backend, name string, changes, reads []string, build func(g *Graph, in nodes) (out nodes, result *Node)) (*part, error) {
	p := &part{}
	var err error
	p.prog, err = compileSpread(b, name, func(g *Graph) []*Node {
		in := nodes{}
		for _, n := range changes {
			in[n] = replace(g, n, s.slots[s.at[n]].shape)
			p.changes = append(p.changes, s.at[n])
		}
		for _, n := range reads {
			in[n] = parameter(g, n, s.slots[s.at[n]].shape)
			p.reads = append(p.reads, s.at[n])
		}
		out, result := build(g, in)
		var all []*Node
		for _, n := range changes {
			if out[n] == nil {
				panic("model: " + name + " must change " + n)
			}
			all = append(all, out[n])
		}
		if result != nil {
			all = append(all, result)
		}
		return all
	})
	return p, err
}

// run changes the state and gives the further result. What else goes in is freed, unless it is kept. After an error the arrays to
// change are lost.
func (p *part) run(ctx context.Context, s *state, more ...input) ([]*tensors.Tensor, error) {
	var in []*tensors.Tensor
	for d, arrays := range s.everywhere() {
		for _, i := range slices.Concat(p.changes, p.reads) {
			in = append(in, arrays[i])
		}
		for _, x := range more {
			in = append(in, x.all()[d])
		}
	}
	for _, x := range more {
		defer x.release()
	}
	out, err := p.prog.run(ctx, in...)
	if err != nil {
		return nil, err
	}
	each := len(out) / (1 + len(s.copies))
	for d, arrays := range s.everywhere() {
		results := out[d*each : (d+1)*each]
		for j, i := range p.changes {
			arrays[i] = results[j]
		}
		if d > 0 {
			free(results[len(p.changes):]...) // the same as the first device's
		}
	}
	return out[len(p.changes):each], nil
}

// everywhere are the arrays on each device.
func (s *state) everywhere() [][]*tensors.Tensor {
	return append([][]*tensors.Tensor{s.arrays}, s.copies...)
}
