//go:build !(amd64 && goexperiment.simd)

package model

import "runtime"

// goClass names the matrix product GoMLX's Go backend uses here: plain Go, whose rounding differs between processor
// architectures (some fuse multiplication and addition).
func goClass() string { return runtime.GOARCH }
