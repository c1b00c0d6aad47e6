package cpu

import (
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/notimplemented"
	"github.com/gomlx/compute/shapes"
)

// builder implements compute.Builder. It builds a graph of nodes and beside it the shadow: the same graph on GoMLX's
// Go backend, from which come shapes and errors.
type builder struct {
	notimplemented.Builder

	backend  *Backend
	name     string
	shadow   compute.Builder
	main     *function
	ids      int
	dynamic  bool // some axis has no known size
	compiled bool
}

var _ compute.Builder = (*builder)(nil)

// Builder implements compute.Backend.
func (b *Backend) Builder(name string) compute.Builder {
	bu := &builder{Builder: notimplemented.Builder{ErrFn: notImplemented}, backend: b, name: name, shadow: b.tail.Builder(name)}
	bu.main = bu.newFunction(compute.MainName, nil, bu.shadow.Main())
	return bu
}

func notImplemented(op compute.OpType) error {
	return fmt.Errorf("backend %s: operation %s: %w", Name, op, compute.ErrNotImplemented)
}

func (b *builder) newFunction(name string, parent *function, shadow compute.Function) *function {
	return &function{
		Function: notimplemented.Function{ErrFn: notImplemented},
		builder:  b, parent: parent, name: name, shadow: shadow,
	}
}

// Name implements compute.Builder.
func (b *builder) Name() string { return b.name }

// Main implements compute.Builder.
func (b *builder) Main() compute.Function { return b.main }

// NewFunction implements compute.Builder. Calls of the function will be inlined.
func (b *builder) NewFunction(name string) (compute.Function, error) {
	shadow, err := b.shadow.NewFunction(name)
	if err != nil {
		return nil, err
	}
	return b.newFunction(name, nil, shadow), nil
}

// OpShape implements compute.Builder.
func (b *builder) OpShape(v compute.Value) (shapes.Shape, error) {
	x, err := b.value("OpShape", v)
	if err != nil {
		return shapes.Invalid(), err
	}
	return x.shape, nil
}

// value is v, if it is one of this builder's.
func (b *builder) value(op string, v compute.Value) (*value, error) {
	x, ok := v.(*value)
	switch {
	case v == nil:
		return nil, fmt.Errorf("%s: an operand is nil", op)
	case !ok:
		return nil, fmt.Errorf("%s: an operand (%T) is of another backend than %s", op, v, Name)
	case x.fn.builder != b:
		return nil, fmt.Errorf("%s: an operand is of another builder (%q) than this one (%q)", op, x.fn.builder.name, b.name)
	}
	return x, nil
}

// Compile implements compute.Builder.
func (b *builder) Compile() (compute.Executable, error) {
	if b.compiled {
		return nil, fmt.Errorf("builder %q was compiled before", b.name)
	}
	if !b.main.returned {
		return nil, fmt.Errorf("builder %q: Return must be called on the main function before Compile", b.name)
	}
	b.compiled = true
	defer func() { b.shadow = nil }() // large graphs: free it
	if b.dynamic {
		return compileWhole(b)
	}
	return compile(b)
}
