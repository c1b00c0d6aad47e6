// Command noop measures what the engine itself costs, beside snakemake and DVC on the same stages, each a copy of one
// small file:
//
//   - a chain of 12 stages run for the first time, and again with nothing left to do;
//   - a sweep of many variants, each such a chain with nothing in common, planned: which of its stages would run?
//
// It prints medians, and ratios to pipe's time. What a process costs that does nothing is printed too. At the end it says of
// each limit that the engine has whether it was kept: they hold on a machine that does nothing else.
//
//	go run ./bench/noop -python PYTHON     (a Python with dvc and snakemake installed beside it)
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// stages is how long a chain is.
const stages = 12

func main() {
	python := flag.String("python", "python3", "Python beside whose executable `dvc` and `snakemake` lie")
	runs := flag.Int("runs", 7, "times that each runs, taking turns")
	variants := flag.Int("variants", 1000, "of the sweep")
	peers := flag.Int("peers", 100, "variants of the sweep that is planned beside the peers")
	flag.Parse()
	if err := bench(*python, *runs, *variants, *peers); err != nil {
		fmt.Fprintln(os.Stderr, "noop:", err)
		os.Exit(1)
	}
}

func bench(python string, runs, variants, peers int) error {
	dir, err := os.MkdirTemp("", "noop")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	pipe := filepath.Join(dir, "bin-pipe")
	build := exec.Command("go", "build", "-o", pipe, "./cmd/pipe")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	beside := func(name string) string {
		if p, err := exec.LookPath(python); err == nil {
			return filepath.Join(filepath.Dir(p), name)
		}
		return name
	}
	programs := programs{pipe: pipe, snakemake: beside("snakemake"), dvc: beside("dvc")}
	var l limits
	if err := chain(dir, programs, runs, &l); err != nil {
		return err
	}
	if err := sweep(dir, programs, min(runs, 3), variants, peers, &l); err != nil {
		return err
	}
	l.print()
	return nil
}
