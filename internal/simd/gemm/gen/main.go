// Command gen writes the assembly of package gemm. Run it by go generate in that package's folder.
package main

import (
	"github.com/mmcloughlin/avo/build"

	"fashionpipe/internal/simd/asmgen"
)

func main() { asmgen.Main(generate) }

// generate makes a file of assembly and one of its declarations for each machine.
func generate() (asmgen.Files, error) {
	files := asmgen.Files{}
	for _, m := range []*machine{avx512(), avx2()} {
		m.Context = build.NewContext()
		m.ConstraintExpr("amd64")
		m.functions()
		name := "tile_" + m.file + "_amd64"
		if err := files.Add(m.Context, "gemm", name+".s", name+".go"); err != nil {
			return nil, err
		}
	}
	return files, nil
}
