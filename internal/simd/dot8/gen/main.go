// Command gen writes the kernels of package dot8: kernels_amd64.s and stubs_amd64.go. Run it by `go generate`.
package main

import (
	"errors"
	"log"
	"os"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
)

func main() {
	log.SetFlags(0)
	ctx := build.NewContext()
	emitTile(ctx)
	emitRound(ctx)
	if err := write(ctx); err != nil {
		log.Fatal(err)
	}
}

func begin(c *build.Context, name, signature, doc string) {
	c.Function(name)
	c.Attributes(attr.NOSPLIT | attr.NOFRAME)
	c.Pragma("noescape")
	c.SignatureExpr(signature)
	c.Doc(doc)
}

func end(c *build.Context) {
	c.VZEROUPPER()
	c.RET()
}

func write(ctx *build.Context) error {
	file, err := ctx.Result()
	if err != nil {
		return err
	}
	if err := pass.Compile.Execute(file); err != nil {
		return err
	}
	cfg := printer.Config{Argv: []string{"go", "generate"}, Pkg: "dot8"}
	asm, err := printer.NewGoAsm(cfg).Print(file)
	if err != nil {
		return err
	}
	stubs, err := printer.NewStubs(cfg).Print(file)
	if err != nil {
		return err
	}
	return errors.Join(os.WriteFile("kernels_amd64.s", asm, 0o644), os.WriteFile("stubs_amd64.go", stubs, 0o644))
}
