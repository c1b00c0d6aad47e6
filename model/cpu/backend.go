package cpu

import (
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"

	"fashionpipe/internal/parallel"
	"fashionpipe/internal/simd"
)

// Name is the backend's name in GoMLX's registry and in GOMLX_BACKEND.
const Name = "cpu"

func init() { compute.Register(Name, New) }

// Backend implements compute.Backend. Its methods may be called from several goroutines.
type Backend struct {
	tail      compute.Backend // GoMLX's Go backend: owner of all buffers, and runs what has no kernel here
	pool      bufferPool
	arena     arena
	finalized atomic.Bool
	watch     atomic.Pointer[func(step string, took time.Duration)]
	stop      atomic.Pointer[atomic.Bool]
}

// ErrStopped is the error of an execution that was told to stop, see StopWhen.
var ErrStopped = errors.New("the execution was told to stop")

// StopWhen makes executions end with ErrStopped, between two of their steps, once the flag is true. What was donated to
// them is used up. Nil ends it.
func (b *Backend) StopWhen(flag *atomic.Bool) { b.stop.Store(flag) }

// Watch has f called after each step of each execution, with its operation and shapes: to see where time goes. Nil ends it.
func (b *Backend) Watch(f func(step string, took time.Duration)) {
	if f == nil {
		b.watch.Store(nil)
		return
	}
	b.watch.Store(&f)
}

// New opens the backend. There is nothing to configure: config must be empty. It fails when PIPE_SIMD can't be followed.
func New(config string) (compute.Backend, error) {
	if config != "" {
		return nil, fmt.Errorf("backend %s: unknown option %q: it takes none", Name, config)
	}
	if err := simd.Check(); err != nil {
		return nil, fmt.Errorf("backend %s: %w", Name, err)
	}
	// One operation after another, all in the calling goroutine: there a panic can be caught, and sums are added in the
	// same order whatever the number of cores.
	tail, err := openGo("ops_sequential", inline)
	if err != nil {
		return nil, fmt.Errorf("backend %s: %w", Name, err)
	}
	return &Backend{tail: tail}, nil
}

// generation counts changes of the kernels that change the last bits of some result.
const generation = 1

// Class names what changes the last bits of a result: the kernels' generation, the processor's architecture and the
// vector instructions in use.
func Class() string {
	return fmt.Sprintf("%s:%d:%s:%s", Name, generation, runtime.GOARCH, simd.Active())
}

// Name implements compute.Backend.
func (b *Backend) Name() string { return Name }

// String implements compute.Backend.
func (b *Backend) String() string { return Name }

// Description says which vector instructions and how many cores are used.
func (b *Backend) Description() string {
	return fmt.Sprintf("cpu (%s %s, %d cores)", runtime.GOARCH, simd.Active(), parallel.Workers())
}

// NumDevices is 1.
func (b *Backend) NumDevices() int { return 1 }

// DeviceDescription implements compute.Backend.
func (b *Backend) DeviceDescription(compute.DeviceNum) string { return "processor" }

// Capabilities are those of GoMLX's Go backend and the operations this package adds.
func (b *Backend) Capabilities() compute.Capabilities {
	c := b.tail.Capabilities().Clone()
	for _, op := range added {
		c.Operations[op] = true
	}
	return c
}

// added are the operations that GoMLX's Go backend lacks.
var added = []compute.OpType{
	compute.OpTypeClamp, // it has Clamp, but doesn't say so
	compute.OpTypeBatchNormForInference,
	compute.OpTypeBatchNormForTraining,
	compute.OpTypeBatchNormGradient,
	compute.OpTypeDynamicSlice,
	compute.OpTypeDynamicUpdateSlice,
}

// Finalize frees what the backend holds; nothing can be computed with it afterwards.
func (b *Backend) Finalize() {
	if !b.finalized.Swap(true) {
		b.tail.Finalize()
		b.pool.clear()
		b.arena.clear()
	}
}

// IsFinalized implements compute.Backend.
func (b *Backend) IsFinalized() bool { return b.finalized.Load() }

var errFinalized = errors.New("backend " + Name + ": already finalized")

// HasSharedBuffers is true: a buffer's memory is ordinary memory.
func (b *Backend) HasSharedBuffers() bool { return true }

// NewSharedBuffer gives a buffer and its memory, a slice of the type of shape.DType; its content is undefined.
func (b *Backend) NewSharedBuffer(device compute.DeviceNum, shape shapes.Shape) (compute.Buffer, any, error) {
	if device != 0 {
		return nil, nil, fmt.Errorf("backend %s: there is only device 0, not %d", Name, device)
	}
	buf, err := b.newBuffer(shape)
	if err != nil {
		return nil, nil, err
	}
	return buf, buf.flat, nil
}

// BufferFromFlatData copies flat, a slice of the type of shape.DType, to a new buffer.
func (b *Backend) BufferFromFlatData(device compute.DeviceNum, flat any, shape shapes.Shape) (compute.Buffer, error) {
	if b.finalized.Load() {
		return nil, errFinalized
	}
	inner, err := b.tail.BufferFromFlatData(device, flat, shape)
	if err != nil {
		return nil, err
	}
	return b.wrap(inner, shape)
}
