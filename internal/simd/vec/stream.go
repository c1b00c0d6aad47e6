package vec

// Stream copies src to dst as copy does, but past the caches where the machine can: for much data that will not be
// read again soon. It spares reading dst's memory before it is written, and leaves in the caches what is there. Before
// another goroutine is told that dst is written, StreamEnd must be called.
func Stream(dst, src []float32) {
	same1(dst, src)
	streamKernel(dst, src)
}

// StreamEnd makes what this goroutine has streamed visible to others. (It takes as long as all writes still on their way: once
// after many blocks, not after each.)
func StreamEnd() { streamEndKernel() }

func streamGo(dst, src []float32) { copy(dst, src) }

func streamEndGo() {}

// Prefetch asks for x to be brought into the caches, and does not wait for it: for numbers that will be read soon and lie
// where the processor can't guess.
func Prefetch(x []float32) { prefetchKernel(x) }

func prefetchGo([]float32) {}
