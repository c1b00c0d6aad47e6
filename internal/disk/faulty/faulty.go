// Package faulty makes calls of package disk fail. It is for tests, one at a time in a process.
package faulty

import (
	"io/fs"
	"os"
	"sync"
	"syscall"

	"github.com/gofrs/flock"

	"fashionpipe/internal/disk"
)

// Op is one change of the disk.
type Op struct {
	Name string // of the variable in package disk
	Path string
	Size int // bytes to write
}

// Grows says whether the change needs room on the disk.
func (o Op) Grows() bool {
	switch o.Name {
	case "Rename", "Remove", "RemoveAll", "Chmod", "Sync":
		return false
	}
	return true
}

// Install has judge asked before every change, from several goroutines, until restore is called. Where judge gives an
// error, the change is not made and fails with it; of a write that fails the first n bytes are written.
func Install(judge func(Op) (n int, err error)) (restore func()) {
	ask := func(name, path string) error {
		if _, err := judge(Op{Name: name, Path: path}); err != nil {
			return &fs.PathError{Op: name, Path: path, Err: err}
		}
		return nil
	}
	mkdir, mkdirAll, mkdirTemp, createTemp := disk.Mkdir, disk.MkdirAll, disk.MkdirTemp, disk.CreateTemp
	rename, remove, removeAll, chmod := disk.Rename, disk.Remove, disk.RemoveAll, disk.Chmod
	openFile, write, sync, lock, tryLock := disk.OpenFile, disk.Write, disk.Sync, disk.Lock, disk.TryLock

	disk.Mkdir = func(p string, m fs.FileMode) error {
		return first(ask("Mkdir", p), func() error { return mkdir(p, m) })
	}
	disk.MkdirAll = func(p string, m fs.FileMode) error {
		return first(ask("MkdirAll", p), func() error { return mkdirAll(p, m) })
	}
	disk.Rename = func(p, to string) error { return first(ask("Rename", p), func() error { return rename(p, to) }) }
	disk.Remove = func(p string) error { return first(ask("Remove", p), func() error { return remove(p) }) }
	disk.RemoveAll = func(p string) error { return first(ask("RemoveAll", p), func() error { return removeAll(p) }) }
	disk.Chmod = func(p string, m fs.FileMode) error {
		return first(ask("Chmod", p), func() error { return chmod(p, m) })
	}
	disk.Sync = func(f *os.File) error { return first(ask("Sync", f.Name()), func() error { return sync(f) }) }
	disk.Lock = func(l *flock.Flock) error { return first(ask("Lock", l.Path()), func() error { return lock(l) }) }
	disk.MkdirTemp = func(dir, pattern string) (string, error) {
		return first2(ask("MkdirTemp", dir+"/"+pattern), func() (string, error) { return mkdirTemp(dir, pattern) })
	}
	disk.CreateTemp = func(dir, pattern string) (*os.File, error) {
		return first2(ask("CreateTemp", dir+"/"+pattern), func() (*os.File, error) { return createTemp(dir, pattern) })
	}
	disk.OpenFile = func(p string, flag int, m fs.FileMode) (*os.File, error) {
		return first2(ask("OpenFile", p), func() (*os.File, error) { return openFile(p, flag, m) })
	}
	disk.TryLock = func(l *flock.Flock) (bool, error) {
		return first2(ask("TryLock", l.Path()), func() (bool, error) { return tryLock(l) })
	}
	disk.Write = func(f *os.File, b []byte) (int, error) {
		n, err := judge(Op{Name: "Write", Path: f.Name(), Size: len(b)})
		if err == nil {
			return write(f, b)
		}
		n, _ = write(f, b[:n]) // the error is that of the whole write
		return n, &fs.PathError{Op: "write", Path: f.Name(), Err: err}
	}
	return func() {
		disk.Mkdir, disk.MkdirAll, disk.MkdirTemp, disk.CreateTemp = mkdir, mkdirAll, mkdirTemp, createTemp
		disk.Rename, disk.Remove, disk.RemoveAll, disk.Chmod = rename, remove, removeAll, chmod
		disk.OpenFile, disk.Write, disk.Sync, disk.Lock, disk.TryLock = openFile, write, sync, lock, tryLock
	}
}

func first(err error, then func() error) error {
	if err != nil {
		return err
	}
	return then()
}

func first2[T any](err error, then func() (T, error)) (T, error) {
	if err != nil {
		var none T
		return none, err
	}
	return then()
}

// Full judges as a disk with so many bytes left does. What is removed makes no room.
func Full(left int) func(Op) (int, error) {
	var mu sync.Mutex
	return func(o Op) (int, error) {
		mu.Lock()
		defer mu.Unlock()
		if !o.Grows() || left > o.Size {
			left -= o.Size
			return 0, nil
		}
		n := max(left, 0)
		left = 0
		return n, syscall.ENOSPC
	}
}
