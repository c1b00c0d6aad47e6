// Package window reduces float32 arrays: over windows that slide along their axes (pooling, and the gradient of max
// pooling) and over whole axes (sum, product, maximum, minimum, and the place of the extreme).
//
// A description (dimensions, windows, axes) is made into a plan once; the plan is then run any number of times, by any
// number of goroutines at once. Arrays are dense and row-major. What lies behind the last axis that has a window is
// taken as channels, and a window's channels are computed together by the kernels of internal/simd/vec; so arrays with
// channels innermost, as [N, H, W, C], are fast.
//
// Work is shared between the processor's cores. Each number is made by one goroutine in an order that depends on the
// dimensions only: results have the same bits for any number of cores. NaN, signed zeros and ties are treated as by
// GoMLX's Go backend, which the tests compare with where it can be reached; sums over axes differ from its in rounding,
// as theirs are in the order of the elements and ours in blocks, with an error that grows with the logarithm of the length.
//
// The package knows nothing of GoMLX, graphs or buffers.
package window
