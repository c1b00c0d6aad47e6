package model

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/gomlx/compute"

	"fashionpipe/internal/gpu"
	"fashionpipe/internal/pjrt"
)

// What XLA says, as reports of its users have it; behind "PJRT error" as go-xla gives it.
const (
	saidTemp = `PJRT error (code=8): Out of memory while trying to allocate 47703542320 bytes.
BufferAssignment OOM Debugging.
BufferAssignment stats:
             parameter allocation:  372.76MiB
              constant allocation:    48.5KiB
        maybe_live_out allocation:    9.64GiB
     preallocated temp allocation:   44.44GiB
                 total allocation:   54.44GiB
              total fragmentation:  680.30MiB (4.60%)
Peak buffers:
	Buffer 1:
		Size: 506.25MiB`
	saidRequest = `RESOURCE_EXHAUSTED: Failed to allocate request for 2.00GiB (2147483648B) on device ordinal 0`
	saidRounded = `Allocator (GPU_0_bfc) ran out of memory trying to allocate 87.49GiB (rounded to 93936833536)requested by op`
	saidDriver  = `INTERNAL: CUDA_ERROR_OUT_OF_MEMORY: out of memory`
	saidShared  = `PJRT error (code=8): Shared memory size limit exceeded: requested 294912, available: 232448`
	saidOther   = `PJRT error (code=3): Executable expected parameter 0 of size 4 but got buffer with incompatible size 8`
)

func TestExhausted(t *testing.T) {
	for text, want := range map[string]int64{
		saidTemp: 58454504898, saidRequest: 2 << 30, saidRounded: 93941672181, saidDriver: 0, saidShared: -1, saidOther: -1,
		"Resource exhausted: Out of memory allocating 402653184 bytes.": 402653184,
		"CUDNN_STATUS_ALLOC_FAILED in external/xla":                     0,
		"no room": -1,
	} {
		got := int64(-1)
		if exhausted(text) {
			got = wanted(text)
		}
		if got != want {
			t.Errorf("%.60q: %d, not %d", text, got, want)
		}
	}
}

func FuzzWanted(f *testing.F) {
	for _, text := range []string{saidTemp, saidRequest, saidRounded, "total allocation: 9999999999999999999TiB", "allocate 99999999999999999999 bytes"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if n := wanted(text); n < 0 {
			t.Errorf("%q: %d", text, n)
		}
	})
}

func TestFitting(t *testing.T) {
	for _, tt := range []struct {
		usable, wanted   int64
		n, devices, want int
	}{
		{0, 0, 512, 1, 256}, {70, 0, 512, 1, 256}, {0, 90, 512, 1, 256}, {70, 60, 512, 1, 256}, {70, 90, 512, 1, 352}, {70, 700, 512, 1, 40},
		{70, 7000, 512, 1, 4}, {1, 1000, 2, 1, 0}, {0, 0, 1, 1, 0}, {0, 0, 25, 1, 12}, {70, 71, 512, 1, 448},
		{70, 90, 512, 2, 352}, {70, 90, 510, 3, 336}, {70, 90, 64, 4, 44}, {70, 7000, 512, 3, 3}, {70, 7000, 512, 8, 0}, {0, 0, 12, 4, 4},
	} {
		e := &OutOfMemoryError{Usable: tt.usable, Wanted: tt.wanted}
		if got := e.Fitting(tt.n, tt.devices); got != tt.want {
			t.Errorf("%+v: %d", tt, got)
		}
	}
}

// full is a backend on which programs have no room: to be compiled, or to run.
type full struct {
	compute.Backend
	compiling, running error
}

func (f *full) Builder(name string) compute.Builder { return fullBuilder{f.Backend.Builder(name), f} }

type fullBuilder struct {
	compute.Builder
	f *full
}

func (b fullBuilder) Compile() (compute.Executable, error) {
	if b.f.compiling != nil {
		return nil, b.f.compiling
	}
	e, err := b.Builder.Compile()
	return fullExecutable{e, b.f}, err
}

type fullExecutable struct {
	compute.Executable
	f *full
}

func (e fullExecutable) Execute(in []compute.Buffer, donate []bool, device compute.DeviceNum) ([]compute.Buffer, error) {
	if e.f.running != nil {
		return nil, e.f.running
	}
	return e.Executable.Execute(in, donate, device)
}

// TestOutOfMemory: a training that has no room says on which device, how much was wanted, and keeps what XLA said; other
// errors of XLA stay what they are.
func TestOutOfMemory(t *testing.T) {
	h100 := []*gpu.GPU{{Name: "NVIDIA H100 80GB HBM3", Total: 81559 << 20, Free: 40 << 30}}
	for where, f := range map[string]*full{
		"compiling": {compiling: fmt.Errorf("failed: %w", errors.New(saidTemp))}, "running": {running: errors.New(saidTemp)},
	} {
		f.Backend = open(t, "cpu").compute
		b := &Backend{name: "xla", plugin: pjrt.Plugin{Platform: "cuda"}, compute: f, gpus: h100}
		_, err := Train(t.Context(), b, newFakeImages(8, 32, 32), smallConfig("mse"), Hooks{})
		var o *OutOfMemoryError
		if !errors.As(err, &o) {
			t.Fatalf("%s: %v", where, err)
		}
		if want := "out of memory on NVIDIA H100 80GB HBM3, 79.6 GiB: XLA wanted 54.4 GiB"; o.Error() != want {
			t.Errorf("%s: %q, not %q", where, o, want)
		}
		if o.Usable != 40<<30 || o.Wanted != 58454504898 || !strings.Contains(o.Err.Error(), "Peak buffers") {
			t.Errorf("%s: %+v", where, o)
		}
		f.compiling, f.running = errors.New(saidOther), nil
		if _, err := Train(t.Context(), b, newFakeImages(8, 32, 32), smallConfig("mse"), Hooks{}); err == nil || errors.As(err, &o) {
			t.Errorf("%s: another error is %v", where, err)
		}
	}
}
