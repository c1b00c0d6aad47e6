package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// chain measures the first run of a chain and the runs after it.
func chain(dir string, p programs, runs int, l *limits) error {
	snakefile, dvc := &strings.Builder{}, &strings.Builder{}
	pipe := &strings.Builder{}
	fmt.Fprintf(snakefile, "rule all:\n    input: \"s%d.txt\"\n", stages)
	dvc.WriteString("stages:\n")
	pipe.WriteString("name: chain\nstages:\n  s1: {uses: exec, with: {command: [cp, s0.txt, \"{out}\"], files: [s0.txt]}}\n")
	for i := 1; i <= stages; i++ {
		fmt.Fprintf(snakefile, "rule r%d:\n    input: \"s%d.txt\"\n    output: \"s%d.txt\"\n    shell: \"cp {input} {output}\"\n", i, i-1, i)
		fmt.Fprintf(dvc, "  r%d:\n    cmd: cp s%d.txt s%d.txt\n    deps: [s%d.txt]\n    outs: [s%d.txt]\n", i, i-1, i, i-1, i)
		if i > 1 { // a parameter makes each stage's work its own, although the bytes are the same
			fmt.Fprintf(pipe, "  s%d: {uses: exec, in: {files: s%d}, with: {command: [cp, \"{in.files}/s0.txt\", \"{out}\"], env: [\"STAGE=%d\"]}}\n", i, i-1, i)
		}
	}
	const text = "a small file\n"
	tools, err := makeTools(
		func() (*tool, error) {
			return newTool(dir, "pipe", map[string]string{"s0.txt": text, "chain.yaml": pipe.String()}, p.pipe, "run", "chain.yaml")
		},
		func() (*tool, error) {
			return newTool(dir, "snakemake", map[string]string{"s0.txt": text, "Snakefile": snakefile.String()}, p.snakemake, "--cores", "2")
		},
		func() (*tool, error) {
			return newTool(dir, "dvc", map[string]string{"s0.txt": text, "dvc.yaml": dvc.String()}, p.dvc, "repro")
		},
	)
	if err != nil {
		return err
	}
	start := &tool{name: "(pipe version: a process)", dir: dir, run: []string{p.pipe, "version"}}
	if err := turns(runs, []*tool{start}); err != nil {
		return err
	}
	copies, err := newTool(dir, "copies", map[string]string{"s0.txt": text}, "sh", "-c", allCopies())
	if err != nil {
		return err
	}
	firsts, err := first(tools, copies, runs)
	if err != nil {
		return err
	}
	if err := turns(1, tools); err != nil { // what was made just now is looked at once more
		return err
	}
	for _, t := range tools {
		t.took = nil
	}
	if err := turns(runs, append(tools, start)); err != nil {
		return err
	}
	fmt.Printf("A chain of %d stages with nothing left to do, median of %d:\n", stages, runs)
	for _, t := range append(tools, start) {
		t.print(tools[0])
	}
	cached := tools[0].median()
	l.add(fmt.Sprintf("a chain of %d stages, all cached, beyond the process", stages), cached-start.median(), 30*time.Millisecond)
	l.add("a stage that runs, beyond its own processes", (firsts-cached-copies.median())/stages, 5*time.Millisecond)
	return nil
}

// allCopies is a script that does what the chain does, with as many processes: a shell and a copy for each stage.
func allCopies() string {
	b := &strings.Builder{}
	for i := 1; i <= stages; i++ {
		fmt.Fprintf(b, "sh -c 'cp s%d.txt s%d.txt; exit 0'\n", i-1, i)
	}
	return b.String()
}

// first measures runs that start from nothing, and gives the median of pipe's. Beside them it runs the copies by themselves.
func first(tools []*tool, copies *tool, runs int) (time.Duration, error) {
	for range runs {
		for _, t := range append(tools, copies) {
			if err := t.forget(); err != nil {
				return 0, err
			}
			if err := t.once(); err != nil {
				return 0, err
			}
		}
	}
	fmt.Printf("A chain of %d stages, each a copy of a small file, for the first time, median of %d:\n", stages, runs)
	for _, t := range append(tools, copies) {
		t.print(tools[0])
	}
	fmt.Println()
	return tools[0].median(), nil
}

// forget removes what earlier runs made.
func (t *tool) forget() error {
	for _, made := range []string{".pipe", "out", ".snakemake", "dvc.lock", filepath.Join(".dvc", "cache"), filepath.Join(".dvc", "tmp")} {
		if err := os.RemoveAll(filepath.Join(t.dir, made)); err != nil {
			return err
		}
	}
	for i := 1; i <= stages; i++ {
		if err := os.RemoveAll(filepath.Join(t.dir, fmt.Sprintf("s%d.txt", i))); err != nil {
			return err
		}
	}
	return nil
}

func makeTools(news ...func() (*tool, error)) ([]*tool, error) {
	var tools []*tool
	for _, f := range news {
		t, err := f()
		if err != nil {
			return nil, err
		}
		tools = append(tools, t)
	}
	return tools, nil
}
