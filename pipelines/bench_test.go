package pipelines

import (
	"os"
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
