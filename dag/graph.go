package dag

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Node is one stage of an experiment.
type Node struct {
	Name  string
	Base  string // the stage of the file that it is a variant of; "" if it is the stage itself
	Kind  *Kind
	Stage Stage               // its parameters decoded and validated
	In    map[string][]string // port → names of the nodes connected to it, in order
	Seed  uint64              // the experiment's, unless the stage has its own
	Allow []string            // gates that may fail

	// What it wants to itself while it runs. None of it is in the key, but see OnDevices.
	CPU    int   // cores, the most it computes with; 0: it computes with all and is not counted
	Memory int64 // bytes; 0: not counted
	GPU    int   // GPUs; 0: one where it computes on the numeric backend and that is GPUs (Engine.OnGPU), else none
	NoGPU  bool  // no GPU even there: it computes on the first, whoever has that
}

// BaseName is the stage's name in the file, for all its variants the same.
func (n *Node) BaseName() string { return cmp.Or(n.Base, n.Name) }

// Graph is a checked experiment: node names are unique, every connection exists and has the right type, every port
// that must be connected is, and there is no cycle.
type Graph struct {
	Name  string
	Nodes []*Node // each after all that it depends on
}

// WireError is a connection that can't be: Node's port Port, and From, the node connected to it (the Index-th of the
// port), where the fault is with one connection.
type WireError struct {
	Node, Port, From string
	Index            int
	Problem          Problem
	Msg              string // what is wrong and what would be right
}

func (e *WireError) Error() string {
	if e.Port == "" {
		return fmt.Sprintf("stage %s: %s", e.Node, e.Msg)
	}
	return fmt.Sprintf("stage %s, input %s: %s", e.Node, e.Port, e.Msg)
}

// Problem says what a WireError is about.
type Problem string

// The problems of a graph's connections.
const (
	DuplicateNode Problem = "duplicate stage"    // two nodes share a name; Port is ""
	MissingInput  Problem = "missing input"      // a port that must be connected is not
	UnknownPort   Problem = "unknown input"      // the kind has no such port
	UnknownNode   Problem = "unknown stage"      // From is no node
	WrongType     Problem = "wrong type"         // From makes another type than the port takes
	Mismatch      Problem = "mismatch"           // what From makes doesn't fit the stage or its other inputs (InputValidator)
	TooMany       Problem = "too many for input" // a list at a port that takes one; Index is the second
)

// CycleError is a ring of stages that each wait for the one before.
type CycleError struct {
	Cycle []string // names in the order data would flow; the first is not repeated
}

func (e *CycleError) Error() string {
	return fmt.Sprintf("stages wait for each other in a ring: %s → %s", strings.Join(e.Cycle, " → "), e.Cycle[0])
}

// NewGraph checks nodes and sorts them: each comes after all that it depends on, and otherwise they stay in the order
// given. The error joins every fault found (see errors.Join), each a *WireError or a *CycleError.
func NewGraph(name string, nodes []*Node) (*Graph, error) {
	byName := map[string]*Node{}
	var errs []error
	for _, n := range nodes {
		if byName[n.Name] != nil {
			errs = append(errs, &WireError{Node: n.Name, Problem: DuplicateNode, Msg: "there are two stages of this name"})
			continue
		}
		byName[n.Name] = n
	}
	for _, n := range nodes {
		errs = append(errs, checkWires(n, byName)...)
	}
	sorted, cycle := sortNodes(nodes, byName)
	if cycle != nil {
		errs = append(errs, &CycleError{Cycle: cycle})
	}
	if len(errs) == 0 {
		for _, n := range nodes {
			errs = append(errs, checkInputs(n, byName))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return &Graph{Name: name, Nodes: sorted}, nil
}

// checkInputs asks a stage what it has against the nodes connected to it.
func checkInputs(n *Node, byName map[string]*Node) error {
	v, ok := n.Stage.(InputValidator)
	if !ok {
		return nil
	}
	in := map[string][]*Node{}
	for port, froms := range n.In {
		for _, from := range froms {
			in[port] = append(in[port], byName[from])
		}
	}
	err := v.ValidateInputs(in)
	if w := new(WireError); errors.As(err, &w) {
		w.Node, w.From, w.Problem = n.Name, n.In[w.Port][w.Index], Mismatch
	}
	return err
}

// Node finds a node by name.
func (g *Graph) Node(name string) (*Node, bool) {
	for _, n := range g.Nodes {
		if n.Name == name {
			return n, true
		}
	}
	return nil, false
}

// Out is the type of what the node makes.
func (n *Node) Out() Type { return n.Kind.OutType(n.Stage) }

// Inputs lists the nodes connected to n, each once, by port and then in order.
func (n *Node) Inputs() []string {
	var out []string
	for _, port := range slices.Sorted(maps.Keys(n.In)) {
		for _, from := range n.In[port] {
			if !slices.Contains(out, from) {
				out = append(out, from)
			}
		}
	}
	return out
}

func checkWires(n *Node, byName map[string]*Node) []error {
	var errs []error
	fault := func(port string, i int, from string, p Problem, format string, args ...any) {
		errs = append(errs, &WireError{Node: n.Name, Port: port, From: from, Index: i, Problem: p, Msg: fmt.Sprintf(format, args...)})
	}
	for _, p := range n.Kind.In {
		froms := n.In[p.Name]
		if len(froms) == 0 && !p.Optional {
			fault(p.Name, 0, "", MissingInput, "%s needs %s here: name a stage that makes %s", n.Kind.Name, p.Type, p.Type)
		}
		if len(froms) > 1 && !p.Many {
			fault(p.Name, 1, froms[1], TooMany, "takes one stage, not %d", len(froms))
		}
		for i, from := range froms {
			src := byName[from]
			switch {
			case src == nil:
				fault(p.Name, i, from, UnknownNode, "there is no stage %q", from)
			case src.Out() != p.Type:
				fault(p.Name, i, from, WrongType, "takes %s, and %s (%s) makes %s", p.Type, from, src.Kind.Name, src.Out())
			}
		}
	}
	for _, port := range slices.Sorted(maps.Keys(n.In)) {
		if !slices.ContainsFunc(n.Kind.In, func(p Port) bool { return p.Name == port }) {
			fault(port, 0, "", UnknownPort, "%s has no such input; it has %s", n.Kind.Name, portNames(n.Kind))
		}
	}
	return errs
}

func portNames(k *Kind) string {
	if len(k.In) == 0 {
		return "none"
	}
	var names []string
	for _, p := range k.In {
		names = append(names, p.Name)
	}
	return strings.Join(names, ", ")
}
