package vec

import "math"

// Plain Go, for machines without AVX2.

func sumTapsGo(dst, src []float32, taps []int) {
	clear(dst)
	for _, t := range taps {
		for i, v := range src[t : t+len(dst)] {
			dst[i] += v
		}
	}
}

func productTapsGo(dst, src []float32, taps []int) {
	fillGo(dst, 1)
	for _, t := range taps {
		for i, v := range src[t : t+len(dst)] {
			dst[i] *= v
		}
	}
}

func maxTapsGo(dst, src []float32, taps []int) {
	fillGo(dst, float32(math.Inf(-1)))
	for _, t := range taps {
		for i, v := range src[t : t+len(dst)] {
			dst[i] = max(dst[i], v)
		}
	}
}

func minTapsGo(dst, src []float32, taps []int) {
	fillGo(dst, float32(math.Inf(1)))
	for _, t := range taps {
		for i, v := range src[t : t+len(dst)] {
			dst[i] = min(dst[i], v)
		}
	}
}

func argMaxTapsGo(best []float32, which []int32, src []float32, taps []int) {
	copy(best, src[taps[0]:])
	clear(which)
	for k, t := range taps[1:] {
		for i, v := range src[t : t+len(best)] {
			if v > best[i] || v != v {
				best[i], which[i] = v, int32(k+1)
			}
		}
	}
}

func argMinTapsGo(best []float32, which []int32, src []float32, taps []int) {
	copy(best, src[taps[0]:])
	clear(which)
	for k, t := range taps[1:] {
		for i, v := range src[t : t+len(best)] {
			if v < best[i] || v != v {
				best[i], which[i] = v, int32(k+1)
			}
		}
	}
}

func addTapsGo(dst, x []float32, which []int32, taps []int, first int) {
	for k, t := range taps {
		to := dst[t : t+len(x)]
		for i, w := range which {
			if int(w) == first+k {
				to[i] += x[i]
			}
		}
	}
}
