package vec

// Plain Go, for machines without AVX2.

func maskToBoolGo(dst []bool, mask []float32) {
	for i, v := range mask {
		dst[i] = bits(v) != 0
	}
}

func boolToMaskGo(dst []float32, src []bool) {
	for i, v := range src {
		dst[i] = mask(v)
	}
}

func fromBoolGo(dst []float32, src []bool) {
	for i, v := range src {
		dst[i] = 0
		if v {
			dst[i] = 1
		}
	}
}

func fromUint8Go(dst []float32, src []uint8) {
	for i, v := range src {
		dst[i] = float32(v)
	}
}

func toUint8Go(dst []uint8, src []float32) {
	for i, v := range src {
		switch {
		case v >= 255:
			dst[i] = 255
		case v >= 1:
			dst[i] = uint8(v)
		default: // NaN too
			dst[i] = 0
		}
	}
}
