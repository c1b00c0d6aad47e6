// Command gen writes the assembly of package gemm. Run it by go generate in that package's folder.
package main

import (
	"log"
	"os"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
)

func main() {
	log.SetFlags(0)
	for _, m := range []*machine{avx512(), avx2()} {
		if err := write(m); err != nil {
			log.Fatalf("gen: %s: %v", m.name, err)
		}
	}
}

// write generates one file of assembly and one of its declarations.
func write(m *machine) error {
	m.Context = build.NewContext()
	m.ConstraintExpr("amd64")
	m.data()
	m.rows()
	m.outer()
	m.pack()
	if m.name == "AVX2" {
		m.transpose()
	}
	file, err := m.Result()
	if err != nil {
		return err
	}
	if err := pass.Compile.Execute(file); err != nil {
		return err
	}
	config := printer.Config{Name: "go generate, from gen", Pkg: "gemm"}
	for name, p := range map[string]printer.Printer{
		"tile_" + m.file + "_amd64.s":  printer.NewGoAsm(config),
		"tile_" + m.file + "_amd64.go": printer.NewStubs(config),
	} {
		text, err := p.Print(file)
		if err != nil {
			return err
		}
		if err := os.WriteFile(name, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
