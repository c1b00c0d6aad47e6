package dag_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"fashionpipe/dag"
)

var (
	numbers = &dag.Kind{Name: "numbers", Out: "numbers"}
	pair    = &dag.Kind{Name: "pair", Out: "text", In: []dag.Port{
		{Name: "one", Type: "text"}, {Name: "maybe", Type: "numbers", Optional: true}, {Name: "many", Type: "text", Optional: true, Many: true},
	}}
)

func TestGraphFaults(t *testing.T) {
	a := &dag.Node{Name: "a", Kind: textKind}
	n := &dag.Node{Name: "n", Kind: numbers}
	tests := []struct {
		name string
		in   map[string][]string
		want dag.WireError
	}{
		{"missing", nil, dag.WireError{Port: "one", Problem: dag.MissingInput, Msg: "pair needs text here: name a stage that makes text"}},
		{"unknown stage", map[string][]string{"one": {"b"}}, dag.WireError{Port: "one", From: "b", Problem: dag.UnknownNode, Msg: `there is no stage "b"`}},
		{"unknown port", map[string][]string{"one": {"a"}, "two": {"a"}}, dag.WireError{Port: "two", Problem: dag.UnknownPort, Msg: "pair has no such input; it has one, maybe, many"}},
		{"wrong type", map[string][]string{"one": {"a"}, "many": {"a", "n"}}, dag.WireError{Port: "many", From: "n", Index: 1, Problem: dag.WrongType, Msg: "takes text, and n (numbers) makes numbers"}},
		{"too many", map[string][]string{"one": {"a", "a"}}, dag.WireError{Port: "one", From: "a", Index: 1, Problem: dag.TooMany, Msg: "takes one stage, not 2"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := dag.NewGraph("test", []*dag.Node{a, n, {Name: "p", Kind: pair, In: tt.in}})
			tt.want.Node = "p"
			var got *dag.WireError
			if !errors.As(err, &got) || *got != tt.want {
				t.Errorf("%v", err)
			}
		})
	}
	_, err := dag.NewGraph("test", []*dag.Node{a, a})
	var got *dag.WireError
	if !errors.As(err, &got) || got.Problem != dag.DuplicateNode || got.Node != "a" {
		t.Errorf("%v", err)
	}
}

// picky takes no stage called bad at its port many.
type picky struct{ text }

func (*picky) ValidateInputs(in map[string][]*dag.Node) error {
	for i, n := range in["many"] {
		if n.Name == "bad" {
			return &dag.WireError{Port: "many", Index: i, Msg: "is bad"}
		}
	}
	return nil
}

// What a stage has against its inputs is told once all connections are right by type.
func TestInputsThatDontFit(t *testing.T) {
	nodes := func(many ...string) []*dag.Node {
		return []*dag.Node{{Name: "good", Kind: textKind}, {Name: "bad", Kind: textKind},
			{Name: "p", Kind: pair, Stage: new(picky), In: map[string][]string{"one": {"bad"}, "many": many}}}
	}
	var got *dag.WireError
	want := dag.WireError{Node: "p", Port: "many", From: "bad", Index: 1, Problem: dag.Mismatch, Msg: "is bad"}
	if _, err := dag.NewGraph("test", nodes("good", "bad")); !errors.As(err, &got) || *got != want {
		t.Errorf("got %v, want %v", err, &want)
	}
	if _, err := dag.NewGraph("test", nodes("good")); err != nil {
		t.Error(err)
	}
	if _, err := dag.NewGraph("test", nodes("bad", "nowhere")); !errors.As(err, &got) || got.Problem != dag.UnknownNode {
		t.Errorf("a connection that leads nowhere: %v", err)
	}
}

func TestCycle(t *testing.T) {
	_, err := dag.NewGraph("test", []*dag.Node{
		node(textKind, "z", nil), node(joinKind, "after", nil, "c"), node(joinKind, "a", nil, "z", "c"), node(joinKind, "b", nil, "a"), node(joinKind, "c", nil, "b"),
	})
	var cycle *dag.CycleError
	if !errors.As(err, &cycle) {
		t.Fatal(err)
	}
	want(t, err.Error(), "stages wait for each other in a ring: a → b → c → a")
	_, err = dag.NewGraph("test", []*dag.Node{node(joinKind, "a", nil, "a")})
	if !errors.As(err, &cycle) || len(cycle.Cycle) != 1 {
		t.Fatal(err)
	}
}

func TestOrderIsStable(t *testing.T) {
	g := graph(t, node(joinKind, "d", nil, "b"), node(textKind, "x", nil), node(joinKind, "b", nil, "a"), node(textKind, "y", nil), node(textKind, "a", nil))
	var got []string
	for _, n := range g.Nodes {
		got = append(got, n.Name)
	}
	want(t, strings.Join(got, " "), "x y a b d")
}

// TestOrder draws graphs without cycles in any order and wants each node after its inputs.
func TestOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "nodes")
		var nodes []*dag.Node
		for i := range n {
			var in []string
			for j := range i {
				if rapid.Bool().Draw(t, "edge") {
					in = append(in, string(rune('a'+j)))
				}
			}
			nodes = append(nodes, node(joinKind, string(rune('a'+i)), nil, in...))
		}
		g, err := dag.NewGraph("test", rapid.Permutation(nodes).Draw(t, "order"))
		if err != nil || len(g.Nodes) != n {
			t.Fatal(g, err)
		}
		placed := map[string]bool{}
		for _, node := range g.Nodes {
			for _, in := range node.Inputs() {
				if !placed[in] {
					t.Fatalf("%s comes before %s", node.Name, in)
				}
			}
			placed[node.Name] = true
		}
	})
}
