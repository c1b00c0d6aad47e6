package cluster

import (
	"math"

	"fashionpipe/internal/nearest"
)

// Normalise gives a copy of the rows of data, dim numbers each, divided by their L2 norms; a row of zeros stays zero.
func Normalise(data []float32, dim int) []float32 {
	out := make([]float32, len(data))
	for i := 0; i < len(data); i += dim {
		n := nearest.Norm(data[i : i+dim])
		if n == 0 {
			continue
		}
		for j := i; j < i+dim; j++ {
			out[j] = float32(float64(data[j]) / n)
		}
	}
	return out
}

// norm is the L2 norm of a centre.
func norm(x []float64) float64 {
	var sum float64
	for _, v := range x {
		sum += float64(v * v)
	}
	return math.Sqrt(sum)
}

// normaliseCentres divides centres of dim numbers by their norms; one of zeros stays.
func normaliseCentres(centres []float64, dim int) {
	for i := 0; i < len(centres); i += dim {
		if n := norm(centres[i : i+dim]); n > 0 {
			for j := i; j < i+dim; j++ {
				centres[j] /= n
			}
		}
	}
}
