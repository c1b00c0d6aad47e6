// Command cluster measures k-means and exact nearest neighbours beside scikit-learn and FAISS: the same rows, read from
// one file, the same first centres and number of iterations, as many threads. Everyone takes turns in one run; it prints
// the best time of each, how much faster or slower pipe is, and whether all found the same.
//
//	go run ./bench/cluster -python PYTHON     (a Python with numpy, scikit-learn and faiss-cpu)
package main

import (
	"context"
	_ "embed"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

//go:embed peers.py
var peers string

// size is what is measured.
type size struct{ rows, dim, clusters, iterations, neighbours, threads, turns int }

func main() {
	var s size
	python := flag.String("python", "python3", "Python with numpy, scikit-learn and faiss-cpu")
	flag.IntVar(&s.rows, "rows", 10000, "rows")
	flag.IntVar(&s.dim, "dim", 512, "numbers per row")
	flag.IntVar(&s.clusters, "clusters", 50, "clusters of k-means")
	flag.IntVar(&s.iterations, "iterations", 10, "Lloyd iterations of k-means")
	flag.IntVar(&s.neighbours, "neighbours", 20, "neighbours of each row")
	flag.IntVar(&s.threads, "threads", 2, "threads of each")
	flag.IntVar(&s.turns, "turns", 3, "turns of each; the best counts")
	flag.Parse()
	if err := bench(context.Background(), *python, s); err != nil {
		fmt.Fprintln(os.Stderr, "cluster:", err)
		os.Exit(1)
	}
}

// measured is one turn of one program: seconds by task, and numbers that tell whether all did the same work.
type measured struct {
	Seconds    map[string]float64 `json:"seconds"`
	Iterations int                `json:"iterations"` // of k-means
	Inertia    float64            `json:"inertia"`
	Distances  float64            `json:"distances"` // sum of the L2 distances of all neighbours found
}

func bench(ctx context.Context, python string, s size) error {
	dir, err := os.MkdirTemp("", "cluster")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	data := draw(s)
	file := filepath.Join(dir, "rows.f32")
	if err := writeRows(file, data); err != nil {
		return err
	}
	programs := []string{"pipe", "scikit-learn", "faiss"}
	best := map[string]measured{}
	for range s.turns {
		for _, p := range programs {
			m, err := turn(ctx, p, python, file, data, s)
			if err != nil {
				return fmt.Errorf("%s: %w", p, err)
			}
			if m.Iterations != s.iterations {
				return fmt.Errorf("%s: k-means stopped after %d of %d iterations, which FAISS would not: lower -iterations", p, m.Iterations, s.iterations)
			}
			best[p] = better(best[p], m)
		}
	}
	show(s, programs, best)
	return nil
}

func turn(ctx context.Context, program, python, file string, data []float32, s size) (measured, error) {
	if program == "pipe" {
		return ours(ctx, data, s)
	}
	args := []string{"-c", peers, program, file}
	for _, n := range []int{s.rows, s.dim, s.clusters, s.iterations, s.neighbours, s.threads} {
		args = append(args, strconv.Itoa(n))
	}
	cmd := exec.CommandContext(ctx, python, args...)
	cmd.Stderr = os.Stderr
	for _, v := range []string{"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"} {
		cmd.Env = append(cmd.Env, v+"="+strconv.Itoa(s.threads))
	}
	cmd.Env = append(os.Environ(), cmd.Env...)
	out, err := cmd.Output()
	if err != nil {
		return measured{}, err
	}
	var m measured
	return m, json.Unmarshal(out, &m)
}

// better keeps the shorter time of each task.
func better(a, b measured) measured {
	for task, t := range a.Seconds {
		b.Seconds[task] = min(t, b.Seconds[task])
	}
	return b
}

// draw makes rows around as many centres as there are clusters, near enough to each other that k-means has to work.
func draw(s size) []float32 {
	r := rand.New(rand.NewPCG(1, 2))
	centres := make([]float32, s.clusters*s.dim)
	for i := range centres {
		centres[i] = float32(r.NormFloat64()) * 0.3
	}
	data := make([]float32, s.rows*s.dim)
	for i := range s.rows {
		c := r.IntN(s.clusters)
		for j := range s.dim {
			data[i*s.dim+j] = centres[c*s.dim+j] + float32(r.NormFloat64())
		}
	}
	return data
}

func writeRows(file string, data []float32) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	if err := binary.Write(f, binary.LittleEndian, data); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

func show(s size, programs []string, best map[string]measured) {
	fmt.Printf("%d×%d float32, %d threads, best of %d turns\n\n", s.rows, s.dim, s.threads, s.turns)
	titles := map[string]string{
		"kmeans":     fmt.Sprintf("k-means, k=%d, %d iterations from the same centres", s.clusters, s.iterations),
		"neighbours": fmt.Sprintf("exact %d nearest neighbours (L2) of every row", s.neighbours),
	}
	for _, task := range []string{"kmeans", "neighbours"} {
		fmt.Println(titles[task])
		own := best["pipe"].Seconds[task]
		for _, p := range programs {
			t := best[p].Seconds[task]
			fmt.Printf("  %-13s %7.3f s", p, t)
			if p != "pipe" {
				fmt.Printf("   pipe is %.2f× as fast", t/own)
			}
			fmt.Println()
		}
	}
	fmt.Println("\nthe same work?")
	for _, p := range programs {
		fmt.Printf("  %-13s %d iterations, inertia %.6g, distances of neighbours add up to %.8g\n", p, best[p].Iterations, best[p].Inertia, best[p].Distances)
	}
}
