package vec

// Plain Go, for machines without AVX2.

func addGo(dst, a, b []float32) {
	for i := range dst {
		dst[i] = a[i] + b[i]
	}
}

func subGo(dst, a, b []float32) {
	for i := range dst {
		dst[i] = a[i] - b[i]
	}
}

func mulGo(dst, a, b []float32) {
	for i := range dst {
		dst[i] = a[i] * b[i]
	}
}

func divGo(dst, a, b []float32) {
	for i := range dst {
		dst[i] = a[i] / b[i]
	}
}

func maxGo(dst, a, b []float32) {
	for i := range dst {
		dst[i] = max(a[i], b[i])
	}
}

func minGo(dst, a, b []float32) {
	for i := range dst {
		dst[i] = min(a[i], b[i])
	}
}

func mulAddGo(dst, a, b, c []float32) {
	for i := range dst {
		dst[i] = float32(a[i]*b[i]) + c[i] // the conversion forbids the compiler to fuse
	}
}

func fillGo(dst []float32, s float32) {
	for i := range dst {
		dst[i] = s
	}
}
