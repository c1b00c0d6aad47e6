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

// drawnAxis is a path with values, of which no two make the same experiment whatever the other axes say.
type drawnAxis struct {
	path   string
	values []string // as YAML, which --set reads alike
}

// drawnSweep is an experiment with a sweep, and what is in it.
type drawnSweep struct {
	stages []string // lines of `stages:`
	axes   []drawnAxis
	drop   []map[int]int // exclusions: axis → point
	zip    bool          // the last two axes go side by side
}

const drawnVars = "vars: {n: 1, name: x, both: \"${vars.name}/${vars.n}\"}\n"

func drawSweep(t *rapid.T) drawnSweep {
	s := drawnSweep{stages: []string{
		"  p: {uses: photos, with: {root: \"${vars.both}\", limit: \"${vars.n}\"}}",
		"  q: {uses: photos, with: {root: y}}",
		"  i: {uses: decode, in: {photos: p}, with: {size: 8}}",
		"  t: {uses: train, in: {images: i}, resources: {gpu: 1}}",
		"  e: {uses: embed, in: {images: i, encoder: t}}",
		"  v: {uses: embed, in: {images: i}, with: {layer: \"${vars.name}\"}}",
		"  k: {uses: kmeans, in: {embeddings: e}}",
		"  s: {uses: evaluate, in: {ours: e, baseline: v, clusters: [k]}}",
	}}
	all := []drawnAxis{
		{"vars.n", []string{"2", "3", "40"}},
		{"vars.name", []string{`"a b"`, `"a/b"`, `"$"`, `"A b"`}},
		{"stages.i.with.grid", []string{"1x1", "2x2", "3x3", "4x4"}},
		{"stages.i.with.margin", []string{"0.5", "1e-3", "0"}},
		{"stages.i.in.photos", []string{"p", "q"}},
		{"stages.t.with.steps", []string{"[0.5]", "[]", "[0.25, 0.5]"}},
		{"stages.t.with.flip", []string{"true", "false"}},
		{"stages.t.seed", []string{"7", "8"}},
		{"stages.k.uses", []string{"kmeans"}},
		{"seed", []string{"1", "2", "18446744073709551615"}},
	}
	if rapid.Bool().Draw(t, "own seed") {
		all = slices.DeleteFunc(all, func(a drawnAxis) bool { return a.path == "stages.t.seed" })
	} else {
		all = slices.DeleteFunc(all, func(a drawnAxis) bool { return a.path == "seed" })
	}
	for _, a := range rapid.Permutation(all).Draw(t, "axes")[:rapid.IntRange(1, 4).Draw(t, "number of axes")] {
		a.values = rapid.Permutation(a.values).Draw(t, "values")[:rapid.IntRange(1, len(a.values)).Draw(t, "number of values")]
		s.axes = append(s.axes, a)
	}
	if n := len(s.axes); n > 1 && rapid.Bool().Draw(t, "zip") {
		s.zip = true
		short := min(len(s.axes[n-1].values), len(s.axes[n-2].values))
		s.axes[n-1].values, s.axes[n-2].values = s.axes[n-1].values[:short], s.axes[n-2].values[:short]
	}
	for range rapid.IntRange(0, 2).Draw(t, "exclusions") {
		e := map[int]int{}
		for a := range s.axes {
			if rapid.Bool().Draw(t, "in the exclusion") {
				e[a] = rapid.IntRange(0, len(s.axes[a].values)-1).Draw(t, "point")
			}
		}
		if len(e) > 0 {
			s.drop = append(s.drop, e)
		}
	}
	return s
}

// points lists, by counting, what the sweep must hold; exclusions that drop nothing are taken out.
func (s *drawnSweep) points() [][]int {
	at, out := make([]int, len(s.axes)), [][]int(nil)
	var walk func(axis int)
	walk = func(axis int) {
		if axis == len(s.axes) {
			out = append(out, slices.Clone(at))
			return
		}
		for i := range s.axes[axis].values {
			if s.zip && axis == len(s.axes)-1 && i != at[axis-1] {
				continue
			}
			at[axis] = i
			walk(axis + 1)
		}
	}
	walk(0)
	var drop []map[int]int
	for _, e := range s.drop {
		left := slices.DeleteFunc(slices.Clone(out), func(at []int) bool {
			for a, p := range e {
				if at[a] != p {
					return false
				}
			}
			return true
		})
		if len(left) > 0 && len(left) < len(out) {
			out, drop = left, append(drop, e)
		}
	}
	s.drop = drop
	return out
}

func (s *drawnSweep) yaml() string {
	var b strings.Builder
	b.WriteString(drawnVars + "stages:\n" + strings.Join(s.stages, "\n") + "\nsweep:\n")
	axes := s.axes
	line := func(a drawnAxis) { fmt.Fprintf(&b, "    %s: [%s]\n", a.path, strings.Join(a.values, ", ")) }
	if s.zip {
		axes = axes[:len(axes)-2]
	}
	if len(axes) > 0 {
		b.WriteString("  matrix:\n")
	}
	for _, a := range axes {
		line(a)
	}
	if s.zip {
		b.WriteString("  zip:\n")
		line(s.axes[len(s.axes)-2])
		line(s.axes[len(s.axes)-1])
	}
	if len(s.drop) > 0 {
		b.WriteString("  exclude:\n")
	}
	for _, e := range s.drop {
		b.WriteString("    - {")
		for i, a := range slices.Sorted(keysOf(e)) {
			if i > 0 {
				b.WriteString(", ")
			}
			v := s.axes[a].values[e[a]]
			if strings.HasPrefix(v, "[") {
				v = "[" + v + "]"
			}
			fmt.Fprintf(&b, "%s: %s", s.axes[a].path, v)
		}
		b.WriteString("}\n")
	}
	return b.String()
}

func keysOf(m map[int]int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// TestSweepProperty holds of any sweep: it has the points that counting gives; every variant is, stage for stage, the
// experiment that --set makes of the file without the sweep; stages are one node exactly if they are equal with all
// before them; names are unique; the resolved file has the same graph.
var reFileName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.,=+-]*$`)

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
		alone := src[:strings.Index(src, "sweep:")]
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

func checkOrder(t *rapid.T, g *dag.Graph) {
	placed := map[string]bool{}
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
	known := []string{"Name", "Base", "Kind", "Stage", "In", "Seed", "Allow", "CPU", "Memory", "GPU"}
	n := reflect.TypeFor[dag.Node]()
	for i := range n.NumField() {
		if name := n.Field(i).Name; !slices.Contains(known, name) {
			t.Errorf("dag.Node has %s, which union.identify does not know", name)
		}
	}
}
