// Command mypipe is pipe with one kind of stage more: see sample.go.
package main

import (
	"os"

	"fashionpipe/cmd/pipe/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], sampleKind())) }
