// Command catalogue measures the kind photos on a training split as large as DeepFashion2's: 391,000 annotations of the usual
// size, each beside a photo of a few kilobytes, from a warm file cache; and beside it a Python script that does the same on
// the same files. It prints seconds, peak memory and the ratio.
//
//	go run ./bench/catalogue -python PYTHON     (a Python with orjson and pyarrow)
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

func main() {
	photos := flag.Int("photos", 391_000, "photos, each with an annotation")
	dir := flag.String("dir", "", "where the files are, made if they aren't there, and kept; empty for a temporary folder")
	python := flag.String("python", "python3", "Python with orjson and pyarrow")
	rounds := flag.Int("rounds", 3, "times that each runs, taking turns")
	flag.Parse()
	if *photos < 1 || *rounds < 1 {
		fmt.Fprintln(os.Stderr, "catalogue: -photos and -rounds must be at least 1")
		os.Exit(2)
	}
	if err := bench(*dir, *python, *photos, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "catalogue:", err)
		os.Exit(1)
	}
}

func bench(dir, python string, photos, rounds int) error {
	if dir == "" {
		made, err := os.MkdirTemp("", "catalogue")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(made) }()
		dir = made
	}
	work, err := os.MkdirTemp("", "catalogue-work")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }()
	root := filepath.Join(dir, "deepfashion2")
	bytes, err := generate(root, photos)
	if err != nil {
		return err
	}
	pipe := filepath.Join(work, "pipe")
	build := exec.Command("go", "build", "-o", pipe, "./cmd/pipe")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	fmt.Printf("catalogue: %d annotations of %.1f kB and as many photos of %.1f kB, a row per photo, medians of %d rounds\n",
		photos, float64(bytes[0])/float64(photos)/1e3, float64(bytes[1])/float64(photos)/1e3, rounds)
	ours, again, peer, err := turns(work, root, pipe, python, rounds)
	if err != nil {
		return err
	}
	ours.print("pipe run --only photos, for the first time")
	again.print("again, nothing changed")
	peer.print("Python: orjson, hashlib, pyarrow, 2 processes")
	fmt.Printf("  ratio %.1f of time, %.1f of CPU\n", peer.median(wall)/ours.median(wall), peer.median(cpu)/ours.median(cpu))
	return nil
}
