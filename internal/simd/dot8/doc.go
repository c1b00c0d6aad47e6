// Package dot8 screens pairs of rows by inner products of 8-bit integers: with the instructions AVX512_VNNI four
// multiplications take the time of one in float32.
//
// A row v is rounded to v ≈ scale·q with whole q from −127 to 127, and the length of what is lost, ‖v − scale·q‖, is
// kept. The products of integers are exact, so by Cauchy and Schwarz the true product of two rows lies within
//
//	rest(a)·‖b‖ + ‖scale·q(a)‖·rest(b)
//
// of the product of the rounded ones. The package turns that into lower bounds of distances; who uses it measures the
// few pairs that the bounds leave.
//
// It is there on processors that have the instructions only (Available); elsewhere float32 products do the same work.
// The package must not know what rows are, nor what bounds are for.
package dot8

//go:generate go run ./gen
