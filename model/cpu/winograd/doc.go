// Package winograd computes 3×3 convolutions of stride 1 with fewer multiplications than their definition asks for:
// Winograd's minimal filtering (A. Lavin, S. Gray: Fast Algorithms for Convolutional Neural Networks, CVPR 2016), tiles of
// 4×4 outputs by 36 products instead of 144, or of 2×2 by 16 instead of 36. Arrays are float32, pixels NHWC. It owns
// the transforms, their blocking and the choice of where the method pays; products are gemm's. It knows nothing of
// networks or of GoMLX.
package winograd

//go:generate go run ./gen -out kernels_amd64.s -stubs kernels_amd64.go -pkg winograd
