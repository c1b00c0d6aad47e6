// Package array moves the elements of dense row-major arrays: transposes, slices, pads, reverses, joins, broadcasts,
// gathers and scatters them. It owns the way from a description of such a move (dimensions, axes) to loops that run near
// the memory's bandwidth.
//
// An operation is a plan, made once from dimensions by a function such as Transpose, and then done any number of times, by
// any number of goroutines at once. Arrays are passed as bytes (see Bytes); elements are 1, 2, 4, 8 or 16 bytes wide and
// what they mean is not looked at, but by Scatter, Iota and Convert. Large moves are shared between the processor's cores.
// Results never depend on how: each element is written by one goroutine.
//
// Dimensions and axes are taken as checked: what does not fit is a panic, never a write outside an array. The package
// knows nothing of GoMLX, graphs or buffers.
package array
