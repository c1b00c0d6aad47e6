package vec

import "math"

// Plain Go, for machines without AVX2.

func negGo(dst, a []float32) {
	for i, v := range a {
		dst[i] = -v
	}
}

func absGo(dst, a []float32) {
	for i, v := range a {
		if v < 0 {
			v = -v
		}
		dst[i] = v
	}
}

func sqrtGo(dst, a []float32) {
	for i, v := range a {
		dst[i] = float32(math.Sqrt(float64(v)))
	}
}

func rsqrtGo(dst, a []float32) {
	for i, v := range a {
		dst[i] = 1 / float32(math.Sqrt(float64(v)))
	}
}

func floorGo(dst, a []float32) {
	for i, v := range a {
		dst[i] = float32(math.Floor(float64(v)))
	}
}

func ceilGo(dst, a []float32) {
	for i, v := range a {
		dst[i] = float32(math.Ceil(float64(v)))
	}
}

func roundGo(dst, a []float32) {
	for i, v := range a {
		dst[i] = float32(math.RoundToEven(float64(v)))
	}
}

func signGo(dst, a []float32) {
	for i, v := range a {
		switch {
		case v < 0:
			dst[i] = -1
		case v > 0:
			dst[i] = 1
		default:
			dst[i] = 0
		}
	}
}

func expGo(dst, a []float32) {
	for i, v := range a {
		dst[i] = float32(math.Exp(float64(v)))
	}
}

func logGo(dst, a []float32) {
	for i, v := range a {
		dst[i] = float32(math.Log(float64(v)))
	}
}

func tanhGo(dst, a []float32) {
	for i, v := range a {
		dst[i] = float32(math.Tanh(float64(v)))
	}
}

func logisticGo(dst, a []float32) {
	for i, v := range a {
		e := math.Exp(-math.Abs(float64(v))) // never overflows
		if v < 0 {
			dst[i] = float32(e / (1 + e))
		} else {
			dst[i] = float32(1 / (1 + e))
		}
	}
}
