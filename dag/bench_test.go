package dag_test

import (
	"fmt"
	"testing"

	"fashionpipe/dag"
	"fashionpipe/dag/store"
)

// BenchmarkCachedRun runs ten stages whose results are all there, one of them a folder of 1,500 files.
func BenchmarkCachedRun(b *testing.B) {
	nodes := []*dag.Node{node(textKind, "s0", &text{Text: "x", Files: 1500})}
	for i := range 9 {
		nodes = append(nodes, node(joinKind, fmt.Sprint("s", i+1), &join{}, fmt.Sprint("s", i)))
	}
	benchCached(b, graph(b, nodes...))
}

// sweepGraph is a sweep whose axis is at the root: so many chains, each of twelve stages, with nothing in common.
func sweepGraph(b *testing.B, chains int) *dag.Graph {
	var nodes []*dag.Node
	for c := range chains {
		nodes = append(nodes, node(textKind, fmt.Sprintf("s0@%d", c), &text{Text: fmt.Sprint(c)}))
		for s := 1; s < 12; s++ {
			nodes = append(nodes, node(joinKind, fmt.Sprintf("s%d@%d", s, c), &join{}, fmt.Sprintf("s%d@%d", s-1, c), fmt.Sprintf("s0@%d", c)))
		}
	}
	return graph(b, nodes...)
}

// BenchmarkCachedSweep runs a sweep whose results are all there.
func BenchmarkCachedSweep(b *testing.B) { benchCached(b, sweepGraph(b, 200)) }

// BenchmarkPlanSweep plans a sweep, with none of its results there and with all.
func BenchmarkPlanSweep(b *testing.B) {
	g := sweepGraph(b, 200)
	for _, state := range []string{"nothing cached", "all cached"} {
		dir := b.TempDir()
		outlook := dag.WillRun
		if state == "all cached" {
			outlook = dag.IsCached
			cachedRun(b, dir, g)
		}
		b.Run(state, func(b *testing.B) {
			for b.Loop() {
				s, err := store.Open(dir, store.Options{ReadOnly: true})
				if err != nil {
					b.Fatal(err)
				}
				p, err := (&dag.Engine{Store: s}).Plan(b.Context(), g, dag.RunOptions{})
				if err != nil || p.Stages[0].Outlook != outlook {
					b.Fatal(err, p.Stages[0])
				}
			}
		})
	}
}

// BenchmarkRun runs stages that do next to nothing: what is measured is what the engine adds to each.
func BenchmarkRun(b *testing.B) {
	g := sweepGraph(b, 50)
	for b.Loop() {
		cachedRun(b, b.TempDir(), g)
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N*len(g.Nodes)), "ms/stage")
}

func benchCached(b *testing.B, g *dag.Graph) {
	dir := b.TempDir()
	cachedRun(b, dir, g)
	for b.Loop() {
		if sum := cachedRun(b, dir, g); sum.Count(dag.StateCached) != len(g.Nodes) {
			b.Fatal(states(sum))
		}
	}
}

func cachedRun(b *testing.B, dir string, g *dag.Graph) *dag.Summary {
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
