// Command upstream runs GoMLX's own tests (of graphs, gradients, tensors, layers, training) on this project's backend cpu
// and fails if one fails that isn't known to (known.go).
//
//	go run ./model/cpu/upstream                (make upstream)
//	go run ./model/cpu/upstream -short         (without what trains for long)
//	go run ./model/cpu/upstream -backend go    (which dies of a panic in TestGradientSumPool)
//
// The tests are those of the GoMLX version in go.mod, as they lie in Go's module cache. They find the backend because in
// the place of XLA, which they import and would download, stands a package that imports ours. What they need besides our
// own modules is fetched once as any module is.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	backend := flag.String("backend", "cpu", "the backend to test: cpu, or go to compare with")
	short := flag.Bool("short", false, "leave out tests that train for long")
	flag.Parse()
	ok, err := run(*backend, *short)
	if err != nil {
		fmt.Fprintln(os.Stderr, "upstream:", err)
		os.Exit(2)
	}
	if !ok {
		os.Exit(1)
	}
}

func run(backend string, short bool) (ok bool, err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	dir, err := os.MkdirTemp("", "upstream")
	if err != nil {
		return false, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := writeModule(ctx, dir); err != nil {
		return false, err
	}
	args := []string{"test", "-mod=mod", "-trimpath", "-json", "-timeout=20m"}
	if short {
		args = append(args, "-short")
	}
	cmd := command(ctx, dir, append(args, gomlx+"/core/...", gomlx+"/ml/...")...)
	cmd.Env = append(cmd.Env, "GOMLX_BACKEND="+backend)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return false, err
	}
	if err := cmd.Start(); err != nil {
		return false, err
	}
	r := newReport()
	if err := r.read(out); err != nil {
		return false, err
	}
	_ = cmd.Wait() // it fails when a test does: the report knows which
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	return r.judge(os.Stdout), nil
}
