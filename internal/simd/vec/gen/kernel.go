package main

import (
	"strings"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// kernel is a function of package vec that has an implementation per level: name, then Go, AVX2 or AVX512.
type kernel struct {
	name   string
	params string // as in Go: "dst, a []float32, s float32"
	result string // "" or a type
	shared bool   // both levels use AVX2's
	direct bool   // package vec calls it by its level's name: no dispatch
	emit   func(m *machine, k kernel)
}

// arguments gives the parameters' names, comma separated.
func (k kernel) arguments() string {
	var names []string
	for p := range strings.SplitSeq(k.params, ",") {
		if f := strings.Fields(p); len(f) > 0 { // there may be none
			names = append(names, f[0])
		}
	}
	return strings.Join(names, ", ")
}

func (k kernel) signature() string {
	if k.result == "" {
		return "func(" + k.params + ")"
	}
	return "func(" + k.params + ") " + k.result
}

// begin opens the function of this level.
func (m *machine) begin(k kernel) {
	m.Function(k.name + m.name)
	m.Attributes(attr.NOSPLIT | attr.NOFRAME)
	m.Pragma("noescape")
	m.SignatureExpr(k.signature())
}

// end closes it. The upper halves of the registers are cleared: code with SSE instructions, as Go's is, is slow otherwise.
func (m *machine) end() {
	m.VZEROUPPER()
	m.RET()
}

// base, length and number load parameters.
func (m *machine) base(slice string) reg.GPVirtual {
	r := m.GP64()
	m.Load(m.Param(slice).Base(), r)
	return r
}

func (m *machine) length(slice string) reg.GPVirtual {
	r := m.GP64()
	m.Load(m.Param(slice).Len(), r)
	return r
}

// broadcast loads a float32 parameter into every lane.
func (m *machine) broadcast(name string) reg.VecVirtual {
	a, err := m.Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	v := m.vec()
	m.VBROADCASTSS(a.Addr, v)
	return v
}

// at is element i of a slice of elements of size bytes, plus a number of elements.
func at(base, i reg.Register, size uint8, plus int) operand.Mem {
	return operand.Mem{Base: base, Index: i, Scale: size, Disp: plus * int(size)}
}

// zeroed is a new 64-bit register that holds 0.
func (m *machine) zeroed() reg.GPVirtual {
	r := m.GP64()
	m.XORQ(r, r)
	return r
}
