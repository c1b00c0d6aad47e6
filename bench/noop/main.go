// Command noop measures how long a run takes when nothing is left to do: pipe beside snakemake and DVC, each on the
// same graph of stages (a chain of four, and all others after the fourth), all cached. The peers' stages copy one small
// file each; pipe's are a real experiment of images, embeddings and clusters. It prints the median of the runs and the
// ratios.
//
//	go run ./bench/noop -python PYTHON     (a Python with dvc and snakemake installed beside it)
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func main() {
	python := flag.String("python", "python3", "Python beside whose executable `dvc` and `snakemake` lie")
	stages := flag.Int("stages", 16, "stages of the graph")
	runs := flag.Int("runs", 7, "cached runs of each, taking turns")
	flag.Parse()
	if err := bench(*python, *stages, *runs); err != nil {
		fmt.Fprintln(os.Stderr, "noop:", err)
		os.Exit(1)
	}
}

// tool is one of the programs compared.
type tool struct {
	name  string
	setup func(dir string, stages int) error
	run   []string
	took  []time.Duration
}

func bench(python string, stages, runs int) error {
	dir, err := os.MkdirTemp("", "noop")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	pipe := filepath.Join(dir, "bin-pipe")
	if out, err := exec.Command("go", "build", "-o", pipe, "./cmd/pipe").CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	bin := func(name string) string {
		if p, err := exec.LookPath(python); err == nil {
			return filepath.Join(filepath.Dir(p), name)
		}
		return name
	}
	tools := []*tool{
		{name: "pipe", setup: pipeGraph, run: []string{pipe, "run", "graph.yaml"}},
		{name: "snakemake", setup: snakemakeGraph, run: []string{bin("snakemake"), "--cores", "2"}},
		{name: "dvc repro", setup: dvcGraph, run: []string{bin("dvc"), "repro"}},
	}
	for _, t := range tools {
		if err := t.prepare(dir, stages, bin("dvc")); err != nil {
			return err
		}
	}
	for range runs {
		for _, t := range tools {
			if err := t.once(dir); err != nil {
				return err
			}
		}
	}
	fmt.Printf("A run with every one of %d stages cached, median of %d:\n", stages, runs)
	for _, t := range tools {
		fmt.Printf("  %-10s %8.1f ms   %.1f× pipe's time\n", t.name, ms(t.median()), float64(t.median())/float64(tools[0].median()))
	}
	return nil
}

func (t *tool) dir(base string) string { return filepath.Join(base, strings.Fields(t.name)[0]) }

// prepare writes the graph and runs it once, so that all of it is cached.
func (t *tool) prepare(base string, stages int, dvc string) error {
	d := t.dir(base)
	if err := os.MkdirAll(d, 0o755); err != nil {
		return err
	}
	if err := t.setup(d, stages); err != nil {
		return err
	}
	if t.name == "dvc repro" {
		init := exec.Command(dvc, "init", "--no-scm", "-q")
		init.Dir = d
		if out, err := init.CombinedOutput(); err != nil {
			return fmt.Errorf("dvc init: %w\n%s", err, out)
		}
	}
	if err := t.once(base); err != nil {
		return err
	}
	t.took = nil
	return nil
}

func (t *tool) once(base string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, t.run[0], t.run[1:]...)
	c.Dir = t.dir(base)
	c.Env = append(os.Environ(), "DVC_NO_ANALYTICS=1")
	start := time.Now()
	out, err := c.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", t.name, err, out)
	}
	t.took = append(t.took, time.Since(start))
	return nil
}

func (t *tool) median() time.Duration {
	s := slices.Sorted(slices.Values(t.took))
	return s[len(s)/2]
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// pipeGraph is a real experiment: photographs, images, embeddings, and a k-means for each stage that is left.
func pipeGraph(dir string, stages int) error {
	b := &strings.Builder{}
	b.WriteString(`name: graph
stages:
  s1: {uses: synth, with: {count: 60}}
  s2: {uses: photos, in: {files: s1}, with: {layout: deepfashion2, split: train}}
  s3: {uses: decode, in: {photos: s2}, with: {size: 32}}
  s4: {uses: embed, in: {images: s3}, with: {arch: resnet18, weights: random, width: 4}}
`)
	for i := 5; i <= stages; i++ {
		fmt.Fprintf(b, "  s%d: {uses: kmeans, in: {embeddings: s4}, with: {k: %d}}\n", i, i-3)
	}
	return os.WriteFile(filepath.Join(dir, "graph.yaml"), []byte(b.String()), 0o644)
}

// before is the stage that stage i takes its input from.
func before(i int) int { return min(i-1, 4) }

func snakemakeGraph(dir string, stages int) error {
	b := &strings.Builder{}
	fmt.Fprintf(b, "rule all:\n    input: expand(\"s{i}.txt\", i=range(1, %d))\n", stages+1)
	for i := 1; i <= stages; i++ {
		fmt.Fprintf(b, "rule r%d:\n    input: \"s%d.txt\"\n    output: \"s%d.txt\"\n    shell: \"cp {input} {output}\"\n", i, before(i), i)
	}
	return writeGraph(dir, "Snakefile", b.String())
}

func dvcGraph(dir string, stages int) error {
	b := &strings.Builder{}
	b.WriteString("stages:\n")
	for i := 1; i <= stages; i++ {
		fmt.Fprintf(b, "  r%d:\n    cmd: cp s%d.txt s%d.txt\n    deps: [s%d.txt]\n    outs: [s%d.txt]\n", i, before(i), i, before(i), i)
	}
	return writeGraph(dir, "dvc.yaml", b.String())
}

func writeGraph(dir, name, text string) error {
	if err := os.WriteFile(filepath.Join(dir, "s0.txt"), []byte("a small file\n"), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644)
}
