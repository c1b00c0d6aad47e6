package devices

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Folder is where the processes of this machine agree on who has which device. Its methods may be called from several
// goroutines.
type Folder struct {
	dir   string
	names []string

	mu      sync.Mutex
	yielded map[int]time.Time // when each device may be taken here again, after it was given back while others waited
	waiting *os.File          // locked while somebody here waits
}

// DefaultDir is the folder that all users of this machine share: below /run/lock where everybody may write there, else
// below /tmp. It does not ask TMPDIR, which users and jobs have each their own.
func DefaultDir() string {
	const name = "fashionpipe-gpus"
	if info, err := os.Stat("/run/lock"); err == nil && info.Mode().Perm()&0o002 != 0 {
		return filepath.Join("/run/lock", name)
	}
	return filepath.Join("/tmp", name)
}

// New gives a folder, which is made when it is first needed. names are the devices by their numbers, as
// CUDA_VISIBLE_DEVICES names them; a device beyond them is named by its number.
func New(dir string, names []string) *Folder {
	return &Folder{dir: dir, names: names, yielded: map[int]time.Time{}}
}

// turn is how long a device is left to the others after it was given back while they waited. They look several times
// meanwhile.
const turn = time.Second

// Try takes a device, counted from 0, without waiting; release gives it back. Where another has it, release is nil and
// holder says who, for people. The error says why that can't be told.
func (f *Folder) Try(device int) (release func(), holder string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	name := f.name(device)
	if time.Now().Before(f.yielded[device]) {
		return nil, fmt.Sprintf("GPU %s is left to another run that waits for it", name), nil
	}
	lock, err := f.lock("gpu-"+name, unix.LOCK_EX)
	if err != nil {
		return nil, "", err
	}
	if lock == nil {
		return nil, fmt.Sprintf("%s has GPU %s", f.holder("gpu-"+name), name), nil
	}
	note(lock)
	return func() { f.release(device, lock) }, "", nil
}

func (f *Folder) release(device int, lock *os.File) {
	f.mu.Lock()
	defer f.mu.Unlock()
	_ = lock.Truncate(0) // for people only
	unlock(lock)
	if f.awaited() {
		f.yielded[device] = time.Now().Add(turn)
	}
}

// awaited says whether a process waits for a device.
func (f *Folder) awaited() bool {
	lock, err := f.lock(waitingFile, unix.LOCK_EX)
	if lock != nil {
		unlock(lock)
	}
	return lock == nil && err == nil
}

const waitingFile = "waiting"

// Waiting says whether somebody here waits for a device that another process has: that process then leaves it to the
// others for a moment when it is done with it, rather than taking it again for its next stage.
func (f *Folder) Waiting(yes bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case yes && f.waiting == nil:
		f.waiting, _ = f.lock(waitingFile, unix.LOCK_SH) // said again at the next look, where it fails
	case !yes && f.waiting != nil:
		unlock(f.waiting)
		f.waiting = nil
	}
}

var reUnsafe = regexp.MustCompile(`[^A-Za-z0-9_.-]`)

// name is that of a device, fit for the name of a file.
func (f *Folder) name(device int) string {
	if device < len(f.names) {
		return reUnsafe.ReplaceAllString(f.names[device], "_")
	}
	return fmt.Sprint(device)
}

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

// holder names who has locked a file.
func (f *Folder) holder(name string) string {
	b, err := os.ReadFile(filepath.Join(f.dir, name))
	if text := strings.TrimSpace(string(b)); err == nil && text != "" {
		return text
	}
	return "another run" // it has not written its name yet
}
