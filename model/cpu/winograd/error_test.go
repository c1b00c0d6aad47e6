package winograd

import (
	"math/rand/v2"
	"testing"
)

// bound is what no output's error may exceed, over ‖x‖·‖w‖ of its 9·Ci products.
const bound = 60 * eps

// The largest error relative to float64, on noise and on inputs that lie far from zero beside their spread, as images or
// activations do.
func TestError(t *testing.T) {
	for _, s := range []Shape{layer(1, 24, 64, 32), layer(1, 8, 512, 32), layer(2, 2, 256, 32)} {
		for _, mean := range []float64{0, 1, 100} {
			for _, wmean := range []float64{0, 1} {
				r := rand.New(rand.NewPCG(6, 0))
				x, data := normal(r, s.N*s.H*s.W*s.Ci, mean), normal(r, 9*s.Ci*s.Co, wmean)
				w := hwio(data, s.Ci, s.Co)
				rms, most := errorOf(run(t, x, w, s), direct(x, w, s), size(x, data, s.Ci))
				t.Logf("%s mean %g, weights' %g: error %.3f rms, %.2f most, in eps·‖x‖·‖w‖", name(s), mean, wmean, rms/eps, most/eps)
				if most > bound {
					t.Errorf("%s mean %g: error %.2f", name(s), mean, most/eps)
				}
			}
		}
	}
}
