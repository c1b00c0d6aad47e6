package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// sweep measures planning: of a sweep over the first of the stages, so that the variants share nothing.
func sweep(dir string, p programs, runs, variants, peers int, l *limits) error {
	ours, err := newTool(dir, "pipe-sweep", map[string]string{"sweep.yaml": pipeSweep(variants)}, p.pipe, "plan", "sweep.yaml")
	if err != nil {
		return err
	}
	few, err := newTool(dir, "pipe", map[string]string{"sweep.yaml": pipeSweep(peers)}, p.pipe, "plan", "sweep.yaml")
	if err != nil {
		return err
	}
	snake, err := newTool(dir, "snakemake", map[string]string{"Snakefile": snakeSweep(peers)}, p.snakemake, "-n", "-q", "--cores", "2")
	if err != nil {
		return err
	}
	// `dvc repro --dry` fails at stages whose inputs are not made yet.
	dvc, err := newTool(filepath.Join(dir, "sweep"), "dvc", map[string]string{"dvc.yaml": dvcSweep(peers)}, p.dvc, "status")
	if err != nil {
		return err
	}
	if err := turns(runs, []*tool{ours, few, snake, dvc}); err != nil {
		return err
	}
	fmt.Printf("\nA sweep of %d × %d stages planned, nothing of it cached, median of %d:\n", peers, stages, runs)
	for _, t := range []*tool{few, snake, dvc} {
		t.print(few)
	}
	what := fmt.Sprintf("a sweep of %d × %d stages planned, ", variants, stages)
	l.add(what+"nothing cached", ours.median(), time.Second)
	ours.run[1] = "run"
	if err := ours.command(ours.run...); err != nil {
		return err
	}
	ours.took, ours.run[1] = nil, "plan"
	if err := turns(runs, []*tool{ours}); err != nil {
		return err
	}
	l.add(what+"all cached", ours.median(), time.Second)
	return nil
}

func pipeSweep(variants int) string {
	b := &strings.Builder{}
	b.WriteString("name: sweep\nvars: {v: 0}\nsweep: {matrix: {vars.v: [")
	for v := range variants {
		fmt.Fprintf(b, "%d, ", v)
	}
	b.WriteString("]}}\nstages:\n  s1: {uses: exec, with: {command: [sh, -c, 'echo $V > $1/s.txt', sh, \"{out}\"], env: [\"V=${vars.v}\"]}}\n")
	for i := 2; i <= stages; i++ {
		fmt.Fprintf(b, "  s%d: {uses: exec, in: {files: s%d}, with: {command: [cp, \"{in.files}/s.txt\", \"{out}\"], env: [\"STAGE=%d\"]}}\n", i, i-1, i)
	}
	return b.String()
}

func snakeSweep(variants int) string {
	b := &strings.Builder{}
	fmt.Fprintf(b, "rule all:\n    input: expand(\"v{v}-s%d.txt\", v=range(%d))\n", stages, variants)
	b.WriteString("rule r1:\n    output: \"v{v}-s1.txt\"\n    shell: \"echo {wildcards.v} > {output}\"\n")
	for i := 2; i <= stages; i++ {
		fmt.Fprintf(b, "rule r%d:\n    input: \"v{v}-s%d.txt\"\n    output: \"v{v}-s%d.txt\"\n    shell: \"cp {input} {output}\"\n", i, i-1, i)
	}
	return b.String()
}

func dvcSweep(variants int) string {
	b := &strings.Builder{}
	names := make([]string, variants)
	for v := range variants {
		names[v] = fmt.Sprint(v)
	}
	all := strings.Join(names, ", ")
	fmt.Fprintf(b, "stages:\n  r1:\n    foreach: [%s]\n    do:\n      cmd: echo ${item} > v${item}-s1.txt\n      outs: [\"v${item}-s1.txt\"]\n", all)
	for i := 2; i <= stages; i++ {
		fmt.Fprintf(b, "  r%d:\n    foreach: [%s]\n    do:\n      cmd: cp v${item}-s%d.txt v${item}-s%d.txt\n      deps: [\"v${item}-s%d.txt\"]\n      outs: [\"v${item}-s%d.txt\"]\n", i, all, i-1, i, i-1, i)
	}
	return b.String()
}
