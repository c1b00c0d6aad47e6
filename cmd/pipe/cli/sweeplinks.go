package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"fashionpipe/dag"
	"fashionpipe/pipelines"
	"fashionpipe/stages"
)

// checkSweepOut says before anything runs if something of a person's own is where a link will go.
func checkSweepOut(dir string, e *pipelines.Experiment) error {
	if there, err := folderOrNothing(filepath.Join(dir, variantsDir)); err != nil || !there {
		return err
	}
	for i, ms := range sweepMembers(e, nil) {
		at := filepath.Join(dir, variantsDir, e.Sweep.Variants[i].Name)
		there, err := folderOrNothing(at)
		if err != nil {
			return err
		}
		if !there {
			continue
		}
		for name := range variantLinks(ms) {
			if err := inTheWay(filepath.Join(at, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// folderOrNothing says whether a folder is there; anything else in its place is an error.
func folderOrNothing(path string) (bool, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err == nil && !info.IsDir():
		return false, fmt.Errorf("%s is in the way: it is no folder. Move it, or name another folder with --out", path)
	}
	return err == nil, err
}

// variantLinks are the links of a variant's folder: to each stage's artifact by the stage's name (""), and from a name
// that people look for, such as report.html, to the file in it.
func variantLinks(ms []member) map[string]string {
	links, of := map[string]string{}, map[dag.Type]int{}
	for _, m := range ms {
		links[m.base] = ""
		of[m.node.Out()]++
	}
	for _, m := range ms {
		usual, file := "", ""
		switch m.node.Out() {
		case stages.Report:
			usual, file = "report.html", "report.html"
		case stages.Metrics:
			usual, file = "metrics.json", "metrics.json"
		default:
			continue
		}
		if of[m.node.Out()] > 1 {
			usual = m.base + filepath.Ext(usual)
		}
		links[usual] = filepath.Join(m.base, file)
	}
	return links
}

// exportVariants makes a folder of links per variant. A result that this run did not make keeps its old link, and its
// variant is told in the names given back. What is left of variants that are gone is taken away.
func exportVariants(dir string, e *pipelines.Experiment, sum *dag.Summary) (old []string, err error) {
	keep := map[string]map[string]bool{}
	for i, ms := range sweepMembers(e, sum) {
		name := e.Sweep.Variants[i].Name
		at, links := filepath.Join(dir, variantsDir, name), variantLinks(ms)
		if err := os.MkdirAll(at, 0o755); err != nil {
			return nil, err
		}
		keep[name] = map[string]bool{}
		made := map[string]string{}
		for _, m := range ms {
			if m.result != nil && m.result.Artifact.Dir != "" {
				made[m.base] = m.result.Artifact.Dir
			}
		}
		stale := false
		for link, file := range links {
			keep[name][link] = true
			target, err := linkTarget(at, link, file, made)
			if err != nil {
				return nil, err
			}
			if target == "" {
				_, err := os.Lstat(filepath.Join(at, link))
				stale = stale || err == nil
			} else if err := setLink(target, filepath.Join(at, link)); err != nil {
				return nil, err
			}
		}
		if stale {
			old = append(old, filepath.Join(variantsDir, name))
		}
	}
	return old, dropVariants(filepath.Join(dir, variantsDir), keep)
}

// linkTarget is what a link of a variant's folder says; "" where this run made nothing to link to.
func linkTarget(at, link, file string, made map[string]string) (string, error) {
	if file != "" {
		if made[filepath.Dir(file)] == "" {
			return "", nil
		}
		return file, nil
	}
	if made[link] == "" {
		return "", nil
	}
	abs, err := filepath.Abs(at)
	if err != nil {
		return "", err
	}
	if rel, err := filepath.Rel(abs, made[link]); err == nil {
		return rel, nil
	}
	return made[link], nil
}

// dropVariants takes away the links of stages and variants that the sweep no longer has, and the folders that are empty
// then. What is a person's own stays.
func dropVariants(dir string, keep map[string]map[string]bool) error {
	variants, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, v := range variants {
		if !v.IsDir() {
			continue
		}
		at := filepath.Join(dir, v.Name())
		entries, err := os.ReadDir(at)
		if err != nil {
			return err
		}
		for _, entry := range entries {
			if keep[v.Name()][entry.Name()] || entry.Type()&fs.ModeSymlink == 0 || !ourLink(filepath.Join(at, entry.Name())) {
				continue
			}
			if err := removeIfThere(filepath.Join(at, entry.Name())); err != nil {
				return err
			}
		}
		if keep[v.Name()] == nil {
			_ = os.Remove(at) // works on an empty folder only
		}
	}
	return nil
}

// ourLink says whether a link is of the kind that exports make: into the store, or to a file in such a link.
func ourLink(path string) bool {
	target, err := os.Readlink(path)
	if err != nil {
		return false
	}
	base := filepath.Base(target)
	return strings.Contains(filepath.ToSlash(target), "/artifacts/") ||
		filepath.Dir(filepath.Dir(target)) == "." && (base == "report.html" || base == "metrics.json")
}
