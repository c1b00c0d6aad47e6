// Command gen writes the assembly of package winograd: each transform for AVX-512 and for AVX2.
//
//	go generate ./model/cpu/winograd
package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"

	"fashionpipe/internal/simd/asmgen"
)

func main() { asmgen.Main(generate) }

// asm is the assembly being written.
var asm *build.Context

func generate() (asmgen.Files, error) {
	asm, constants = build.NewContext(), map[float64]operand.Mem{}
	asm.ConstraintExpr("amd64")
	for _, l := range []level{avx512, avx2} {
		spread("input6"+l.name, l, input6)
		spread("input4"+l.name, l, input4)
		spread("weights6"+l.name, l, filter(3))
		spread("weights4"+l.name, l, weights4)
		spread("gradient6"+l.name, l, filter(4))
		gather("output6"+l.name, l, output6(4))
		gather("output4"+l.name, l, output4)
		gather("taps6"+l.name, l, output6(3))
	}
	files := asmgen.Files{}
	return files, files.Add(asm, "winograd", "kernels_amd64.s", "kernels_amd64.go")
}
