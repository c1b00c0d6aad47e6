package model

import (
	"fmt"
	"testing"

	. "github.com/gomlx/gomlx/core/graph" // graph code reads as formulas

	"github.com/gomlx/gomlx/core/tensors"
)

// BenchmarkAugment changes one view of a batch, with nothing after it.
func BenchmarkAugment(b *testing.B) {
	for _, size := range []struct{ n, edge int }{{64, 64}, {16, 224}} {
		for _, c := range []struct {
			name string
			a    Augment
		}{
			{"jitter", Augment{}.Jitter(0.4)}, {"geometry", Augment{Geometry: 1}},
			{"both", Augment{Geometry: 1}.Jitter(0.4)},
		} {
			b.Run(fmt.Sprintf("%s/%dx%d", c.name, size.n, size.edge), func(b *testing.B) {
				prog, err := compile(open(b, "cpu"), "augment", func(g *Graph) []*Node {
					return []*Node{normalise(c.a.apply(images(g, "x", size.n, size.edge), parameter(g, "numbers", []int{c.a.numbers(), size.n})),
						imagenetMean, imagenetStd)}
				})
				if err != nil {
					b.Fatal(err)
				}
				defer prog.close()
				im := newFakeImages(size.n, size.edge, 8)
				rows := epochOrder(1, 1, size.n)
				pixels := make([]byte, 3*size.n*size.edge*size.edge)
				if err := pack(pixels, im, Whole, rows, nil, size.edge); err != nil {
					b.Fatal(err)
				}
				for b.Loop() {
					numbers := c.a.draw(1, 1, Whole, rows)
					out, err := prog.run(0, uploadImages(pixels, size.n, size.edge), tensors.FromFlatDataAndDimensions(numbers, c.a.numbers(), size.n))
					if err != nil {
						b.Fatal(err)
					}
					free(out...)
				}
			})
		}
	}
}
