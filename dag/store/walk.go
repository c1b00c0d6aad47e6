package store

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// walk lists what Tree digests, sorted by path.
func walk(ctx context.Context, root string, keep func(string) bool) ([]File, error) {
	real, err := filepath.EvalSymlinks(root) // root itself may be a link
	if err != nil {
		return nil, err
	}
	w := walker{ctx: ctx, root: real, keep: keep, broken: map[string]error{}}
	if err := w.folder(""); err != nil {
		return nil, err
	}
	if err := w.broken[""]; err != nil {
		return nil, err
	}
	slices.Sort(w.paths)
	files := make([]File, len(w.paths))
	for i, p := range w.paths {
		files[i] = File{Path: p, Err: w.broken[p]}
	}
	return files, nil
}

// walker collects the paths of files, and of folders that can't be read, relative to root and with slashes.
type walker struct {
	ctx    context.Context
	root   string
	keep   func(string) bool
	paths  []string
	broken map[string]error // by path
}

// folder collects what lies in a folder and below. It fails with ctx only.
func (w *walker) folder(rel string) error {
	f, err := os.Open(filepath.Join(w.root, filepath.FromSlash(rel)))
	if err != nil {
		w.spoilt(rel, err)
		return nil
	}
	var folders []string
	for err == nil {
		if err := w.ctx.Err(); err != nil {
			_ = f.Close()
			return err
		}
		var entries []fs.DirEntry
		entries, err = f.ReadDir(1024)
		for _, e := range entries {
			at := path.Join(rel, e.Name())
			switch {
			case e.IsDir():
				folders = append(folders, at)
			case !e.Type().IsRegular() && e.Type() != fs.ModeSymlink:
			case w.keep == nil || w.keep(at):
				w.paths = append(w.paths, at)
			}
		}
	}
	if !errors.Is(err, io.EOF) {
		w.spoilt(rel, err)
	}
	_ = f.Close() // nothing was written
	for _, below := range folders {
		if err := w.folder(below); err != nil {
			return err
		}
	}
	return nil
}

// spoilt says that a folder can't be read, or not whole.
func (w *walker) spoilt(rel string, err error) {
	w.paths = append(w.paths, rel)
	w.broken[rel] = err
}
