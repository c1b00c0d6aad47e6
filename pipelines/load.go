package pipelines

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"fashionpipe/dag"
)

// Options is what a file is read with.
type Options struct {
	Registry *dag.Registry               // the kinds that `uses:` may name; required
	Set      []string                    // changes to the file, each "path=value", applied in order: "vars.photos=/data"
	Getenv   func(string) (string, bool) // the environment; nil for the process's
}

// Experiment is a file that was read and found right.
type Experiment struct {
	Name  string // of the file unless it says otherwise; letters, digits, "_" and "-"
	Seed  uint64 // DefaultSeed unless the file says otherwise
	Graph *dag.Graph

	// Resolved is the experiment as YAML after variables, --set and defaults: every parameter of every stage is
	// spelled out, so it reads to the same graph whatever the environment is, and resolves to itself. Variables, the
	// sweep and the schedule are not in it: it is one point, run once.
	Resolved []byte
	Source   []byte // the bytes that were read

	Sweep    *Sweep    // nil without `sweep:`
	Schedule *Schedule // nil without `schedule:`
}

// DefaultSeed is the seed of a file that has none.
const DefaultSeed = 1

// Load reads an experiment from a file, or from standard input if path is "-". A mistake in the file is an Errors.
func Load(path string, o Options) (*Experiment, error) {
	if path == "-" {
		src, err := io.ReadAll(io.LimitReader(os.Stdin, maxBytes+1))
		if err != nil {
			return nil, fmt.Errorf("reading the experiment from standard input: %w", err)
		}
		return Parse("stdin", src, o)
	}
	src, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, src, o)
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no experiment file %s%s: %w", path, similarFile(path), fs.ErrNotExist)
	}
	if err != nil {
		return nil, fmt.Errorf("opening the experiment: %w", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a folder; name the experiment file in it", path)
	}
	src, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("reading the experiment: %w", err)
	}
	return src, nil
}

// similarFile suggests a YAML file of the same folder with a similar name.
func similarFile(path string) string {
	dir := filepath.Dir(path)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return ""
	}
	var names []string
	for _, e := range entries {
		if isYAML(e.Name()) && !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	if near, ok := nearest(filepath.Base(path), names); ok {
		return "; did you mean " + filepath.Join(dir, near) + "?"
	}
	return ""
}

func isYAML(name string) bool {
	return strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}

// Parse reads an experiment from bytes. name stands for the file in messages and gives the experiment its name if it
// has none of its own. A mistake is an Errors.
func Parse(name string, src []byte, o Options) (*Experiment, error) {
	if o.Getenv == nil {
		o.Getenv = os.LookupEnv
	}
	c := &checker{registry: o.Registry, getenv: o.Getenv, kindParams: map[*dag.Kind][]dag.Param{}, index: map[string]int{}}
	c.file = &source{name: name}
	x := c.read(name, src, o.Set)
	if len(c.errs) > 0 {
		return nil, c.errs.sorted()
	}
	x.Source = src
	return x, nil
}
