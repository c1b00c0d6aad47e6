// Package cli is the command line of pipe, for a program that adds kinds of its own:
//
//	func main() { os.Exit(cli.Main(os.Args[1:], sampleKind())) }
package cli

import (
	"slices"

	"fashionpipe/dag"
	"fashionpipe/stages"
)

// version is set by the Makefile.
var version = "dev"

// registry holds the kinds that experiments may use.
var registry = stages.All()

// addKinds adds kinds of a person's own to those there are.
func addKinds(kinds []*dag.Kind) {
	registry = dag.NewRegistry(slices.Concat(stages.All().Kinds(), kinds)...)
}
