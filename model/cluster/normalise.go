package cluster

import "fashionpipe/internal/nearest"

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
