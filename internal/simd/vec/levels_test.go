package vec

import (
	"math"
	"math/rand/v2"
	"testing"

	"fashionpipe/internal/simd"
)

// atEachLevel runs a test at every level this machine has.
func atEachLevel(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	old := level
	defer func() { level = old }()
	for l := simd.None; l <= simd.Best(); l++ {
		level = l
		t.Run(l.String(), f)
	}
}

func isNaN(f float32) bool { return f != f }

// same says whether two results are the same number: any NaN for a NaN.
func same(a, b float32) bool { return bits(a) == bits(b) || isNaN(a) && isNaN(b) }

// specials are numbers at which something is special, or near.
var specials = func() []float32 {
	list := []float32{
		0, 0x1p-149, 0x3p-149, 0x1.fffffcp-127, 0x1p-126, 0x1.000002p-126, 0x1p-70, 0.25, 0.5, 0x1.fffffep-1, 1, 0x1.000002p0,
		1.5, 2, 2.5, 3.5, 10, 87.5, 88.72284, 103.9, 254.5, 255, 255.5, 256, 0x1p23, 0x1.000002p23, 0x1p31, 0x1p64,
		math.MaxFloat32, float32(math.Inf(1)), float32(math.NaN()),
	}
	for _, v := range list {
		list = append(list, -v)
	}
	return list
}()

// numbers are n floats: of any size and sign, mostly near 1, sometimes special.
func numbers(r *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		switch r.IntN(8) {
		case 0:
			x[i] = specials[r.IntN(len(specials))]
		case 1:
			x[i] = math.Float32frombits(r.Uint32())
		default:
			x[i] = float32(r.NormFloat64())
		}
	}
	return x
}

// normals are n normally distributed floats.
func normals(r *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

func random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// atEachLevelOf runs f at every level this machine has, inside a test.
func atEachLevelOf(f func()) {
	defer func(old simd.Level) { level = old }(level)
	for level = simd.None; level <= simd.Best(); level++ {
		f()
	}
}
