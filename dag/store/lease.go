package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"fashionpipe/internal/disk"
)

// Lease is the right to do one piece of work. The operating system frees it when its process dies.
type Lease struct {
	Key     Digest
	Out     string // an empty folder to write the artifact into
	Scratch string // a folder that outlives this process

	s    *Store
	lock *flock.Flock
}

// TryLease takes the lease of a key, or says that another worker (of this process or another) has it.
func (s *Store) TryLease(key Digest) (*Lease, bool, error) {
	if s.readOnly {
		return nil, false, ErrReadOnly
	}
	lock, ok, err := s.tryLock(string(key))
	if err != nil || !ok {
		return nil, false, s.explain("taking a lease", err)
	}
	l := &Lease{Key: key, s: s, lock: lock, Out: s.path("artifacts", "tmp-"+string(key)), Scratch: s.ScratchDir(key)}
	if err := l.prepare(); err != nil {
		l.Release()
		return nil, false, s.explain("preparing a folder to work in", err)
	}
	return l, true, nil
}

func (l *Lease) prepare() error {
	host, _ := os.Hostname() // only for people to read
	if err := disk.WriteFile(l.lock.Path(), fmt.Appendf(nil, "pid %d on %s", os.Getpid(), host), 0o600); err != nil {
		return err
	}
	if err := disk.RemoveAll(l.Out); err != nil {
		return err
	}
	if err := disk.Mkdir(l.Out, 0o755); err != nil {
		return err
	}
	return disk.MkdirAll(l.Scratch, 0o755)
}

// Release gives the lease up and removes what was not published. The scratch folder stays, for the next try, unless
// it is empty.
func (l *Lease) Release() {
	_ = disk.RemoveAll(l.Out)  // what stays is cleared by the next try, or pipe store gc
	_ = disk.Remove(l.Scratch) // fails where something is in it, as it should
	unlockAndRemove(l.lock)
}

// ScratchDir gives the folder of what an unfinished stage keeps for resuming, which may not be there.
func (s *Store) ScratchDir(key Digest) string { return s.path("scratch", string(key)) }

// ClearScratch empties the scratch folder, so that the work starts from nothing.
func (l *Lease) ClearScratch() error {
	if err := disk.RemoveAll(l.Scratch); err != nil {
		return l.s.explain("emptying a scratch folder", err)
	}
	return l.s.explain("making a scratch folder", disk.MkdirAll(l.Scratch, 0o755))
}

// WaitLease waits until nobody holds the lease of a key.
func (s *Store) WaitLease(ctx context.Context, key Digest) error {
	lock, err := s.lock(ctx, string(key))
	if err != nil {
		return err
	}
	unlockAndRemove(lock)
	return nil
}

// LeaseHolder names the process that has the lease of a key, for people: "pid 4711 on host".
func (s *Store) LeaseHolder(key Digest) string {
	b, err := os.ReadFile(s.path("leases", string(key)))
	if err != nil || len(b) == 0 {
		return "another run"
	}
	return strings.TrimSpace(string(b))
}

// lock waits for the lock of that name below leases/.
func (s *Store) lock(ctx context.Context, name string) (*flock.Flock, error) {
	for wait := 5 * time.Millisecond; ; wait = min(2*wait, 200*time.Millisecond) {
		lock, ok, err := s.tryLock(name)
		if err != nil || ok {
			return lock, s.explain("waiting for another run", err)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(wait):
		}
	}
}

// tryLock locks a file below leases/. Its holder removes the file before unlocking it, so a lock on a file that is no
// longer there is worth nothing, and is tried again.
func (s *Store) tryLock(name string) (*flock.Flock, bool, error) {
	return tryLockFile(s.path("leases", name))
}

func tryLockFile(path string) (*flock.Flock, bool, error) {
	for {
		lock := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR))
		ok, err := disk.TryLock(lock)
		if err != nil || !ok {
			_ = lock.Close()
			return nil, false, err
		}
		mine, err1 := lock.Stat()
		there, err2 := os.Stat(lock.Path())
		if err1 == nil && err2 == nil && os.SameFile(mine, there) {
			return lock, true, nil
		}
		_ = lock.Close()
		if err := errors.Join(err1, err2); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, false, err
		}
	}
}

func unlockAndRemove(lock *flock.Flock) {
	_ = disk.Remove(lock.Path()) // a file that stays is an unlocked lock
	_ = lock.Unlock()            // closing the file, or the end of the process, unlocks it too
}

// clean clears what killed processes left: a lease file that nobody locks names a key whose work was cut off.
func (s *Store) clean() error {
	entries, err := os.ReadDir(s.path("leases"))
	if err != nil {
		return err
	}
	for _, e := range entries {
		lock, ok, err := s.tryLock(e.Name())
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		err = s.cleanName(e.Name())
		unlockAndRemove(lock)
		if err != nil {
			return err
		}
	}
	return nil
}

// cleanName removes what the holder of a lock may have left. The caller holds the lock.
func (s *Store) cleanName(name string) error {
	if d, ok := strings.CutPrefix(name, "artifact-"); ok {
		return disk.RemoveAll(s.path("artifacts", "old-"+d))
	}
	if len(name) != 64 {
		return nil
	}
	_ = disk.Remove(s.recordPath(Digest(name)) + ".tmp") // mostly not there
	if _, err := s.Record(Digest(name)); err == nil {
		// Killed between the record and the end: there is nothing left to resume.
		if err := disk.RemoveAll(s.path("scratch", name)); err != nil {
			return err
		}
	}
	return disk.RemoveAll(s.path("artifacts", "tmp-"+name))
}
