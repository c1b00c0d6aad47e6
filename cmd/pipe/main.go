// Command pipe runs declarative, cached pipelines that turn photographs into clusters and a judged comparison.
//
// What it prints, where: results (summary, plan, kinds, graph) go to standard output; progress, warnings and errors to
// standard error. With --log json every event is one JSON line on standard output and nothing else is printed there.
// Exit codes: 0 fine, 1 a stage failed, 2 the experiment or the command is wrong, 3 a quality gate failed, 130
// interrupted.
package main

import (
	"os"

	"fashionpipe/cmd/pipe/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:])) }
