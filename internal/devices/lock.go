package devices

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// lock locks a file of the folder; nil where another has locked it. A file that was removed meanwhile, by somebody who
// clears old files, is worth nothing and is made again.
func (f *Folder) lock(name string, how int) (*os.File, error) {
	for {
		file, err := f.open(name)
		if err != nil {
			return nil, err
		}
		if err = flock(file, how|unix.LOCK_NB); err != nil {
			file.Close()
			if errors.Is(err, unix.EWOULDBLOCK) {
				return nil, nil
			}
			return nil, err
		}
		mine, err1 := file.Stat()
		there, err2 := os.Lstat(file.Name())
		if err1 == nil && err2 == nil && os.SameFile(mine, there) {
			return file, nil
		}
		unlock(file)
		if err := errors.Join(err1, err2); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
}

// open opens a file of the folder for reading and writing, and makes both where they are not there, so that every user
// may use them.
func (f *Folder) open(name string) (file *os.File, err error) {
	for range 5 {
		file, err = f.openOnce(filepath.Join(f.dir, name))
		if err == nil || !errors.Is(err, fs.ErrExist) && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) {
			return file, err
		}
		time.Sleep(time.Millisecond) // another process is just making it, and has not yet let others in
	}
	return nil, err
}

func (f *Folder) openOnce(path string) (*os.File, error) {
	const how = os.O_RDWR | unix.O_NOFOLLOW | unix.O_NONBLOCK
	// Not O_CREATE alone: Linux lets nobody open another's file that way in a folder everybody may write to.
	file, err := os.OpenFile(path, how, 0)
	if !errors.Is(err, fs.ErrNotExist) {
		return regular(file, err)
	}
	if err := f.make(); err != nil {
		return nil, err
	}
	file, err = os.OpenFile(path, how|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, err
	}
	return file, file.Chmod(0o666) // whatever the umask is
}

func regular(file *os.File, err error) (*os.File, error) {
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a file", file.Name())
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// make makes the folder. Everybody may make files in it, and remove only their own.
func (f *Folder) make() error {
	if err := os.MkdirAll(filepath.Dir(f.dir), 0o755); err != nil {
		return err
	}
	err := os.Mkdir(f.dir, 0o777)
	if err == nil {
		return os.Chmod(f.dir, 0o777|os.ModeSticky) // whatever the umask is
	}
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

func flock(file *os.File, how int) error {
	for {
		err := unix.Flock(int(file.Fd()), how)
		switch {
		case err == nil:
			return nil
		case !errors.Is(err, unix.EINTR):
			return &os.PathError{Op: "flock", Path: file.Name(), Err: err}
		}
	}
}

// unlock frees a lock now: closing the file alone would not while a child that is about to begin has a copy of it.
func unlock(file *os.File) {
	_ = flock(file, unix.LOCK_UN)
	file.Close()
}

// note writes into a locked file who has it, for people.
func note(file *os.File) {
	who := fmt.Sprint("user ", os.Getuid())
	if u, err := user.Current(); err == nil {
		who = u.Username
	}
	host, _ := os.Hostname() // the name of the container, where it is one
	text := fmt.Sprintf("pid %d of %s on %s (since %s)", os.Getpid(), who, host, time.Now().Format("02 Jan 15:04"))
	_ = file.Truncate(0)
	_, _ = file.WriteAt([]byte(text), 0)
}
