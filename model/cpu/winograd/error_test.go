package winograd

import (
	"math/rand/v2"
	"testing"
)

// The package's documentation states these bounds, over eps·‖x‖·‖w‖ of the products that an output adds up: root mean square and
// largest error for data around zero, and for data with a large mean (as inputs far from zero beside their spread have).
var (
	centred = [2]float64{1, 8}
	offset  = [2]float64{6, 30}
)

// means are of inputs and weights with a spread of 1.
var means = []struct {
	x, w  float64
	bound [2]float64
}{{0, 0, centred}, {1, 0, centred}, {100, 0, centred}, {1, 1, offset}, {100, 1, offset}}

func TestError(t *testing.T) {
	for _, s := range []Shape{layer(1, 24, 64, 32), layer(1, 8, 512, 32), layer(2, 2, 256, 32)} {
		for _, m := range means {
			r := rand.New(rand.NewPCG(6, 0))
			x, data := normal(r, s.N*s.H*s.W*s.Ci, m.x), normal(r, 9*s.Ci*s.Co, m.w)
			w := hwio(data, s.Ci, s.Co)
			checkError(t, name(s), m.x, m.w, m.bound, size(x, data, 9*s.Ci), run(t, x, w, s), direct[float32](x, w, s), direct[float64](x, w, s))
		}
	}
}

func TestWeightGradError(t *testing.T) {
	for _, s := range []Shape{layer(2, 56, 32, 32), layer(4, 7, 64, 32)} {
		for _, m := range means {
			r := rand.New(rand.NewPCG(6, 0))
			x, dy := normal(r, s.N*s.H*s.W*s.Ci, m.x), normal(r, s.N*s.OH*s.OW*s.Co, m.w)
			checkError(t, name(s), m.x, m.w, m.bound, size(x, dy, s.N*s.OH*s.OW), runGrad(t, x, dy, s, "hwio"), directGrad[float32](x, dy, s), directGrad[float64](x, dy, s))
		}
	}
}

func checkError(t *testing.T, name string, meanX, meanW float64, bound [2]float64, size float64, got, plain []float32, want []float64) {
	rms, most := errorOf(got, want)
	plainRMS, plainMost := errorOf(plain, want)
	unit := eps * size
	t.Logf("%-22s means %3g, %g: error %.2f rms, %5.2f most; of a loop in float32 %5.2f and %5.2f", name, meanX, meanW, rms/unit, most/unit, plainRMS/unit, plainMost/unit)
	if rms > bound[0]*unit || most > bound[1]*unit {
		t.Errorf("more than %g and %g", bound[0], bound[1])
	}
}
