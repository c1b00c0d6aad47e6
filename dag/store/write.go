package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sync/errgroup"

	"fashionpipe/internal/disk"
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
	err := g.Wait()
	if err == nil {
		err = disk.Rename(path+".tmp", path)
	}
	if err != nil {
		_ = disk.Remove(path + ".tmp") // there may be none; one that stays is written over the next time
		return err
	}
	return syncPath(filepath.Dir(path))
}

// replaceFile is writeAtomic for what may be lost in a power cut (never half of it, for its reader checks a digest), and
// needs no lock: of two writers the last one wins.
func replaceFile(path string, data []byte) error {
	f, err := disk.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	defer func() { _ = disk.Remove(f.Name()) }() // not there once it is renamed
	_, err = disk.Write(f, data)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return disk.Rename(f.Name(), path)
}

// makeDir makes a folder whose parent is there, and makes its name survive a power cut.
func makeDir(dir string) error {
	err := disk.Mkdir(dir, 0o755)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return syncPath(filepath.Dir(dir))
}

func writeSynced(path string, data []byte) error {
	f, err := disk.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return err
	}
	defer f.Close() // closed and checked below; this is for the early returns
	if _, err := disk.Write(f, data); err != nil {
		return err
	}
	if err := disk.Sync(f); err != nil {
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
	return disk.Sync(f)
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

// explain says what the store was doing, and what a person can do about the error.
func (s *Store) explain(doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case isForbidden(err):
		return fmt.Errorf("store: %s: %w", doing, s.wantsRights(err))
	default:
		return fmt.Errorf("store: %s: %w", doing, s.Explain(err))
	}
}

// Explain adds to an error of the disk that the store lies on what a person can do about it, and gives other errors back as
// they are. It is also for errors of work in the folders that a Lease or a Run gives.
func (s *Store) Explain(err error) error {
	switch {
	case isFull(err):
		return fmt.Errorf("%w: free some space where %s is, or put the store elsewhere with --store", err, s.dir)
	case errors.Is(err, syscall.EFBIG):
		return fmt.Errorf("%w: raise the limit (ulimit -f), or put the store where larger files can be, with --store", err)
	case isForbidden(err) && s.holds(err):
		return s.wantsRights(err)
	}
	return err
}

func (s *Store) wantsRights(err error) error {
	return fmt.Errorf("%w: make %s writable, or put the store elsewhere with --store", err, s.dir)
}

// holds says whether the path that an error names is that of the store or lies below it.
func (s *Store) holds(err error) bool {
	path := ""
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		path = p.Path
	case errors.As(err, &l):
		path = l.Old
	}
	rel, err := filepath.Rel(s.dir, path)
	return err == nil && filepath.IsLocal(rel)
}

func isForbidden(err error) bool {
	return errors.Is(err, os.ErrPermission) || errors.Is(err, syscall.EROFS)
}

func isFull(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }
