package nearest

import (
	"math"

	"fashionpipe/internal/simd/vec"
)

// SquaredL2 is ‖x−y‖² of two rows of equal length, in float64 throughout. Its order of summation is fixed.
func SquaredL2(x, y []float32) float64 { return vec.SquaredDistanceF64(x, y) }

// SquaredToCentre is ‖x−c‖² of a row and a point given in float64, in the same order of summation.
func SquaredToCentre(x []float32, c []float64) float64 { return vec.SquaredDistanceToF64(x, c) }

// Norm is ‖x‖.
func Norm(x []float32) float64 { return math.Sqrt(vec.DotF64(x, x)) }

// Distance is the exact measure between rows i and j that all orders are made by: for Cosine, 1 − cosine similarity;
// for L2, the squared distance.
func (s *Space) Distance(i, j int) float64 {
	if s.Metric == L2 {
		return SquaredL2(s.Row(i), s.Row(j))
	}
	f, g := s.inverse[i], s.inverse[j]
	if f == 0 || g == 0 {
		return 1
	}
	// ½‖u−v‖² = 1 − u·v for unit u, v, without its loss of digits where u and v are close
	return vec.ScaledSquaredDistanceF64(s.Row(i), f, s.Row(j), g) / 2
}

// Score turns a distance of Space.Distance into what people read: the cosine similarity, or the L2 distance.
func (s *Space) Score(distance float64) float64 {
	if s.Metric == Cosine {
		return 1 - distance
	}
	return math.Sqrt(distance)
}

// margin is how much the exact measures and the numbers that bounds are made of may be off, relatively: both are sums in
// float64 of at most 2²⁰ terms or so.
const margin = 0x1p-30

// inCopy turns a distance into half the squared distance of the copies.
func (s *Space) inCopy(distance float64) float64 {
	if s.Metric == L2 {
		return distance * (s.scale * s.scale / 2)
	}
	return distance
}

// limit turns a distance from a row with this half into the greatest bound that a pair so near may have. Bounds are in
// the units of the copy.
func (s *Space) limit(distance, half float64) float32 {
	d := s.inCopy(distance)
	return above(d - half + margin*(d+half) + underflow)
}
