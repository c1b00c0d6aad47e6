package model

import (
	"slices"
	"testing"

	. "github.com/gomlx/gomlx/core/graph" // graph code reads as formulas

	"fashionpipe/internal/rng"
)

// TestPickMaxEqualsMaxPool: the pooling that XLA gets in training and its gradient are those of backend cpu, which are held
// to a formula of their own, also where numbers are equal: after a ReLU many are 0.
func TestPickMaxEqualsMaxPool(t *testing.T) {
	for _, c := range []struct{ size, window, stride, pad int }{{12, 3, 2, 1}, {11, 3, 2, 1}, {8, 2, 2, 0}, {7, 3, 1, 1}} {
		const n, channels = 2, 5
		r := rng.New(3, "pool", c.size)
		x := tensor{shape: []int{n, c.size, c.size, channels}}
		for range size(x.shape) {
			x.data = append(x.data, float32(max(0, r.IntN(7)-3)))
		}
		pool := func(b *Backend) [][]float32 {
			t.Helper()
			prog, err := compile(b, "pool", func(g *Graph) []*Node {
				in := parameter(g, "x", x.shape)
				y := newNet(nil, true, F32).maxPool(in, c.window, c.stride, c.pad)
				weigh := AddScalar(ConvertDType(IotaFull(g, y.Shape()), y.DType()), 1) // a gradient of its own for each window
				return []*Node{y, Gradient(ReduceAllSum(Mul(y, weigh)), in)[0]}
			})
			if err != nil {
				t.Fatal(err)
			}
			defer prog.close()
			out, err := prog.run(t.Context(), upload(x))
			if err != nil {
				t.Fatal(err)
			}
			var all [][]float32
			for _, o := range out {
				v, err := download(o)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, v)
			}
			return all
		}
		got, want := pool(xlaBackend(t)), pool(open(t, "cpu"))
		for i, what := range []string{"maximum", "gradient"} {
			if !slices.Equal(got[i], want[i]) {
				t.Errorf("%+v: the %s differs", c, what)
			}
		}
	}
}
