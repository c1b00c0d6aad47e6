package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"fashionpipe/dag"
	"fashionpipe/internal/report"
	"fashionpipe/pipelines"
	"fashionpipe/stages"
)

// results says where a person finds what a run made.
type results struct {
	Dir     string
	Reports []string // paths of the HTML files
	Table   string   // the result table of a sweep
	Old     []string // names in Dir that this run did not renew
}

// export puts the results of a run into a folder that a person opens: reports and metrics as files of their own, and
// a link to the folder of every artifact under its stage's name. Links to stages that are gone are taken away.
func export(dir string, e *pipelines.Experiment, sum *dag.Summary) (results, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return results{}, err
	}
	if err := dropLinks(dir, e.Graph); err != nil {
		return results{}, err
	}
	r := results{Dir: dir}
	for _, n := range e.Graph.Nodes {
		s, ok := sum.Stage(n.Name)
		if !ok || s.Artifact.Dir == "" {
			r.Old = append(r.Old, leftOf(dir, n, e.Graph)...)
			continue
		}
		if err := link(s.Artifact.Dir, filepath.Join(dir, n.Name)); err != nil {
			return r, err
		}
		if err := r.open(dir, e, sum, s); err != nil {
			return r, err
		}
	}
	return r, r.dropSweep(dir)
}

// dropSweep takes away the variants that a sweep of the same name left, and names its files among those that this run
// did not renew: they may be all there is of it.
func (r *results) dropSweep(dir string) error {
	for _, name := range leftFiles(dir, sweepFiles) {
		if !slices.Contains(r.Old, name) && !slices.Contains(r.Reports, filepath.Join(dir, name)) {
			r.Old = append(r.Old, name)
		}
	}
	variants := filepath.Join(dir, variantsDir)
	if info, err := os.Lstat(variants); err != nil || !info.IsDir() { // none, or a stage's link
		return nil
	}
	if err := dropVariants(variants, nil); err != nil {
		return err
	}
	_ = os.Remove(variants) // works on an empty folder only
	return nil
}

// leftOf names what an earlier run left of a stage that gave no result in this one. It stays: it may be all there is.
func leftOf(dir string, n *dag.Node, g *dag.Graph) []string {
	names := []string{n.Name}
	if n.Out() == stages.Report || n.Out() == stages.Metrics {
		names = append(names, fileName(n, g))
	}
	var left []string
	for _, name := range names {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			left = append(left, name)
		}
	}
	return left
}

// open writes the files of an artifact that people open first.
func (r *results) open(dir string, e *pipelines.Experiment, sum *dag.Summary, s dag.StageResult) error {
	switch s.Artifact.Type {
	case stages.Report:
		html, err := os.ReadFile(filepath.Join(s.Artifact.Dir, "report.html"))
		if err != nil {
			return err
		}
		var b bytes.Buffer
		run := runOf(e, sum)
		run.Title = titleOf(s.Node, e)
		if err := report.Embed(&b, html, run); err != nil {
			return err
		}
		path := filepath.Join(dir, fileName(s.Node, e.Graph))
		if err := replace(path, b.Bytes()); err != nil {
			return err
		}
		r.Reports = append(r.Reports, path)
		return nil
	case stages.Metrics:
		b, err := os.ReadFile(filepath.Join(s.Artifact.Dir, "metrics.json"))
		if err != nil {
			return err
		}
		return replace(filepath.Join(dir, fileName(s.Node, e.Graph)), b)
	}
	return nil
}

// titleOf is the title of a report that has none of its own: the experiment's name, with the stage's where there are several.
func titleOf(n *dag.Node, e *pipelines.Experiment) string {
	for _, other := range e.Graph.Nodes {
		if other != n && other.Out() == stages.Report {
			return e.Name + ": " + n.Name
		}
	}
	return e.Name
}

