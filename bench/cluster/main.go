// Command cluster measures exact nearest neighbours, k-means and mean shift beside FAISS, scikit-learn and R: the same rows,
// read from one file, the same first centres and number of iterations, the same bandwidth, as many threads. Everyone takes
// turns in one run; it prints the best time of each, how much faster or slower pipe is, which share of the machine's
// measured float32 peak that would take by the plain method, and stops if they have not all found the same. With a backend
// it measures that one's device beside this processor instead, and needs no Python.
//
//	go run ./bench/cluster -python PYTHON     (a Python with numpy, scikit-learn and faiss-cpu; Rscript, or -rscript "")
//	CGO_ENABLED=1 go run ./bench/cluster -backend xla:cuda
package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

//go:embed peers.py
var peers string

//go:embed peers.R
var peersR string

// size is what is measured.
type size struct {
	rows, dim, clusters, iterations, neighbours, walkers, transfers, groups, threads, turns int
	bandwidth                                                                               float64
}

// quantile is what mean shift's bandwidth is estimated with: a window holds about half the rows of a group.
const quantile = 0.03

func main() {
	var s size
	python := flag.String("python", "python3", "Python with numpy, scikit-learn and faiss-cpu")
	flag.IntVar(&s.rows, "rows", 10000, "rows")
	flag.IntVar(&s.dim, "dim", 512, "numbers per row")
	flag.IntVar(&s.clusters, "clusters", 500, "clusters of k-means")
	flag.IntVar(&s.iterations, "iterations", 25, "Lloyd iterations of k-means")
	flag.IntVar(&s.neighbours, "neighbours", 20, "neighbours of each row")
	flag.IntVar(&s.walkers, "walkers", 2000, "rows that mean shift is run on, a walker from each")
	rscript := flag.String("rscript", "Rscript", "R's Rscript; empty to leave R out")
	flag.IntVar(&s.transfers, "transfers", 2000, "rows that Hartigan & Wong's method is run on")
	flag.IntVar(&s.groups, "groups", 50, "clusters of that method and of mini-batches")
	flag.IntVar(&s.threads, "threads", 2, "threads of each")
	flag.IntVar(&s.turns, "turns", 3, "turns of each; the best counts. scikit-learn's mean shift, which is slow, has one")
	backend := flag.String("backend", "", "measure this backend (xla:cuda, xla:/path/of/plugin.so, …) beside this processor, and nobody else")
	flag.Parse()
	if err := bench(context.Background(), *python, *rscript, *backend, s); err != nil {
		fmt.Fprintln(os.Stderr, "cluster:", err)
		os.Exit(1)
	}
}

// measured is one turn of one program: seconds by task, and numbers that tell whether all did the same work.
type measured struct {
	Seconds    map[string]float64 `json:"seconds"`
	Iterations int                `json:"iterations"` // of k-means
	Inertia    map[string]float64 `json:"inertia"`    // by task
	Distances  float64            `json:"distances"`  // sum of the L2 distances of all neighbours found
	Modes      []float64          `json:"modes"`      // places that mean shift found, row-major; none if it was not run
}

func bench(ctx context.Context, python, rscript, backend string, s size) (err error) {
	data := map[string][]float32{"rows": draw(s), "groups": groups(s)}
	if s.bandwidth, err = bandwidth(ctx, data["groups"], s); err != nil {
		return err
	}
	if backend != "" {
		return onDevice(ctx, backend, data, s)
	}
	dir, err := os.MkdirTemp("", "cluster")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	for name, rows := range data {
		if err := writeRows(filepath.Join(dir, name), rows); err != nil {
			return err
		}
	}
	programs := []string{"pipe", "faiss", "scikit-learn"}
	if rscript != "" {
		programs = append(programs, "R")
	}
	best := map[string]measured{}
	for i := range s.turns {
		for _, p := range programs {
			m, err := turn(ctx, p, map[bool]string{true: rscript, false: python}[p == "R"], dir, data, s, i == 0)
			if err != nil {
				return fmt.Errorf("%s: %w", p, err)
			}
			best[p] = better(best[p], m)
		}
	}
	show(s, programs, best)
	return agree(s, best)
}

func turn(ctx context.Context, program, by, dir string, data map[string][]float32, s size, first bool) (measured, error) {
	if program == "pipe" {
		return ours(ctx, data, s)
	}
	if program == "R" {
		return answer(exec.CommandContext(ctx, by, "-e", peersR, dir, strconv.Itoa(s.dim), strconv.Itoa(s.transfers), strconv.Itoa(s.groups)))
	}
	args := []string{"-c", peers, program, dir, strconv.FormatFloat(s.bandwidth, 'g', -1, 64)}
	walkers := 0
	if first {
		walkers = s.walkers
	}
	for _, n := range []int{s.rows, s.dim, s.clusters, s.iterations, s.neighbours, walkers, s.groups, s.threads} {
		args = append(args, strconv.Itoa(n))
	}
	return answer(exec.CommandContext(ctx, by, args...))
}

// answer runs a peer and reads what it prints.
func answer(cmd *exec.Cmd) (measured, error) {
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return measured{}, err
	}
	var m measured
	return m, json.Unmarshal(out, &m)
}

// better keeps the shorter time of each task, and the first turn's places.
func better(a, b measured) measured {
	for task, t := range a.Seconds {
		if now, ok := b.Seconds[task]; !ok || t < now {
			b.Seconds[task] = t
		}
	}
	if a.Modes != nil {
		b.Modes = a.Modes
	}
	return b
}
