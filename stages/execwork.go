package stages

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"fashionpipe/dag"
	"fashionpipe/internal/machine"
	"fashionpipe/internal/process"
)

// execCopy is a file that is copied to where a command works.
type execCopy struct {
	from   string
	place  string // relative to where the command works, with slashes
	digest dag.Digest
}

// copies lists the files that are named, and those in folders that are, without hidden ones and what Python keeps for
// itself.
func (s *execStage) copies(ctx context.Context, files dag.Files) ([]execCopy, error) {
	var out []execCopy
	for _, f := range s.Files {
		if err := thereIs(f); err != nil {
			return nil, err
		}
		info, err := os.Stat(f)
		if err != nil {
			return nil, fmt.Errorf("files: %w", err)
		}
		if !info.IsDir() {
			d, err := files.File(ctx, f)
			if err != nil {
				return nil, fmt.Errorf("files: %w", err)
			}
			out = append(out, execCopy{f, placeOf(f), d})
			continue
		}
		found, err := files.Tree(ctx, f, notHidden)
		if err != nil {
			return nil, fmt.Errorf("files: %w", err)
		}
		for _, x := range found {
			if x.Err != nil {
				return nil, fmt.Errorf("files: %s: %w", filepath.Join(f, x.Path), x.Err)
			}
			out = append(out, execCopy{filepath.Join(f, filepath.FromSlash(x.Path)), path.Join(placeOf(f), x.Path), x.SHA256.Digest()})
		}
	}
	return out, nil
}

// thereIs says of a file that is not there where it was looked for.
func thereIs(file string) error {
	_, err := os.Stat(file)
	switch {
	case err == nil:
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("files: %w", err)
	case filepath.IsAbs(file):
		return fmt.Errorf("files: there is no %s", file)
	}
	here, err := os.Getwd()
	if err != nil {
		here = "the folder where pipe runs"
	}
	return fmt.Errorf("files: there is no %s in %s; paths start at the folder where pipe runs", file, here)
}

func notHidden(rel string) bool {
	for _, part := range strings.Split(rel, "/") {
		if strings.HasPrefix(part, ".") || part == "__pycache__" {
			return false
		}
	}
	return true
}

// prepare makes the folder that the command works in, from nothing, and the one it may keep things in.
func (s *execStage) prepare(ctx context.Context, t *dag.Task, work, keep string) error {
	if err := os.RemoveAll(work); err != nil {
		return err
	}
	for _, dir := range []string{filepath.Join(work, "tmp"), keep} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	copies, err := s.copies(ctx, t.Files)
	if err != nil {
		return err
	}
	for _, c := range copies {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := copyFile(c.from, filepath.Join(work, filepath.FromSlash(c.place))); err != nil {
			return err
		}
	}
	return nil
}

// copyFile copies a file with its permission to be run.
func copyFile(from, to string) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	info, err := src.Stat()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	dst, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644|info.Mode().Perm()&0o111)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	return errors.Join(err, dst.Close())
}

// values are what the placeholders of the command stand for.
func (s *execStage) values(t *dag.Task, keep string) process.Values {
	v := process.Values{"out": {t.Out}, "scratch": {keep}, "workers": {fmt.Sprint(t.Workers)}}
	if s.UsesSeed() {
		v["seed"] = []string{fmt.Sprint(t.Seed)}
	}
	for port, artifacts := range t.In {
		for _, a := range artifacts {
			v["in."+port] = append(v["in."+port], a.Dir)
			v["digest."+port] = append(v["digest."+port], string(a.Digest))
			if a.Source != "" {
				v["source."+port] = append(v["source."+port], a.Source)
			}
		}
	}
	return v
}

// environment is all that the command gets of it.
func (s *execStage) environment(v process.Values, devices []int, work string) ([]string, error) {
	env := []string{"LANG=C.UTF-8", "PWD=" + work, "TMPDIR=" + filepath.Join(work, "tmp")}
	for _, name := range slices.Concat([]string{"PATH", "HOME"}, s.Pass, s.Quiet) {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(v)) {
		env = append(env, process.Variable(name)+"="+strings.Join(v[name], "\n"))
	}
	if len(devices) > 0 {
		env = append(env, "CUDA_VISIBLE_DEVICES="+visible(devices, machine.GPUs()))
	}
	for _, e := range s.Env {
		text, err := v.Text(e)
		if err != nil {
			return nil, err
		}
		env = append(env, text)
	}
	return env, nil
}

// visible names GPUs, counted from 0 among those that this process may use, as CUDA does.
func visible(devices []int, all []string) string {
	var names []string
	for _, d := range devices {
		name := strconv.Itoa(d)
		if d < len(all) {
			name = all[d]
		}
		names = append(names, name)
	}
	return strings.Join(names, ",")
}
