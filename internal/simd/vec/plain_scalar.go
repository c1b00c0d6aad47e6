package vec

// Plain Go, for machines without AVX2.

func addScalarGo(dst, a []float32, s float32) {
	for i, v := range a {
		dst[i] = v + s
	}
}

func mulScalarGo(dst, a []float32, s float32) {
	for i, v := range a {
		dst[i] = v * s
	}
}

func rsubScalarGo(dst, a []float32, s float32) {
	for i, v := range a {
		dst[i] = s - v
	}
}

func divScalarGo(dst, a []float32, s float32) {
	for i, v := range a {
		dst[i] = v / s
	}
}

func rdivScalarGo(dst, a []float32, s float32) {
	for i, v := range a {
		dst[i] = s / v
	}
}

func maxScalarGo(dst, a []float32, s float32) {
	for i, v := range a {
		dst[i] = max(v, s)
	}
}

func minScalarGo(dst, a []float32, s float32) {
	for i, v := range a {
		dst[i] = min(v, s)
	}
}
