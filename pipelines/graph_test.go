package pipelines

import (
	"reflect"
	"testing"

	"fashionpipe/dag"
)

// sameGraph compares all but the functions of kinds.
func sameGraph(t interface {
	Helper()
	Errorf(string, ...any)
}, a, b *dag.Graph) {
	t.Helper()
	if a.Name != b.Name || len(a.Nodes) != len(b.Nodes) {
		t.Errorf("graphs %s with %d and %s with %d nodes", a.Name, len(a.Nodes), b.Name, len(b.Nodes))
		return
	}
	for i, m := range a.Nodes {
		n := b.Nodes[i]
		if m.Name != n.Name || m.Kind.Name != n.Kind.Name || m.Seed != n.Seed || m.GPU != n.GPU || m.NoGPU != n.NoGPU || m.CPU != n.CPU || m.Memory != n.Memory ||
			!reflect.DeepEqual(m.In, n.In) || !reflect.DeepEqual(m.Allow, n.Allow) || !reflect.DeepEqual(m.Stage, n.Stage) {
			t.Errorf("node %d: %+v %+v and %+v %+v", i, m, m.Stage, n, n.Stage)
		}
	}
}

func TestPaperGraph(t *testing.T) {
	x, err := Load("testdata/good/paper.yaml", fakeOptions())
	if err != nil {
		t.Fatal(err)
	}
	if x.Name != "paper" || x.Seed != 1 || x.Sweep == nil || x.Schedule == nil || len(x.Graph.Nodes) != 2+4+9*6+1 {
		t.Errorf("%s, seed %d, %d nodes", x.Name, x.Seed, len(x.Graph.Nodes))
	}
}
