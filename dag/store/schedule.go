package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/gofrs/flock"

	"fashionpipe/internal/disk"
)

// Schedule is what one schedule keeps in the store. One process at a time has it; the operating system frees it when
// that process dies.
type Schedule struct {
	s    *Store
	name string
	lock *flock.Flock
}

// BusyError is a schedule that another process has.
type BusyError struct{ Holder string }

func (e *BusyError) Error() string { return "another process has it: " + e.Holder }

// Schedule takes the schedule of a name, which must be good for a file's name. The error is a *BusyError while another
// process has it.
func (s *Store) Schedule(name string) (*Schedule, error) {
	if s.readOnly {
		return nil, ErrReadOnly
	}
	if err := disk.MkdirAll(s.path("schedules"), 0o755); err != nil {
		return nil, s.explain("making the folder of schedules", err)
	}
	// The file of the lock stays when it is freed: nobody can then lock one that is about to go.
	lock := flock.New(s.path("schedules", name+".lock"), flock.SetFlag(os.O_CREATE|os.O_RDWR))
	ok, err := disk.TryLock(lock)
	if err != nil {
		return nil, s.explain("locking the schedule", err)
	}
	if !ok {
		b, _ := os.ReadFile(lock.Path()) // a holder that did not say who it is holds it all the same
		_ = lock.Close()
		return nil, &BusyError{Holder: strings.TrimSpace(string(b))}
	}
	host, _ := os.Hostname() // for people only
	if err := disk.WriteFile(lock.Path(), fmt.Appendf(nil, "pid %d on %s\n", os.Getpid(), host), 0o644); err != nil {
		_ = lock.Close()
		return nil, s.explain("marking the schedule", err)
	}
	return &Schedule{s, name, lock}, nil
}

// Read gives what was written last, nil if nothing was.
func (c *Schedule) Read() ([]byte, error) {
	b, err := os.ReadFile(c.path())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return b, c.s.explain("reading the state of the schedule", err)
}

// Write replaces it in one step that survives a power cut.
func (c *Schedule) Write(state []byte) error {
	return c.s.explain("writing the state of the schedule", writeAtomic(c.path(), state))
}

// Close lets others have it.
func (c *Schedule) Close() error { return c.lock.Close() }

func (c *Schedule) path() string { return c.s.path("schedules", c.name+".json") }
