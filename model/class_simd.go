//go:build amd64 && goexperiment.simd

package model

import (
	"os"
	"simd/archsimd"
	"strconv"
)

// goClass names the matrix product GoMLX's Go backend uses here: with GOEXPERIMENT=simd it has one for AVX2 and one
// for AVX-512, each with its own rounding.
func goClass() string {
	switch {
	case allowed("GOMLX_SIMD_AVX512") && archsimd.X86.AVX512():
		return "amd64:avx512"
	case allowed("GOMLX_SIMD_AVX2") && archsimd.X86.AVX2():
		return "amd64:avx2"
	}
	return "amd64"
}

// allowed reads the variables by which GoMLX can be told not to use an instruction set.
func allowed(variable string) bool {
	v, err := strconv.ParseBool(os.Getenv(variable))
	return err != nil || v
}
