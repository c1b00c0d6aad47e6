// Package smallfile opens and looks at hundreds of thousands of small files in a fraction of the time that package os takes:
// each relative to its folder, which stays open from one file to the next, so that the way to it is not walked again; and
// without what an os.File is prepared for, deadlines and a forgotten Close.
//
// It knows nothing of what is in the files.
package smallfile

import (
	"errors"
	"io"
	"io/fs"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Opener opens files. The zero value is ready for use, by one goroutine, and ends with Close. As long as files of the same
// folder follow one another, they are taken from what lay at its path first, also if it was renamed meanwhile.
type Opener struct {
	folder string // the one that is open; "" for none
	fd     int
}

// Close lets go of the folder. The Opener can be used again.
func (o *Opener) Close() {
	if o.folder != "" {
		_ = unix.Close(o.fd) // nothing was written
		o.folder = ""
	}
}

// place gives what system calls take for a path: a folder that is open, and the way from there.
func (o *Opener) place(path string) (fd int, rel string) {
	folder, name := filepath.Split(path)
	if folder == "" || name == "" {
		return unix.AT_FDCWD, path
	}
	if folder == o.folder {
		return o.fd, name
	}
	o.Close()
	fd, err := open(unix.AT_FDCWD, folder, unix.O_DIRECTORY)
	if err != nil {
		return unix.AT_FDCWD, path // what is wrong, the file's own error says; nothing is where only listing it is forbidden
	}
	o.folder, o.fd = folder, fd
	return fd, name
}

// Stat tells of the file at a path, or of what a link there leads to. Errors are a *fs.PathError.
func (o *Opener) Stat(path string) (st unix.Stat_t, err error) {
	fd, rel := o.place(path)
	for {
		if err = unix.Fstatat(fd, rel, &st, 0); !errors.Is(err, unix.EINTR) {
			break
		}
	}
	return st, wrap("stat", path, err)
}

// Open opens a file for reading. Errors are a *fs.PathError.
func (o *Opener) Open(path string) (*File, error) {
	folder, rel := o.place(path)
	fd, err := open(folder, rel, 0)
	if err != nil {
		return nil, wrap("open", path, err)
	}
	return &File{path, fd}, nil
}

// File is open for reading, by one goroutine, until Close, which must be called.
type File struct {
	path string
	fd   int
}

// Read implements io.Reader. Errors are a *fs.PathError, or io.EOF.
func (f *File) Read(b []byte) (n int, err error) {
	for {
		if n, err = unix.Read(f.fd, b); !errors.Is(err, unix.EINTR) {
			break
		}
	}
	if err != nil {
		return 0, wrap("read", f.path, err)
	}
	if n == 0 && len(b) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// Close ends reading.
func (f *File) Close() { _ = unix.Close(f.fd) } // nothing was written

func open(folder int, rel string, flag int) (fd int, err error) {
	for {
		if fd, err = unix.Openat(folder, rel, unix.O_RDONLY|unix.O_CLOEXEC|flag, 0); !errors.Is(err, unix.EINTR) {
			return fd, err
		}
	}
}

func wrap(op, path string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: op, Path: path, Err: err}
}
