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
	"fashionpipe/internal/spelling"
)

// Options is what a file is read with.
type Options struct {
	Registry *dag.Registry               // the kinds that `uses:` may name; required
	Set      []string                    // changes to the file, each "path=value", applied in order: "vars.photos=/data"
	Getenv   func(string) (string, bool) // the environment; nil for the process's

	// ReadFile reads the file that another extends; nil for the operating system's files. An error that is
	// fs.ErrNotExist says that there is no such file.
	ReadFile func(path string) ([]byte, error)

	// Reads is told of each file just before it is read: the experiment's, then those it extends; nil for nobody. So who
	// wants to know when to read again can, also of files with mistakes or that are not there.
	Reads func(path string)
}

// Experiment is a file that was read and found right.
type Experiment struct {
	Name  string     // of the file unless it says otherwise; letters, digits, "_" and "-"
	Seed  uint64     // DefaultSeed unless the file says otherwise; that of the first variant
	Graph *dag.Graph // of a sweep, all its variants

	// Resolved is the experiment as YAML after other files, variables, --set and defaults: every parameter of every
	// stage is spelled out, so it reads to the same graph whatever the environment is, and resolves to itself. A sweep
	// stays one, with the variables that it changes; the schedule is not in it.
	Resolved []byte
	Source   []byte // the bytes that were read, without the files that it extends

	// Env names the variables of the environment that were looked up, set or not, in the order of the alphabet: in the
	// file, those it extends, and --set.
	Env []string

	Sweep    *Sweep    // nil without `sweep:`
	Schedule *Schedule // nil without `schedule:`
}

// DefaultSeed is the seed of a file that has none.
const DefaultSeed = 1

// Load reads an experiment from a file, or from standard input if path is "-". A mistake in the file is an Errors.
func Load(path string, o Options) (*Experiment, error) {
	if path == "-" {
		src, err := io.ReadAll(io.LimitReader(os.Stdin, maxMade+1))
		if err != nil {
			return nil, fmt.Errorf("reading the experiment from standard input: %w", err)
		}
		return Parse("stdin", src, o)
	}
	if o.Reads != nil {
		o.Reads(path)
	}
	src, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, src, o)
}

func readFile(path string) ([]byte, error) {
	src, err := readLimited(path)
	if errors.Is(err, fs.ErrNotExist) {
		hint := ""
		if near, ok := spelling.Nearest(filepath.Base(path), yamlFiles(filepath.Dir(path))); ok {
			hint = "; did you mean " + filepath.Join(filepath.Dir(path), near) + "?"
		}
		return nil, &noFileError{fmt.Sprintf("there is no experiment file %s%s", path, hint)}
	}
	if errors.Is(err, errFolder) {
		return nil, fmt.Errorf("%s is a folder; name the experiment file in it", path)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the experiment: %w", err)
	}
	return src, nil
}

// noFileError is an fs.ErrNotExist that says which file and what may be meant.
type noFileError struct{ text string }

func (e *noFileError) Error() string { return e.text }
func (e *noFileError) Unwrap() error { return fs.ErrNotExist }

var errFolder = errors.New("it is a folder")

// readLimited reads as much of a file as an experiment may have, and one byte more if there is more.
func readLimited(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, errFolder
	}
	return io.ReadAll(io.LimitReader(f, maxMade+1))
}

// yamlFiles lists the YAML files of a folder.
func yamlFiles(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if isYAML(e.Name()) && !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}

func isYAML(name string) bool {
	return strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}

// Parse reads an experiment from bytes. name stands for the file in messages and gives the experiment its name if it
// has none of its own; a file that it extends is looked for from the folder of that name. A mistake is an Errors.
func Parse(name string, src []byte, o Options) (*Experiment, error) {
	if o.Getenv == nil {
		o.Getenv = os.LookupEnv
	}
	c := &checker{
		registry: o.Registry, getenv: o.Getenv, readFile: o.ReadFile, yamlFiles: func(string) []string { return nil },
		kindParams: map[*dag.Kind][]dag.Param{}, removed: map[string]*node{}, index: map[string]int{}, asked: map[string]bool{},
	}
	if o.ReadFile == nil {
		c.readFile, c.yamlFiles = readLimited, yamlFiles
	}
	if o.Reads != nil {
		read := c.readFile
		c.readFile = func(path string) ([]byte, error) { o.Reads(path); return read(path) }
	}
	c.file = &source{name: name}
	x := c.read(name, src, o.Set)
	if len(c.errs) > 0 {
		return nil, c.errs.sorted()
	}
	x.Source, x.Env = src, sortedKeys(c.asked)
	return x, nil
}
