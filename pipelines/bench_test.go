package pipelines

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// BenchmarkParse reads the paper's experiment, which every command does first.
func BenchmarkParse(b *testing.B) {
	src, err := os.ReadFile("testdata/good/paper.yaml")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Parse("paper.yaml", src, fakeOptions()); err != nil {
			b.Fatal(err)
		}
	}
}

// wideSweep is a sweep of twelve stages with a thousand variants: ten sizes, which change all stages, ten variables, and
// ten seeds.
func wideSweep() []byte {
	var b strings.Builder
	b.WriteString("vars: {title: x}\nstages:\n  s0: {uses: photos, with: {root: x}}\n  s1: {uses: decode, in: {photos: s0}}\n")
	b.WriteString("  s2: {uses: train, in: {images: s1}}\n  s3: {uses: embed, in: {images: s1, encoder: s2}, with: {layer: \"${vars.title}\"}}\n")
	for i := 4; i < 8; i++ {
		fmt.Fprintf(&b, "  s%d: {uses: kmeans, in: {embeddings: s3}, with: {k: %d}}\n", i, i)
	}
	for i := 8; i < 11; i++ {
		fmt.Fprintf(&b, "  s%d: {uses: retrieve, in: {embeddings: s3}, with: {k: %d}}\n", i, i)
	}
	b.WriteString("  s11: {uses: evaluate, in: {ours: s3, clusters: [s4, s5, s6, s7]}}\nsweep:\n  matrix:\n")
	b.WriteString("    stages.s1.with.size: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\n    vars.title: [a, b, c, d, e, f, g, h, i, j]\n")
	b.WriteString("    seed: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\n")
	return []byte(b.String())
}

// BenchmarkSweep reads, checks and merges a thousand variants of twelve stages.
func BenchmarkSweep(b *testing.B) {
	src := wideSweep()
	for b.Loop() {
		x, err := Parse("sweep.yaml", src, fakeOptions())
		if err != nil {
			b.Fatal(err)
		}
		if len(x.Sweep.Variants) != 1000 {
			b.Fatalf("%d variants", len(x.Sweep.Variants))
		}
	}
}

// BenchmarkSweepOfAll is the worst case: one axis with a thousand values that every stage depends on.
func BenchmarkSweepOfAll(b *testing.B) {
	var src strings.Builder
	src.WriteString("vars: {n: 1}\nstages:\n")
	for i := range 12 {
		fmt.Fprintf(&src, "  s%d: {uses: photos, with: {root: x, split: s%d, limit: \"${vars.n}\"}}\n", i, i)
	}
	src.WriteString("sweep: {matrix: {vars.n: [0")
	for i := 1; i < 1000; i++ {
		fmt.Fprintf(&src, ", %d", i)
	}
	src.WriteString("]}}\n")
	for b.Loop() {
		x, err := Parse("sweep.yaml", []byte(src.String()), fakeOptions())
		if err != nil {
			b.Fatal(err)
		}
		if len(x.Graph.Nodes) != 12_000 {
			b.Fatalf("%d nodes", len(x.Graph.Nodes))
		}
	}
}
