// Command gen writes the kernels of package vec: assembly for AVX-512 and for AVX2, by avo, with the Go declarations
// (…_amd64.s, …_amd64.go), and the functions that choose between the levels (dispatch_amd64.go, dispatch_other.go). Run it
// by `go generate` in the folder of vec.
package main

import (
	"fmt"
	"strings"

	"github.com/mmcloughlin/avo/build"

	"fashionpipe/internal/simd/asmgen"
)

// part is a file of kernels.
type part struct {
	file    string
	kernels []kernel
}

func main() { asmgen.Main(generate) }

func generate() (asmgen.Files, error) {
	parts := []part{
		{"arith", arith()}, {"scalar", scalar()}, {"unary", unary()}, {"function", functions()}, {"mask", masks()},
		{"convert", conversions()}, {"sum", sums()}, {"sum64", sums64()}, {"columns", columns()}, {"scan", scans()},
		{"transpose", transposes()}, {"taps", tapKernels()}, {"stream", streams()}, {"wide", accumulations()},
	}
	files := asmgen.Files{}
	var dispatched []kernel
	for _, p := range parts {
		if err := addAssembly(files, p); err != nil {
			return nil, err
		}
		dispatched = append(dispatched, p.kernels...)
	}
	return files, addDispatch(files, dispatched)
}

func addAssembly(files asmgen.Files, p part) error {
	ctx := build.NewContext()
	pool := newPool(ctx)
	for _, l := range levels {
		for _, k := range p.kernels {
			if !k.shared || l.name == "AVX2" {
				k.emit(&machine{Context: ctx, level: l, pool: pool}, k)
			}
		}
	}
	asm := p.file + "_amd64.s"
	if err := files.Add(ctx, "vec", asm, "stubs_"+p.file+"_amd64.go"); err != nil {
		return err
	}
	return checkAVX2(string(files[asm]))
}

// checkAVX2 refuses registers that only AVX-512 has in AVX2 code: avo takes them when the first sixteen are in use, and the
// assembler would then encode AVX-512 instructions.
func checkAVX2(asm string) error {
	for text := range strings.SplitSeq(asm, "\nTEXT ") {
		name, _, _ := strings.Cut(text, "(")
		if !strings.HasSuffix(name, "AVX2") {
			continue
		}
		for r := 16; r < 32; r++ {
			for _, kind := range []string{"X", "Y", "Z"} {
				for _, end := range []string{",", "\n"} {
					if strings.Contains(text, fmt.Sprintf(" %s%d%s", kind, r, end)) {
						return fmt.Errorf("%s needs more than 16 vector registers", name)
					}
				}
			}
		}
	}
	return nil
}
