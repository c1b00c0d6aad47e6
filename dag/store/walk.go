package store

import (
	"context"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// walk lists what Tree digests, sorted by path.
func walk(ctx context.Context, root string, keep func(string) bool) ([]File, error) {
	real, err := filepath.EvalSymlinks(root) // root itself may be a link
	if err != nil {
		return nil, err
	}
	var files []File
	err = filepath.WalkDir(real, func(p string, d fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		rel, relErr := filepath.Rel(real, p)
		rel = filepath.ToSlash(rel)
		switch {
		case relErr != nil:
			return relErr
		case err != nil && rel == ".":
			return err
		case err != nil:
			files = append(files, File{Path: rel, Err: err})
			return nil
		case d.IsDir():
			return nil
		case !d.Type().IsRegular() && d.Type() != fs.ModeSymlink:
			return nil
		case keep == nil || keep(rel):
			files = append(files, File{Path: rel})
		}
		return nil
	})
	if err == nil {
		slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	}
	return files, err
}
