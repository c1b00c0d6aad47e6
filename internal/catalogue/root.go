package catalogue

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Root gives the absolute path of the root of a data set as people write it: a leading ~/ is their home folder.
func Root(dir string) (string, error) {
	if below, ok := strings.CutPrefix(dir, "~/"); ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("root: %s: %w", dir, err)
		}
		return filepath.Join(home, below), nil
	}
	return filepath.Abs(dir)
}

// Tree gives, sorted by path, every file below dir that keep accepts, each with its size and digest.
type Tree func(ctx context.Context, dir string, keep func(rel string) bool) ([]File, error)

// List gives, sorted by path, the files below root that keep accepts, with paths relative to root. With split set it
// looks nowhere but in that sub-folder. Where there is no such sub-folder there are no files.
func List(ctx context.Context, tree Tree, root, split string, keep func(rel string) bool) ([]File, error) {
	if err := CheckRoot(root); err != nil {
		return nil, err
	}
	dir := filepath.Join(root, filepath.FromSlash(split))
	if !IsDir(dir) {
		return nil, nil
	}
	files, err := tree(ctx, dir, func(rel string) bool { return keep(path.Join(split, rel)) })
	if err != nil {
		return nil, fmt.Errorf("list the photos in %s: %w", dir, err)
	}
	for i := range files {
		files[i].Path = path.Join(split, files[i].Path)
	}
	return files, nil
}

// CheckFolder says why files, listed for the layout of Folder, give no photos; nil if they do.
func CheckFolder(root, split string, files []File) error {
	if slices.ContainsFunc(files, func(f File) bool { return IsPhoto(f.Path) }) {
		return nil
	}
	for _, f := range files { // a folder, else it would be a photo
		if f.Err != nil {
			return fmt.Errorf("no photos in %s: %s can't be read: %s", filepath.Join(root, filepath.FromSlash(split)), f.Shown(), Reason(f.Err))
		}
	}
	return NoPhotos(root, split)
}

// CheckRoot says what is wrong with the root of a data set: missing, or no folder.
func CheckRoot(root string) error {
	info, err := os.Stat(root)
	switch {
	case os.IsNotExist(err):
		return fmt.Errorf("root: there is no folder %s", root)
	case err != nil:
		return fmt.Errorf("root: %w", err)
	case !info.IsDir() && strings.EqualFold(filepath.Ext(root), ".zip"):
		return fmt.Errorf("root: %s is a zip file: unpack it and give the folder", root)
	case !info.IsDir():
		return fmt.Errorf("root: %s is a file, not a folder", root)
	}
	return nil
}

// NoPhotos explains why the folder root, or its sub-folder split, gives no photos.
func NoPhotos(root, split string) error {
	dir := filepath.Join(root, filepath.FromSlash(split))
	if err := CheckRoot(root); err != nil {
		return err
	}
	if !IsDir(dir) {
		return fmt.Errorf("%s has no folder %q (split); it holds %s", root, split, Listing(root))
	}
	return fmt.Errorf("no photos (%s) in %s or below; it holds %s", strings.Join(imageExtensions, ", "), dir, Listing(dir))
}

// IsDir says whether there is a folder at a path.
func IsDir(dir string) bool {
	info, err := os.Stat(dir)
	return err == nil && info.IsDir()
}

// Listing names a few of the things in a folder, for messages: `train/, notes.txt and 3 more`.
func Listing(dir string) string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "what can't be listed: " + err.Error()
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name()+"/")
		} else {
			names = append(names, e.Name())
		}
	}
	const most = 6
	switch {
	case len(names) == 0:
		return "nothing"
	case len(names) > most:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}
