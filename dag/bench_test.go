package dag_test

import (
	"fmt"
	"testing"

	"fashionpipe/dag"
	"fashionpipe/dag/store"
)

// BenchmarkCachedRun runs ten stages whose results are all there, one of them a folder of 1,500 files.
func BenchmarkCachedRun(b *testing.B) {
	dir := b.TempDir()
	nodes := []*dag.Node{node(textKind, "s0", &text{Text: "x", Files: 1500})}
	for i := range 9 {
		nodes = append(nodes, node(joinKind, fmt.Sprint("s", i+1), &join{}, fmt.Sprint("s", i)))
	}
	g := graph(b, nodes...)
	run := func() *dag.Summary {
		s, err := store.Open(dir, store.Options{})
		if err != nil {
			b.Fatal(err)
		}
		sum, err := (&dag.Engine{Store: s}).Run(b.Context(), g, dag.RunOptions{})
		if err != nil {
			b.Fatal(err)
		}
		return sum
	}
	run()
	for b.Loop() {
		if sum := run(); sum.Count(dag.StateCached) != 10 {
			b.Fatal(states(sum))
		}
	}
}
