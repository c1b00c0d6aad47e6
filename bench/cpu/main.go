// Command cpu measures the networks on the processor beside PyTorch: training steps of the two-view ResNet18, inference
// of ResNet18 and VGG16. Both do the same work on images of the same size, taking turns in one run; it prints the best
// time of each, how much faster or slower pipe is, the share of the processor's measured peak that pipe reaches, counting
// the operations of a direct convolution, and the most memory that the work takes in a process of its own.
//
//	go run ./bench/cpu -python PYTHON     (a Python with torch and torchvision)
//	go run ./bench/cpu -go                (also GoMLX's Go backend: a few minutes more)
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"

	"fashionpipe/internal/simd"
	"fashionpipe/internal/simd/peak"
)

func main() {
	var o options
	flag.StringVar(&o.python, "python", "python3", "Python with torch and torchvision; empty for none")
	flag.StringVar(&o.only, "only", "", "only the rows whose name has this in it")
	flag.IntVar(&o.rounds, "rounds", 5, "turns of each; the best counts")
	flag.BoolVar(&o.slow, "go", false, "also GoMLX's Go backend, on as few images as it can be given: a few minutes")
	memory := flag.String("memory", "", "only print the peak memory of the row of this name, in bytes")
	flag.Parse()
	ctx := context.Background()
	run := func() error { return bench(ctx, o) }
	if *memory != "" {
		run = func() error { return printMemory(ctx, *memory) }
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "cpu:", err)
		os.Exit(1)
	}
}

type options struct {
	python, only string
	rounds       int
	slow         bool
}

func bench(ctx context.Context, o options) error {
	if err := simd.Check(); err != nil {
		return err
	}
	threads := runtime.GOMAXPROCS(0)
	most := peak.FLOPS(threads)
	fmt.Printf("%d threads, %s; measured peak %.0f GFLOP/s\n", threads, simd.Active(), most/1e9)
	torch, err := startTorch(ctx, o.python, threads)
	if err != nil {
		return err
	}
	defer torch.stop()
	fmt.Printf("%-44s %12s %8s %12s %8s %10s\n", "images per second", "pipe", "of peak", torch.name, "ratio", "memory")
	for _, w := range works {
		if !strings.Contains(w.name, o.only) {
			continue
		}
		if err := row(ctx, w, torch, o, most); err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
	}
	return nil
}

// row measures one work and prints its line or two.
func row(ctx context.Context, w work, torch *peer, o options, most float64) error {
	memory, err := peakMemory(ctx, w)
	if err != nil {
		return err
	}
	if w.limit > 0 {
		fmt.Printf("%-44s %54s\n", w.name, fmt.Sprintf("%s, limit %s", gigabytes(memory), gigabytes(w.limit)))
		return nil
	}
	theirs := 0.0
	turn := func() error {
		t, err := torch.run(w)
		theirs = better(theirs, t)
		return err
	}
	ours, err := w.ours(ctx, w, o.rounds, turn)
	if err != nil {
		return err
	}
	operations, err := w.operations()
	if err != nil {
		return err
	}
	images := float64(w.images())
	fmt.Printf("%-44s %12.1f %7.0f%%", w.name, images/ours, 100*operations/ours/most)
	if theirs > 0 {
		fmt.Printf(" %12.1f %7.2fx", images/theirs, theirs/ours)
	} else {
		fmt.Printf(" %21s", "")
	}
	fmt.Printf(" %10s\n", gigabytes(memory))
	if !o.slow {
		return nil
	}
	seconds, small, err := w.onGo(ctx, w)
	if err != nil {
		return err
	}
	perImage := seconds / float64(small.images())
	what := fmt.Sprintf("  GoMLX's Go backend, %s", small.amount())
	fmt.Printf("%-44s %12s %8s %12.3f %7.0fx\n", what, "", "", 1/perImage, perImage*images/ours)
	return nil
}

func gigabytes(n int64) string {
	if n == 0 {
		return "unknown"
	}
	return fmt.Sprintf("%.2f GB", float64(n)/1e9)
}

// better is the shorter of two times, of which 0 is none.
func better(a, b float64) float64 {
	if a == 0 || b < a {
		return b
	}
	return a
}