// fileName is where the file of a report or of metrics goes: report.html, metrics.json, or the stage's name where the
// experiment has several of its type.
func fileName(n *dag.Node, g *dag.Graph) string {
	usual := map[dag.Type][2]string{stages.Report: {"report", ".html"}, stages.Metrics: {"metrics", ".json"}}[n.Out()]
	for _, other := range g.Nodes {
		if other != n && other.Out() == n.Out() {
			return n.Name + usual[1]
		}
	}
	return usual[0] + usual[1]
}

// replace writes a file that is never seen half-written.
func replace(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // not there once it is renamed
	_, err = f.Write(data)
	if err := errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// link makes path a link to a folder.
func link(target, path string) error {
	abs, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return err
	}
	if rel, err := filepath.Rel(abs, target); err == nil {
		target = rel
	}
	return setLink(target, path)
}

// setLink makes path a link, unless it says the same already; another run may be doing so too. Only a link may be in its place:
// nobody's own files are touched.
func setLink(target, path string) error {
	for {
		if is, err := os.Readlink(path); err == nil && is == target {
			return nil
		}
		if err := inTheWay(path); err != nil {
			return err
		}
		if err := removeIfThere(path); err != nil {
			return err
		}
		if err := os.Symlink(target, path); !errors.Is(err, fs.ErrExist) { // else the other was faster
			return err
		}
	}
}

// removeIfThere removes what another run may remove first.
func removeIfThere(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func inTheWay(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err == nil && info.Mode()&fs.ModeSymlink == 0:
		return fmt.Errorf("%s is in the way: it is no link of an earlier run. Move it, or name another folder with --out", path)
	}
	return err
}

// checkWritable says if a folder can't be made or written into: the nearest one above it that is there counts.
func checkWritable(dir string) error {
	at := filepath.Clean(dir)
	info, err := os.Stat(at)
	for (errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)) && at != filepath.Dir(at) {
		at = filepath.Dir(at)
		info, err = os.Stat(at)
	}
	if err == nil && !info.IsDir() {
		return fmt.Errorf("results go into %s, but %s is a file: name another folder with --out", dir, at)
	}
	if err == nil {
		err = unix.Access(at, unix.W_OK|unix.X_OK)
	}
	if err != nil {
		return fmt.Errorf("results go into %s: %w: make %s writable, or name another folder with --out", dir, err, at)
	}
	return nil
}

// checkOut says before anything runs if something of a person's own is where a link will go.
func checkOut(dir string, g *dag.Graph) error {
	for _, n := range g.Nodes {
		if err := inTheWay(filepath.Join(dir, n.Name)); err != nil {
			return err
		}
	}
	return nil
}

// dropLinks takes away the links of stages that the experiment no longer has.
func dropLinks(dir string, g *dag.Graph) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		path := filepath.Join(dir, entry.Name())
		if _, ok := g.Node(entry.Name()); ok || entry.Type()&fs.ModeSymlink == 0 {
			continue
		}
		target, err := os.Readlink(path)
		if err != nil || !strings.Contains(filepath.ToSlash(target), "/artifacts/") {
			continue
		}
		if err := removeIfThere(path); err != nil {
			return err
		}
	}
	return nil
}

// runOf tells the report about the run it was made in.
func runOf(e *pipelines.Experiment, sum *dag.Summary) report.Run {
	r := report.Run{ID: sum.RunID, Version: version, Started: time.Now().Add(-sum.Took), Took: sum.Took, Experiment: string(e.Resolved)}
	for _, s := range sum.Stages {
		st := report.Stage{
			Name: s.Node.Name, Kind: s.Node.Kind.Name, State: string(s.State), Took: max(s.Took, s.Saved), Bytes: s.Bytes, Digest: string(s.Artifact.Digest),
			Reason: s.Reason, After: s.Node.Inputs(),
		}
		for _, n := range s.Notes {
			st.Notes = append(st.Notes, n.Name+": "+n.Text)
		}
		r.Stages = append(r.Stages, st)
	}
	return r
}
