// Command gen writes the assembly of package peak. Run it by go generate in that package's folder.
package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"fashionpipe/internal/simd/asmgen"
)

func main() { asmgen.Main(generate) }

// generate makes the assembly and its declarations.
func generate() (asmgen.Files, error) {
	c := build.NewContext()
	c.ConstraintExpr("amd64")
	for _, m := range []machine{
		{c, "AVX512", 64, 24, func(r reg.VecPhysical) reg.Register { return r.AsZ() }},
		{c, "AVX2", 32, 12, func(r reg.VecPhysical) reg.Register { return r.AsY() }},
	} {
		m.multiply()
		m.read()
	}
	files := asmgen.Files{}
	return files, files.Add(c, "peak", "loops_amd64.s", "loops_amd64.go")
}

// machine is a set of vector instructions.
type machine struct {
	*build.Context
	name  string
	bytes int // of a vector
	sums  int // that are made at the same time: more than the latency of an addition times additions a cycle
	wide  func(reg.VecPhysical) reg.Register
}

var registers = []reg.VecPhysical{
	reg.X0, reg.X1, reg.X2, reg.X3, reg.X4, reg.X5, reg.X6, reg.X7, reg.X8, reg.X9, reg.X10, reg.X11, reg.X12, reg.X13,
	reg.X14, reg.X15, reg.X16, reg.X17, reg.X18, reg.X19, reg.X20, reg.X21, reg.X22, reg.X23,
}

// clear sets n registers to zero.
func (m machine) clear(n int) {
	for _, r := range registers[:n] {
		m.VXORPS(r.AsY(), r.AsY(), r.AsY())
	}
}

// multiply does nothing but multiply and add in registers.
func (m machine) multiply() {
	m.Function("multiply" + m.name)
	m.Attributes(attr.NOSPLIT)
	m.SignatureExpr("func(rounds int)")
	m.Doc(fmt.Sprintf("multiply%s does %d multiplications and as many additions a round.", m.name, m.sums*m.bytes/4))
	m.Load(m.Param("rounds"), reg.RCX)
	m.clear(min(16, m.sums))
	m.Label("loop")
	for _, r := range registers[:m.sums] {
		m.VFMADD231PS(m.wide(r), m.wide(r), m.wide(r))
	}
	m.DECQ(reg.RCX)
	m.JNZ(operand.LabelRef("loop"))
	m.VZEROUPPER()
	m.RET()
}

// read does nothing but load.
func (m machine) read() {
	const vectors = 8
	m.Function("read" + m.name)
	m.Attributes(attr.NOSPLIT)
	m.SignatureExpr("func(x *byte, blocks int)")
	m.Doc(fmt.Sprintf("read%s reads blocks of %d bytes.", m.name, vectors*m.bytes))
	m.Pragma("noescape")
	m.Load(m.Param("x"), reg.RAX)
	m.Load(m.Param("blocks"), reg.RCX)
	m.Label("loop")
	for i := range vectors {
		m.VMOVUPS(operand.Mem{Base: reg.RAX, Disp: i * m.bytes}, m.wide(registers[i]))
	}
	m.ADDQ(operand.I32(vectors*m.bytes), reg.RAX)
	m.DECQ(reg.RCX)
	m.JNZ(operand.LabelRef("loop"))
	m.VZEROUPPER()
	m.RET()
}
