package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"fashionpipe/internal/disk"
)

// How a garbage collection and runs share a store
//
// Each process that runs something notes every artifact in a file of its own, uses/<id>, before it looks whether the
// artifact is whole or publishes it. It holds that file's lock until it ends. A collection takes artifacts away only
// while it holds uses/gate alone, and notes are written only while the gate is held together with others. So with the
// gate, a collection reads all notes of living processes and renames what none of them names. A note that was written
// before is seen, and the artifact stays. One that is written after finds, when its process goes on to look, that the
// artifact is gone, and the work is done again. No clock has a part in it, and a dead process holds nothing back.

// uses is the file of a process's notes.
type uses struct {
	mu   sync.Mutex
	runs int // that live and were begun by this Store
	lock *flock.Flock
	file *os.File // the same file, to append to
	gate *os.File
	held map[Digest]bool
}

// Use notes that this process needs an artifact until it closes the store or begins a run while none of its runs lives.
// Whoever reads an artifact that it did not get from Lookup or Publish in a run calls it first, and then looks whether
// the artifact is there. Outside of a run it does nothing.
func (s *Store) Use(ctx context.Context, d Digest) error {
	u := &s.uses
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.file == nil || u.held[d] {
		return nil
	}
	if err := flockFile(ctx, u.gate, shared); err != nil {
		return err
	}
	_, err := disk.Write(u.file, []byte(string(d)+"\n"))
	if err := errors.Join(err, flockFile(ctx, u.gate, none)); err != nil {
		s.warnf("can't note that artifact %s is in use (%v): don't run pipe store gc beside this run", d.Short(), err)
		return nil
	}
	u.held[d] = true
	return nil
}

// beginUses starts the notes of a run, from an empty file if no other run of this Store lives.
func (s *Store) beginUses(run string) error {
	u := &s.uses
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.runs > 0 {
		u.runs++
		return nil
	}
	u.close()
	gate, err := disk.OpenFile(s.path("uses", "gate"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return err
	}
	u.gate = gate
	lock, err := lockOwn(s.path("uses", run))
	if err == nil {
		u.lock = lock
		u.file, err = disk.OpenFile(lock.Path(), os.O_APPEND|os.O_WRONLY, 0)
	}
	if err != nil {
		u.close()
		return err
	}
	u.runs, u.held = 1, map[Digest]bool{}
	return nil
}

// lockOwn locks a file that only this process keeps locked: another holds it for the moment in which it asks whether it
// is locked (see held), or for that in which it clears it away as left over, before this one has locked it.
func lockOwn(path string) (*flock.Flock, error) {
	for {
		lock, ok, err := tryLockFile(path)
		if err != nil || ok {
			return lock, err
		}
		time.Sleep(gateWait)
	}
}

func (s *Store) endUses() {
	s.uses.mu.Lock()
	defer s.uses.mu.Unlock()
	s.uses.runs--
}

// Close says that this process needs nothing of the store any more: what its runs used is no longer kept from a
// garbage collection. The end of the process does the same.
func (s *Store) Close() {
	s.uses.mu.Lock()
	defer s.uses.mu.Unlock()
	s.uses.close()
}

func (u *uses) close() {
	if u.file != nil {
		_ = u.file.Close()
	}
	if u.gate != nil {
		_ = u.gate.Close()
	}
	if u.lock != nil {
		unlockAndRemove(u.lock)
	}
	u.lock, u.file, u.gate, u.held = nil, nil, nil, nil
}

// readUses gives all that living processes use. Its caller holds the gate alone, or doesn't mind that it is out of date.
func (s *Store) readUses() (map[Digest]bool, error) {
	entries, err := readDir(s.path("uses"))
	if err != nil {
		return nil, err
	}
	used := map[Digest]bool{}
	for _, e := range entries {
		path := s.path("uses", e.Name())
		if e.Name() == "gate" || !held(path) {
			continue
		}
		b, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) { // its process has just ended
			continue
		}
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(b)) {
			used[Digest(strings.TrimSpace(line))] = true
		}
	}
	return used, nil
}

// held says whether a living process holds the lock of a file. It writes nothing.
func held(path string) bool {
	lock := flock.New(path, flock.SetFlag(os.O_RDONLY))
	free, err := lock.TryRLock()
	if err != nil { // the file is not there
		return false
	}
	_ = lock.Close()
	return !free
}
