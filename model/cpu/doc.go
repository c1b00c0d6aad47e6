// Package cpu is a GoMLX backend that computes on the processor in pure Go. It registers itself as "cpu".
//
// Whoever builds a graph with it builds two: one of this package's own nodes, and a shadow of it on GoMLX's Go backend,
// which says what shape each result has and what is wrong with an operation; the shadow is never run (builder.go,
// function.go, ops_*.go). Each node also remembers how to emit itself on the Go backend (node.go, replay.go).
//
// Compile turns the nodes into a list of steps (compile.go). First come passes over the graph (passes.go): dead nodes go,
// equal nodes become one, and elementwise chains become loops (fuse*.go), some of which are attached to a convolution.
// Then each other node gets a kernel from the table in natives.go; what has none is gathered into segments, which are
// compiled by the Go backend (schedule.go, segment.go). Last, all that lives between two steps gets its place in memory by
// a plan made once (storage.go, plan.go).
//
// Execute runs the steps in order in the calling goroutine; kernels share their work between the cores themselves
// (execute.go, inout.go, frame.go). Results do not depend on the number of cores. A kernel that panics fails the
// execution, with an error that names the operation, and nothing else.
//
// Buffers are buffers of the Go backend, whose memory the kernels read and write directly: nothing is copied where a
// kernel and a segment meet. Memory of finalized and donated buffers is used again (buffer.go); what lives inside an
// execution lies in one slab, of memory that executions take turns in (arena.go).
//
// To add a kernel, write it without GoMLX in a package below this one, implement the interface in kernel.go, and add
// its maker to natives.go; the maker gives nil for forms it does not take (they run on the Go backend), and a broken
// kernel where it should have made one and could not: then Compile fails. A new operation that the Go backend lacks is
// recorded with an emitFunc that writes it in operations which that has.
//
// Besides the tests here, the backend passes the suite that GoMLX has for backends (TestCompliance) and GoMLX's own tests of
// graphs, gradients, layers and training: "make upstream" runs them and names the few that fail, as they do on the Go backend.
//
// The kernels (model/cpu/conv, loop, array, window, winograd; internal/simd/gemm and vec) know nothing of GoMLX.
// Closures (the bodies of While, If and Sort) and graphs with axes of unknown size run on the Go backend as a whole.
package cpu
