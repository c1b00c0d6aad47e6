package devices

import (
	"fmt"
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

// holder names who has locked a file.
func (f *Folder) holder(name string) string {
	b, err := os.ReadFile(filepath.Join(f.dir, name))
	if text := strings.TrimSpace(string(b)); err == nil && text != "" {
		return text
	}
	return "another run" // it has not written its name yet
}
