//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && arm64))

package model

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unsafe"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/go-xla/compute/xla"
	"github.com/gomlx/go-xla/stablehlo"
)

// rounding gives the same backend with matrix units that may round float32s, or b itself where it isn't XLA.
func rounding(b compute.Backend) compute.Backend {
	x, ok := b.(*xla.Backend)
	if !ok {
		return b
	}
	r := *x // of one client
	r.DotGeneralUseTF32 = true
	return &r
}

// forPrograms gives what programs are built with: on XLA they say two things for which GoMLX has no words, that convolutions of
// float32s must not be rounded, and over which inputs results may be written.
func forPrograms(b compute.Backend) compute.Backend {
	if x, ok := b.(*xla.Backend); ok {
		return xlaPrograms{x}
	}
	return b
}

type xlaPrograms struct{ *xla.Backend }

func (b xlaPrograms) Builder(name string) compute.Builder {
	x, ok := b.Backend.Builder(name).(*xla.Builder)
	if !ok {
		return nil // as go-xla where it was finalised
	}
	return xlaProgram{x, !b.DotGeneralUseTF32}
}

// xlaProgram is a program that is being built.
type xlaProgram struct {
	*xla.Builder
	exact bool
}

// Compile says what is to be said, and compiles.
func (p xlaProgram) Compile() (compute.Executable, error) {
	main, err := mainOf(p.Builder)
	if err != nil {
		return nil, err
	}
	if p.exact {
		forbidRounding(main)
	}
	overwrite(main)
	return p.Builder.Compile()
}

// mainOf reaches for a field that go-xla keeps to itself: of all its package builds, this alone can be given attributes.
func mainOf(b *xla.Builder) (*stablehlo.Function, error) {
	f := reflect.ValueOf(b.Main()).Elem().FieldByName("fn")
	if !f.IsValid() || f.Type() != reflect.TypeFor[*stablehlo.Function]() {
		return nil, fmt.Errorf("go-xla's %T has no field fn of type *stablehlo.Function any more: this program was built with a version that it isn't made for", b.Main())
	}
	return *(**stablehlo.Function)(unsafe.Pointer(f.UnsafeAddr())), nil
}

// literal is a value of StableHLO as it is written.
type literal string

func (l literal) ToStableHLO() string { return string(l) }

// forbidRounding asks for the highest precision of convolutions of float32s. XLA lets cuDNN round their factors to tf32 otherwise.
func forbidRounding(main *stablehlo.Function) {
	for _, s := range main.Statements {
		isFloat32 := func(v *stablehlo.Value) bool { return v.Shape().DType == dtypes.Float32 }
		if s.OpType.String() == "Convolution" && slices.ContainsFunc(s.Inputs, isFloat32) {
			s.Attributes["precision_config"] = literal("[#stablehlo<precision HIGHEST>, #stablehlo<precision HIGHEST>]")
		}
	}
}

// overwrite lets each result be written over the input that it replaces.
func overwrite(main *stablehlo.Function) {
	for i, input := range main.Inputs {
		if !strings.HasPrefix(input.String(), "%"+stablehlo.ConvertToValidName(replaced)) {
			return
		}
		if input.Attributes == nil {
			input.Attributes = map[string]any{}
		}
		input.Attributes["tf.aliasing_output"] = int32(i)
	}
}
