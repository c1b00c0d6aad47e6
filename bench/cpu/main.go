// Command cpu measures the networks on the processor beside PyTorch: training steps of the two-view ResNet18, inference
// of ResNet18 and VGG16. Both do the same work on images of the same size, taking turns in one run; it prints the best
// time of each, how much faster or slower pipe is, and the share of the processor's measured peak that pipe reaches,
// counting the operations of a direct convolution.
//
//	go run ./bench/cpu -python PYTHON     (a Python with torch and torchvision)
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
	python := flag.String("python", "python3", "Python with torch and torchvision; empty for none")
	only := flag.String("only", "", "only the rows whose name has this in it")
	rounds := flag.Int("rounds", 5, "turns of each; the best counts")
	slow := flag.Bool("go", false, "also measure GoMLX's Go backend, in training on fewer photos: many minutes")
	flag.Parse()
	if err := bench(context.Background(), *python, *only, *rounds, *slow); err != nil {
		fmt.Fprintln(os.Stderr, "cpu:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, python, only string, rounds int, slow bool) error {
	if err := simd.Check(); err != nil {
		return err
	}
	threads := runtime.GOMAXPROCS(0)
	most := peak.FLOPS(threads)
	fmt.Printf("%d threads, %s; measured peak %.0f GFLOP/s\n", threads, simd.Active(), most/1e9)
	torch, err := startTorch(ctx, python, threads)
	if err != nil {
		return err
	}
	defer torch.stop()
	fmt.Printf("%-44s %12s %8s %12s %8s\n", "images per second", "pipe", "of peak", torch.name, "ratio")
	for _, w := range works {
		if !strings.Contains(w.name, only) {
			continue
		}
		if err := row(ctx, w, torch, rounds, most, slow); err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
	}
	return nil
}

// row measures one work and prints its line.
func row(ctx context.Context, w work, torch *peer, rounds int, most float64, slow bool) error {
	theirs := 0.0
	turn := func() error {
		t, err := torch.run(w)
		theirs = better(theirs, t)
		return err
	}
	ours, err := w.ours(ctx, "cpu", w, rounds, turn)
	if err != nil {
		return err
	}
	images := float64(w.images())
	fmt.Printf("%-44s %12.1f %7.0f%%", w.name, images/ours, 100*w.operations()/ours/most)
	if theirs > 0 {
		fmt.Printf(" %12.1f %7.2fx", images/theirs, theirs/ours)
	}
	fmt.Println()
	if !slow {
		return nil
	}
	small := w
	if w.train { // inference has a batch of its own
		small.batch = max(1, w.batch/8)
	}
	goBackend, err := w.ours(ctx, "go", small, 1, func() error { return nil })
	if err != nil {
		return err
	}
	perImage := goBackend / float64(small.images())
	fmt.Printf("%-44s %12.1f %37.1fx\n", "  GoMLX's Go backend", 1/perImage, perImage*images/ours)
	return nil
}

// better is the shorter of two times, of which 0 is none.
func better(a, b float64) float64 {
	if a == 0 || b < a {
		return b
	}
	return a
}
