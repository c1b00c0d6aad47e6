package store

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
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

// NewRun makes the folder of a run that starts now and locks it until Close.
func (s *Store) NewRun(now time.Time) (*Run, error) {
	if s.readOnly {
		return nil, ErrReadOnly
	}
	for {
		var r [2]byte
		rand.Read(r[:]) // never fails
		id := now.UTC().Format(runLayout) + "-" + hex.EncodeToString(r[:])
		err := os.Mkdir(s.path("runs", id), 0o755)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, s.explain("making the folder of the run", err)
		}
		run := &Run{ID: id, Dir: s.path("runs", id), s: s, lock: flock.New(s.path("runs", id, "lock"))}
		if err := run.lock.Lock(); err != nil { // waits only for one that asks just now whether the run lives
			return nil, s.explain("locking the folder of the run", err)
		}
		if err := s.beginUses(id); err != nil {
			unlockAndRemove(run.lock)
			return nil, s.explain("noting what the run uses", err)
		}
		return run, nil
	}
}

// Write replaces a file of the run's folder in one step. It does not wait for the disk: a power cut may lose the
// record of a run, never an artifact.
func (r *Run) Write(name string, data []byte) error {
	p := filepath.Join(r.Dir, name)
	if err := os.WriteFile(p+".tmp", data, 0o644); err != nil {
		return fmt.Errorf("store: writing the record of the run: %w", err)
	}
	if err := os.Rename(p+".tmp", p); err != nil {
		return fmt.Errorf("store: writing the record of the run: %w", err)
	}
	return nil
}

// Close unlocks the folder: the run has ended.
func (r *Run) Close() error {
	unlockAndRemove(r.lock)
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
		if e.IsDir() {
			ids = append(ids, e.Name())
		}
	}
	return ids, nil
}

// RunDir gives the folder of a run.
func (s *Store) RunDir(id string) string { return s.path("runs", id) }

// RunAlive says whether the process of a run still works on it. It writes nothing.
func (s *Store) RunAlive(id string) bool { return held(s.path("runs", id, "lock")) }
