package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sync/errgroup"
)

// writeAtomic replaces the file at path so that a reader sees all of the old bytes or all of the new ones, also after
// a crash. Its temporary file has one name, so the caller holds a lock on path. The folders before are brought to the
// disk first: what the data tells of is then there whenever the data is.
func writeAtomic(path string, data []byte, before ...string) error {
	if err := makeDir(filepath.Dir(path)); err != nil {
		return err
	}
	var g errgroup.Group // side by side, for the file system joins them into one commit
	g.Go(func() error { return syncAll(before) })
	g.Go(func() error { return writeSynced(path+".tmp", data) })
	if err := g.Wait(); err != nil {
		return err
	}
	if err := os.Rename(path+".tmp", path); err != nil {
		return err
	}
	return syncPath(filepath.Dir(path))
}

// replaceFile is writeAtomic for what may be lost in a power cut (never half of it, for its reader checks a digest), and
// needs no lock: of two writers the last one wins.
func replaceFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // not there once it is renamed
	_, err = f.Write(data)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// makeDir makes a folder whose parent is there, and makes its name survive a power cut.
func makeDir(dir string) error {
	err := os.Mkdir(dir, 0o755)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return syncPath(filepath.Dir(dir))
}

func writeSynced(path string, data []byte) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close() // closed and checked below; this is for the early returns
	if _, err := f.Write(data); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return f.Close()
}

// syncPath makes a file or a folder (the names in it) survive a power cut.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// syncAll syncs many paths at once: the file system then joins them into few commits of its journal.
func syncAll(paths []string) error {
	var g errgroup.Group
	g.SetLimit(32)
	for _, p := range paths {
		g.Go(func() error { return syncPath(p) })
	}
	return g.Wait()
}

// explain adds to an error of the file system what a person can do about it.
func (s *Store) explain(doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case isFull(err):
		return fmt.Errorf("store: %s: %w", doing, s.ExplainFull(err))
	case errors.Is(err, os.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("store: %s: %w: make %s writable, or put the store elsewhere with --store", doing, err, s.dir)
	default:
		return fmt.Errorf("store: %s: %w", doing, err)
	}
}

// ExplainFull adds to the error of a full disk what a person can do about it, and gives other errors back as they are.
// It is for errors of work in the folders that a lease gives.
func (s *Store) ExplainFull(err error) error {
	if !isFull(err) {
		return err
	}
	return fmt.Errorf("%w: free some space where %s is, or put the store elsewhere with --store", err, s.dir)
}

func isFull(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }
