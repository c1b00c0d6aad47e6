package store

import (
	"errors"
	"io/fs"
	"time"

	"golang.org/x/sys/unix"
)

// stamp is what the file system tells of a file without reading it. While it stays the same, so do the bytes, unless
// they changed within one tick of the file system's clock (see settle and racy).
type stamp struct {
	Size, Mtime, Ctime int64 // bytes, nanoseconds, nanoseconds
	Inode              uint64
}

// lstamp reads the stamp of what lies at a path, also of a symbolic link.
func lstamp(path string) (stamp, fs.FileMode, error) {
	var st unix.Stat_t
	err := unix.Lstat(path, &st)
	for errors.Is(err, unix.EINTR) {
		err = unix.Lstat(path, &st)
	}
	if err != nil {
		return stamp{}, 0, &fs.PathError{Op: "stat", Path: path, Err: err}
	}
	s, mode := stampOf(&st)
	return s, mode, nil
}

func stampOf(st *unix.Stat_t) (stamp, fs.FileMode) {
	mode := fileType(uint32(st.Mode)) //nolint:unconvert // st.Mode is a uint16 on macOS
	return stamp{Size: st.Size, Mtime: st.Mtim.Nano(), Ctime: st.Ctim.Nano(), Inode: st.Ino}, mode
}

func fileType(mode uint32) fs.FileMode {
	switch mode & unix.S_IFMT {
	case unix.S_IFREG:
		return 0
	case unix.S_IFDIR:
		return fs.ModeDir
	case unix.S_IFLNK:
		return fs.ModeSymlink
	default:
		return fs.ModeIrregular
	}
}

// tick is longer than the coarsest step of the clock that Linux stamps files with (10 ms).
const tick = 20 * time.Millisecond

// settle waits until a change of a file with this stamp would get another stamp. (Programs may set mtime as they like,
// never ctime.)
func settle(s stamp) {
	if d := time.Until(time.Unix(0, s.Ctime).Add(tick)); d > 0 {
		time.Sleep(min(d, tick)) // at most a tick, whatever the file system claims
	}
}
