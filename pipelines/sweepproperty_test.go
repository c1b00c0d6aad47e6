package pipelines

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fashionpipe/dag"
	"pgregory.net/rapid"
)

// reFileName is what every file system takes for a name.
var reFileName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.,=+-]*$`)

// TestSweepProperty holds of any sweep: it has the points that counting gives; every variant is, stage for stage, the
// experiment that --set makes of the file without the sweep; stages are one node exactly if they are equal with all
// before them; names are unique; the resolved file has the same graph.
func TestSweepProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSweep(t)
		points := s.points()
		src := s.yaml()
		x, err := Parse("drawn.yaml", []byte(src), fakeOptions())
		if err != nil {
			t.Fatalf("%v\n%s", err, src)
		}
		if len(x.Sweep.Variants) != len(points) {
			t.Fatalf("%d variants, want %d\n%s", len(x.Sweep.Variants), len(points), src)
		}
		alone, _, _ := strings.Cut(src, "sweep:")
		is := map[string]string{} // what a node is → its name
		names := map[string]bool{}
		for i, v := range x.Sweep.Variants {
			var set []string
			for a, p := range points[i] {
				set = append(set, s.axes[a].path+"="+s.axes[a].values[p])
			}
			one, err := Parse("drawn.yaml", []byte(alone), fakeOptions(set...))
			if err != nil {
				t.Fatalf("%v: %v\n%s", set, err, src)
			}
			if names[v.Name] || !reFileName.MatchString(v.Name) || len(v.Name) > 200 {
				t.Fatalf("variant name %s", v.Name)
			}
			names[v.Name] = true
			checkVariant(t, x.Graph, one.Graph, v, is)
		}
		if len(is) != len(x.Graph.Nodes) {
			t.Fatalf("%d nodes, %d of them different\n%s", len(x.Graph.Nodes), len(is), src)
		}
		checkOrder(t, x.Graph)
		checkResolved(t, x)
	})
}

// checkVariant compares the nodes of a variant with the experiment it is.
func checkVariant(t *rapid.T, g, one *dag.Graph, v Variant, is map[string]string) {
	if len(v.Nodes) != len(one.Nodes) {
		t.Fatalf("%s has %d stages, want %d", v.Name, len(v.Nodes), len(one.Nodes))
	}
	for _, n := range one.Nodes {
		name := v.Nodes[n.Name]
		got, ok := g.Node(name)
		if !ok || got.BaseName() != n.Name {
			t.Fatalf("%s: stage %s is %q, which is %+v", v.Name, n.Name, name, got)
		}
		have, want := identityOf(g, got, false), identityOf(one, n, false)
		if have != want {
			t.Fatalf("%s: %s is\n%s, want\n%s", v.Name, name, have, want)
		}
		if other, ok := is[have]; ok && other != name {
			t.Fatalf("%s and %s are both\n%s", name, other, have)
		}
		is[have] = name
	}
}

// identityOf writes out what a node is, and all before it; with seeds that nothing is drawn from only if asked to.
func identityOf(g *dag.Graph, n *dag.Node, seeds bool) string {
	rest := *n
	rest.Name, rest.Base, rest.Kind, rest.Stage, rest.In = "", "", nil, nil, nil
	if !usesSeed(n.Stage) && !seeds {
		rest.Seed = 0
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %+v %+v(", n.BaseName(), n.Kind.Name, reflect.ValueOf(n.Stage).Elem(), rest)
	for _, p := range n.Kind.In {
		for _, from := range n.In[p.Name] {
			in, ok := g.Node(from)
			if !ok {
				return "no node " + from
			}
			b.WriteString(p.Name + ": " + identityOf(g, in, seeds) + "; ")
		}
	}
	return b.String() + ")"
}

// checkOrder holds that each node stands after its inputs, and shares nothing with another.
func checkOrder(t *rapid.T, g *dag.Graph) {
	placed, owner := map[string]bool{}, map[dag.Stage]string{}
	for _, n := range g.Nodes {
		for _, from := range n.Inputs() {
			if !placed[from] {
				t.Fatalf("%s stands before its input %s", n.Name, from)
			}
		}
		if placed[n.Name] {
			t.Fatalf("two nodes %s", n.Name)
		}
		placed[n.Name] = true
		if other := owner[n.Stage]; other != "" && reflect.TypeOf(n.Stage).Elem().Size() > 0 {
			t.Fatalf("%s and %s share their parameters", n.Name, other)
		}
		owner[n.Stage] = n.Name
	}
}

// TestSweepOrder holds that the order of stages and of keys in the file changes no node.
func TestSweepOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSweep(t)
		s.points()
		a, err := Parse("drawn.yaml", []byte(s.yaml()), fakeOptions())
		if err != nil {
			t.Fatal(err)
		}
		other := s
		other.stages = rapid.Permutation(s.stages).Draw(t, "stages in another order")
		b, err := Parse("drawn.yaml", []byte(other.yaml()), fakeOptions())
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(a.Sweep, b.Sweep) {
			t.Fatalf("%+v\n%+v", a.Sweep, b.Sweep)
		}
		for _, n := range a.Graph.Nodes {
			m, ok := b.Graph.Node(n.Name)
			if !ok || identityOf(a.Graph, n, true) != identityOf(b.Graph, m, true) {
				t.Fatalf("%s is another node in\n%s", n.Name, other.yaml())
			}
		}
	})
}

// TestPinnedSweepProperty holds that --set of a value on every axis leaves the one variant of these values, whose nodes
// are those of the whole sweep.
func TestPinnedSweepProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSweep(t)
		points := s.points()
		whole, err := Parse("drawn.yaml", []byte(s.yaml()), fakeOptions())
		if err != nil {
			t.Fatal(err)
		}
		i := rapid.IntRange(0, len(points)-1).Draw(t, "variant")
		var set []string
		for a, p := range points[i] {
			set = append(set, s.axes[a].path+"="+s.axes[a].values[p])
		}
		one, err := Parse("drawn.yaml", []byte(s.yaml()), fakeOptions(set...))
		if err != nil {
			t.Fatalf("%v: %v\n%s", set, err, s.yaml())
		}
		if len(one.Sweep.Variants) != 1 {
			t.Fatalf("%d variants with %v\n%s", len(one.Sweep.Variants), set, s.yaml())
		}
		for stage, name := range whole.Sweep.Variants[i].Nodes {
			a, _ := whole.Graph.Node(name)
			b, ok := one.Graph.Node(stage)
			if !ok || identityOf(whole.Graph, a, false) != identityOf(one.Graph, b, false) {
				t.Fatalf("%s is another stage with %v\n%s", name, set, s.yaml())
			}
		}
		checkResolved(t, one)
	})
}

// TestIdentityHasAllOfANode holds that what a node is made of is compared in full: a field that dag.Node gets must be
// thought of in union.identify, and then here.
func TestIdentityHasAllOfANode(t *testing.T) {
	known := []string{"Name", "Base", "Kind", "Stage", "In", "Seed", "Allow", "CPU", "Memory", "GPU", "NoGPU"}
	n := reflect.TypeFor[dag.Node]()
	for i := range n.NumField() {
		if name := n.Field(i).Name; !slices.Contains(known, name) {
			t.Errorf("dag.Node has %s, which union.identify does not know", name)
		}
	}
}
