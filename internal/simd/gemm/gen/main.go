// Command gen writes the assembly of package gemm. Run it by go generate in that package's folder.
package main

import (
	"fmt"
	"log"
	"os"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
)

func main() {
	log.SetFlags(0)
	files, err := generate()
	if err != nil {
		log.Fatal("gen: ", err)
	}
	for name, text := range files {
		if err := os.WriteFile(name, text, 0o644); err != nil {
			log.Fatal("gen: ", err)
		}
	}
}

// generate makes a file of assembly and one of its declarations for each machine.
func generate() (map[string][]byte, error) {
	files := map[string][]byte{}
	config := printer.Config{Name: "go generate, from gen", Pkg: "gemm"}
	for _, m := range []*machine{avx512(), avx2()} {
		m.Context = build.NewContext()
		m.ConstraintExpr("amd64")
		m.functions()
		file, err := m.Result()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.name, err)
		}
		if err := pass.Compile.Execute(file); err != nil {
			return nil, fmt.Errorf("%s: %w", m.name, err)
		}
		for name, p := range map[string]printer.Printer{
			"tile_" + m.file + "_amd64.s":  printer.NewGoAsm(config),
			"tile_" + m.file + "_amd64.go": printer.NewStubs(config),
		} {
			if files[name], err = p.Print(file); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return files, nil
}
