package winograd

import "fashionpipe/internal/simd"

var (
	avx512of4 = kernels{size: 4, points: 6, lanes: 16, input: input6AVX512, weights: weights6AVX512, output: output6AVX512,
		gradient: gradient6AVX512, taps: taps6AVX512, plain: &plain4}
	avx512of2 = kernels{size: 2, points: 4, lanes: 16, input: input4AVX512, weights: weights4AVX512, output: output4AVX512, plain: &plain2}
	avx2of4   = kernels{size: 4, points: 6, lanes: 8, input: input6AVX2, weights: weights6AVX2, output: output6AVX2,
		gradient: gradient6AVX2, taps: taps6AVX2, plain: &plain4}
	avx2of2 = kernels{size: 2, points: 4, lanes: 8, input: input4AVX2, weights: weights4AVX2, output: output4AVX2, plain: &plain2}
)

func forLevel(l simd.Level) (four, two *kernels) {
	switch l {
	case simd.AVX512:
		return &avx512of4, &avx512of2
	case simd.AVX2:
		return &avx2of4, &avx2of2
	}
	return &plain4, &plain2
}
