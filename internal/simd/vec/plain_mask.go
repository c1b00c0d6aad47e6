package vec

import "math"

// Plain Go, for machines without AVX2.

var allBits = math.Float32frombits(math.MaxUint32)

func mask(b bool) float32 {
	if b {
		return allBits
	}
	return 0
}

func bits(f float32) uint32 { return math.Float32bits(f) }

func equalGo(dst, a, b []float32) {
	for i := range dst {
		dst[i] = mask(a[i] == b[i])
	}
}

func notEqualGo(dst, a, b []float32) {
	for i := range dst {
		dst[i] = mask(a[i] != b[i])
	}
}

func lessGo(dst, a, b []float32) {
	for i := range dst {
		dst[i] = mask(a[i] < b[i])
	}
}

func lessOrEqualGo(dst, a, b []float32) {
	for i := range dst {
		dst[i] = mask(a[i] <= b[i])
	}
}

func equalScalarGo(dst, a []float32, s float32) {
	for i, v := range a {
		dst[i] = mask(v == s)
	}
}

func notEqualScalarGo(dst, a []float32, s float32) {
	for i, v := range a {
		dst[i] = mask(v != s)
	}
}

func lessScalarGo(dst, a []float32, s float32) {
	for i, v := range a {
		dst[i] = mask(v < s)
	}
}

func lessOrEqualScalarGo(dst, a []float32, s float32) {
	for i, v := range a {
		dst[i] = mask(v <= s)
	}
}

func greaterScalarGo(dst, a []float32, s float32) {
	for i, v := range a {
		dst[i] = mask(v > s)
	}
}

func greaterOrEqualScalarGo(dst, a []float32, s float32) {
	for i, v := range a {
		dst[i] = mask(v >= s)
	}
}

func selectGo(dst, mask, a, b []float32) {
	for i := range dst {
		if bits(mask[i]) != 0 {
			dst[i] = a[i]
		} else {
			dst[i] = b[i]
		}
	}
}

func reluGradGo(dst, y, dy []float32) {
	for i := range dst {
		if y[i] > 0 {
			dst[i] = dy[i]
		} else {
			dst[i] = 0
		}
	}
}

func andGo(dst, a, b []float32) {
	for i := range dst {
		dst[i] = math.Float32frombits(bits(a[i]) & bits(b[i]))
	}
}

func orGo(dst, a, b []float32) {
	for i := range dst {
		dst[i] = math.Float32frombits(bits(a[i]) | bits(b[i]))
	}
}

func xorGo(dst, a, b []float32) {
	for i := range dst {
		dst[i] = math.Float32frombits(bits(a[i]) ^ bits(b[i]))
	}
}

func notGo(dst, a []float32) {
	for i, v := range a {
		dst[i] = math.Float32frombits(^bits(v))
	}
}
