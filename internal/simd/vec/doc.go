// Package vec holds loops over slices of float32: arithmetic, functions, comparisons and masks, sums, sums of columns,
// scans and the transpose of blocks. It has each of them in AVX-512, in AVX2 and in plain Go, and takes the one that
// simd.Active names. It is meant for blocks that lie in the first-level cache (about 1024 numbers); it starts no
// goroutine, allocates nothing, keeps nothing (arrays passed to it stay on the caller's stack), and knows neither tensors nor shapes beyond rows × columns.
//
// # Rules for all functions
//
// Operands are as long as dst, or the function panics. dst may be one of the operands, and must not overlap one in any
// other way. A result depends on the operands at its own place only, never on where in a slice it stands. Where it is
// not said otherwise, a function gives the same bits at every level.
//
// # Special numbers
//
// They are treated as by GoMLX's Go backend (package gobackend/ops of github.com/gomlx/compute v0.1.5), which treats them
// as Go does: Max and Min are NaN where an operand is, and order −0 below +0; comparisons with NaN are false, but for
// NotEqual; Sign of NaN and of −0 is +0; Abs of −0 is −0; Round rounds halves to even. Which NaN comes out is not said.
//
// # Masks
//
// A mask is a slice of float32 of which each has all 32 bits set (true) or none (false). True is a NaN as a number:
// masks are for Select, And, Or, Xor, Not, MaskToBool only.
package vec

//go:generate go run ./gen
