package vec

import "math"

// Plain Go, for machines without AVX2.

// addLanes adds the upper half of the lanes to the lower, and so on until one is left.
func addLanes[T float32 | float64](lanes []T) T {
	for n := len(lanes) / 2; n > 0; n /= 2 {
		for j := range n {
			lanes[j] += lanes[j+n]
		}
	}
	return lanes[0]
}

func sumGo(x []float32) float32 {
	var lanes [64]float32
	for i, v := range x {
		lanes[i%64] += v
	}
	return addLanes(lanes[:])
}

func maximumGo(x []float32) float32 {
	m := float32(math.Inf(-1))
	for _, v := range x {
		m = max(m, v)
	}
	return m
}

func minimumGo(x []float32) float32 {
	m := float32(math.Inf(1))
	for _, v := range x {
		m = min(m, v)
	}
	return m
}

func sumF64Go(x []float32) float64 {
	var lanes [16]float64
	for i, v := range x {
		lanes[i%16] += float64(v)
	}
	return addLanes(lanes[:])
}

func dotF64Go(a, b []float32) float64 {
	var lanes [16]float64
	for i, v := range a {
		lanes[i%16] += float64(float64(v) * float64(b[i]))
	}
	return addLanes(lanes[:])
}

func squaredDistanceF64Go(a, b []float32) float64 {
	var lanes [16]float64
	for i, v := range a {
		d := float64(v) - float64(b[i])
		lanes[i%16] += float64(d * d)
	}
	return addLanes(lanes[:])
}

func squaredDistanceToF64Go(a []float32, b []float64) float64 {
	var lanes [16]float64
	for i, v := range a {
		d := float64(v) - b[i]
		lanes[i%16] += float64(d * d)
	}
	return addLanes(lanes[:])
}

func scaledSquaredDistanceF64Go(a, b []float32, s, t float64) float64 {
	var lanes [16]float64
	for i, v := range a {
		d := float64(float64(v)*s) - float64(float64(b[i])*t)
		lanes[i%16] += float64(d * d)
	}
	return addLanes(lanes[:])
}

func addF64Go(acc []float64, x []float32) {
	for i, v := range x {
		acc[i] += float64(v)
	}
}

func addScaledF64Go(acc []float64, x []float32, s float64) {
	for i, v := range x {
		acc[i] += float64(s * float64(v))
	}
}
