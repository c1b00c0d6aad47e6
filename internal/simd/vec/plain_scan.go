package vec

// Plain Go, for machines without AVX2.

func belowGo(dst []int32, x []float32, limit float32) int {
	n := 0
	for i, v := range x {
		if v < limit {
			dst[n] = int32(i)
			n++
		}
	}
	return n
}

func belowSumGo(dst []int32, x, y []float32, s, limit float32) int {
	n := 0
	for i, v := range x {
		if v+float32(s*y[i]) < limit {
			dst[n] = int32(i)
			n++
		}
	}
	return n
}

func transposeGo(dst, src []float32, rows, cols, ldDst, ldSrc int) {
	if rows < cols {
		for r := range rows {
			for c, v := range src[r*ldSrc : r*ldSrc+cols] {
				dst[c*ldDst+r] = v
			}
		}
		return
	}
	for c := range cols {
		column := dst[c*ldDst : c*ldDst+rows]
		for r := range column {
			column[r] = src[r*ldSrc+c]
		}
	}
}
