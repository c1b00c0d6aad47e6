//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && arm64))

package model

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/go-xla/compute/xla"
	"github.com/gomlx/go-xla/pjrt"
)

// told keeps what a backend says to XLA, and what XLA makes of it.
type told struct {
	compute.Backend
	text []string
	made []compute.Executable
}

func (k *told) Builder(name string) compute.Builder {
	return toldBuilder{k.Backend.Builder(name).(xlaProgram), k}
}

type toldBuilder struct {
	xlaProgram
	k *told
}

func (b toldBuilder) Compile() (compute.Executable, error) {
	e, err := b.xlaProgram.Compile()
	if err != nil {
		return nil, err
	}
	main, err := mainOf(b.Builder)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	err = main.Builder.Write(&text)
	b.k.text, b.k.made = append(b.k.text, text.String()), append(b.k.made, e)
	return e, err
}

// TestConvolutionsAreExact: of float32s where nothing may be rounded, and of nothing else; forwards and backwards, and in one
// process with those that may be.
func TestConvolutionsAreExact(t *testing.T) {
	b := xlaBackend(t)
	for _, c := range []struct {
		precision Precision
		kind      dtypes.DType
		exact     bool
	}{{F32, dtypes.Float32, true}, {TF32, dtypes.Float32, false}, {BF16, dtypes.Float32, true}, {BF16, dtypes.BFloat16, false}} {
		on, err := b.on(place{precision: c.precision})
		if err != nil {
			t.Fatal(err)
		}
		k := &told{Backend: forPrograms(on.compute)}
		p, err := compile(&Backend{name: "xla", compute: k}, "exact", func(g *Graph) []*Node {
			x, w := cast(parameter(g, "x", []int{1, 8, 8, 4}), c.kind), cast(parameter(g, "w", []int{3, 3, 4, 4}), c.kind)
			return Gradient(ReduceAllSum(Square(wide(Convolve(x, w).NoPadding().Done()))), x, w)
		})
		if err != nil {
			t.Fatal(err)
		}
		p.close()
		convolutions := 0
		for op := range strings.SplitSeq(k.text[0], "stablehlo.convolution") {
			if convolutions++; convolutions == 1 { // what stands before the first
				continue
			}
			if op, _, _ = strings.Cut(op, " : ("); strings.Count(op, "HIGHEST") != map[bool]int{true: 2}[c.exact] {
				t.Errorf("%s, %s: %s", c.precision, c.kind, op)
			}
		}
		if convolutions-1 != 3 {
			t.Errorf("%d convolutions, want one and those of two gradients", convolutions-1)
		}
	}
}

// TestStateIsOverwritten: XLA writes the new state over the old, all of it, whether a step is one program or two. What a step
// reads only stays as it is.
func TestStateIsOverwritten(t *testing.T) {
	b := xlaBackend(t)
	for accumulate, want := range map[int]int{1: 1, 2: 2} {
		k := &told{Backend: forPrograms(b.compute)}
		cfg := smallConfig("byol")
		cfg.Width, cfg.Batch, cfg.EMA, cfg.Accumulate = 1, 4, 0.9, accumulate
		s := stepperOn(t, &Backend{name: "xla", compute: k}, cfg, newFakeImages(8, 16, 16), 16)
		if len(k.made) != want {
			t.Fatalf("%d programs, want %d", len(k.made), want)
		}
		for i, p := range []*part{s.fused, s.gather, s.apply} {
			if p == nil {
				continue
			}
			if p.prog.replaces != len(p.changes) {
				t.Errorf("part %d: %d inputs are replaced, want %d", i, p.prog.replaces, len(p.changes))
			}
			var bytes int64
			for _, at := range p.changes {
				bytes += 4 * int64(size(s.state.slots[at].shape))
			}
			if got := aliased(t, k.made[max(0, i-1)]); got != bytes {
				t.Errorf("accumulate %d, part %d: %d bytes are written over, want %d", accumulate, i, got, bytes)
			}
		}
	}
}

// aliased gives the bytes of inputs that XLA writes results over.
func aliased(t *testing.T, e compute.Executable) int64 {
	t.Helper()
	f := reflect.ValueOf(e.(*xla.Executable)).Elem().FieldByName("exec")
	return (*(**pjrt.LoadedExecutable)(unsafe.Pointer(f.UnsafeAddr()))).OnDeviceMemoryUsageStats.Aliases
}
