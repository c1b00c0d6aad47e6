package store

import (
	"context"
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// The ways to hold a lock.
const (
	shared = unix.LOCK_SH
	alone  = unix.LOCK_EX
	none   = unix.LOCK_UN
)

// flockFile changes how an open file is locked. It waits until that is possible, or ctx ends.
func flockFile(ctx context.Context, f *os.File, how int) error {
	for {
		err := unix.Flock(int(f.Fd()), how|unix.LOCK_NB)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, unix.EINTR):
			continue
		case !errors.Is(err, unix.EWOULDBLOCK):
			return &os.PathError{Op: "flock", Path: f.Name(), Err: err}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(gateWait):
		}
	}
}

// gateWait is the time between two tries to pass the gate. It is held for a few renames at most.
const gateWait = time.Millisecond
