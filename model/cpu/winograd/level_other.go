//go:build !amd64

package winograd

import "fashionpipe/internal/simd"

func forLevel(simd.Level) (four, two *kernels) { return &plain4, &plain2 }
