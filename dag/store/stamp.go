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

// stampOf reads the stamp of what path names; link says that a symbolic link is to be followed.
func stampOf(path string, follow bool) (stamp, fs.FileMode, error) {
	var st unix.Stat_t
	stat := unix.Lstat
	if follow {
		stat = unix.Stat
	}
	err := stat(path, &st)
	for errors.Is(err, unix.EINTR) {
		err = stat(path, &st)
	}
	if err != nil {
		return stamp{}, 0, &fs.PathError{Op: "stat", Path: path, Err: err}
	}
	mode := fileType(uint32(st.Mode)) //nolint:unconvert // st.Mode is a uint16 on macOS
	return stamp{Size: st.Size, Mtime: st.Mtim.Nano(), Ctime: st.Ctim.Nano(), Inode: st.Ino}, mode, nil
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
