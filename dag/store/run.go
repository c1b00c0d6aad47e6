package store

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"fashionpipe/internal/disk"
)

// Run is the folder of a run's record. Its lock says whether the run lives.
type Run struct {
	ID   string // sorts by time
	Dir  string
	s    *Store
	lock *flock.Flock
}

// runLayout is the time in the ID of a run, in UTC.
const runLayout = "20060102-150405.000"

// NewRun makes the folder of a run that starts now and locks it until Close. Nobody sees the folder before it is locked:
// a garbage collection would take the run for one that has ended.
func (s *Store) NewRun(now time.Time) (*Run, error) {
	if s.readOnly {
		return nil, ErrReadOnly
	}
	for {
		var r [2]byte
		rand.Read(r[:]) // never fails
		id := now.UTC().Format(runLayout) + "-" + hex.EncodeToString(r[:])
		run, err := s.newRun(id)
		switch {
		case errors.Is(err, fs.ErrExist):
			continue
		case err != nil:
			return nil, s.explain("making the folder of the run", err)
		}
		if err := s.beginUses(id); err != nil {
			_ = disk.RemoveAll(run.Dir) // one that stays looks like that of a killed run
			_ = run.lock.Unlock()
			return nil, s.explain("noting what the run uses", err)
		}
		return run, nil
	}
}

// newRun makes a folder, locks it and gives it its name. The error wraps fs.ErrExist if another has the name.
func (s *Store) newRun(id string) (*Run, error) {
	run := &Run{ID: id, Dir: s.path("runs", id), s: s}
	tmp := run.Dir + tmpSuffix
	if err := disk.Mkdir(tmp, 0o755); err != nil {
		return nil, err
	}
	run.lock = flock.New(filepath.Join(tmp, "lock"))
	err := disk.Lock(run.lock)
	if err == nil {
		err = disk.Rename(tmp, run.Dir)
	}
	if err != nil {
		_ = run.lock.Unlock()
		_ = disk.RemoveAll(tmp)
		return nil, err
	}
	return run, nil
}

// tmpSuffix ends the name of a file or folder that is being made.
const tmpSuffix = ".tmp"

// Write replaces a file of the run's folder in one step. It does not wait for the disk: a power cut may lose the
// record of a run, never an artifact.
func (r *Run) Write(name string, data []byte) error {
	p := filepath.Join(r.Dir, name)
	err := disk.WriteFile(p+tmpSuffix, data, 0o644)
	if err == nil {
		err = disk.Rename(p+tmpSuffix, p)
	}
	if err != nil {
		_ = disk.Remove(p + tmpSuffix) // there may be none
		return fmt.Errorf("store: writing the record of the run: %w", err)
	}
	return nil
}

// Close unlocks the folder: the run has ended.
func (r *Run) Close() error {
	_ = disk.Remove(filepath.Join(r.Dir, "lock")) // the lock itself knows the name that the folder had at first
	_ = r.lock.Unlock()
	r.s.endUses()
	return nil
}

// Runs lists the folders of all runs, oldest first.
func (s *Store) Runs() ([]string, error) {
	entries, err := os.ReadDir(s.path("runs"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, s.explain("listing the runs", err)
	}
	var ids []string
	for _, e := range entries {
		if e.IsDir() && !strings.HasSuffix(e.Name(), tmpSuffix) {
			ids = append(ids, e.Name())
		}
	}
	return ids, nil
}

// RunDir gives the folder of a run.
func (s *Store) RunDir(id string) string { return s.path("runs", id) }

// RunAlive says whether the process of a run still works on it. It writes nothing.
func (s *Store) RunAlive(id string) bool { return held(s.path("runs", id, "lock")) }
