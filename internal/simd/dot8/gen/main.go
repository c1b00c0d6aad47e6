// Command gen writes the kernels of package dot8: kernels_amd64.s and stubs_amd64.go. Run it by `go generate`.
package main

import (
	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"

	"fashionpipe/internal/simd/asmgen"
)

func main() { asmgen.Main(generate) }

func generate() (asmgen.Files, error) {
	ctx := build.NewContext()
	emitTile(ctx)
	emitRound(ctx)
	files := asmgen.Files{}
	return files, files.Add(ctx, "dot8", "kernels_amd64.s", "stubs_amd64.go")
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
