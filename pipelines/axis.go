package pipelines

import (
	"slices"
	"strings"
)

// override is a value that a sweep, or a --set, puts at a path.
type override struct {
	path  string
	keys  []string // the path at its dots
	key   *node    // the path where it stands
	raw   *node    // the value with its references
	value *node    // the value without
}

func newOverride(key, raw, value *node) override {
	return override{path: key.text, keys: strings.Split(key.text, "."), key: key, raw: raw, value: value}
}

// within says whether a path begins with the keys given.
func (o override) within(keys []string) bool {
	return len(o.keys) >= len(keys) && slices.Equal(o.keys[:len(keys)], keys)
}

// point is one of the values of an axis.
type point struct {
	label string     // as people read it
	slug  string     // in names
	at    *node      // where it stands
	set   []override // what it changes
}

// axis is an axis of a sweep while it is read.
type axis struct {
	name   string
	level  int        // how much of the path is in the name, see nameAxes
	given  string     // the name, where the file gives one
	key    *node      // where it stands
	paths  []override // what it changes, each path once; their values mean nothing
	points []point
}

// changes says whether the axis changes anything: one that a --set pinned does not.
func (a *axis) changes() bool {
	return slices.ContainsFunc(a.points, func(p point) bool { return len(p.set) > 0 })
}

// plan is a sweep that was read.
type plan struct {
	key     *node // where it stands; nil without a sweep
	axes    []*axis
	exclude []exclusion
}

// all is the set of all axes.
func (p *plan) all() axes { return 1<<len(p.axes) - 1 }

// combination numbers the points of some of the axes.
func (p *plan) combination(on axes, at []int) int {
	n := 0
	for i, a := range p.axes {
		if on&(1<<i) != 0 {
			n = n*len(a.points) + at[i]
		}
	}
	return n
}

// overrides lists what a point of the sweep changes.
func (p *plan) overrides(at []int) []override {
	var os []override
	for i, a := range p.axes {
		os = append(os, a.points[at[i]].set...)
	}
	return os
}

// points lists the points of the sweep that no exclusion drops, the last axis fastest.
func (p *plan) points() [][]int {
	var out [][]int
	at := make([]int, len(p.axes))
	for {
		if !slices.ContainsFunc(p.exclude, func(e exclusion) bool { return e.drops(at) }) {
			out = append(out, slices.Clone(at))
		}
		i := len(at) - 1
		for ; i >= 0; i-- {
			if at[i]++; at[i] < len(p.axes[i].points) {
				break
			}
			at[i] = 0
		}
		if i < 0 {
			return out
		}
	}
}

// exclusion drops the points that have one of the values given on every axis given.
type exclusion struct {
	at    *node
	terms []term
}

// term is an axis of an exclusion, and which of its points match.
type term struct {
	axis    int
	matches []bool
}

func (e exclusion) drops(at []int) bool {
	for _, t := range e.terms {
		if !t.matches[at[t.axis]] {
			return false
		}
	}
	return true
}
