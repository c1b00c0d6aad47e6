package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
)

// Save writes what was remembered into the store, joined with what other processes wrote meanwhile. It drops files that
// are no longer there. It does nothing if nothing is new.
func (f *Files) Save(ctx context.Context) error {
	if f.s.readOnly {
		return ErrReadOnly
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.new == 0 {
		return nil
	}
	lock, err := f.s.lock(ctx, "files-memo")
	if err != nil {
		return err
	}
	defer unlockAndRemove(lock)
	_ = f.take(f.s.path(memoFile)) // a damaged one is replaced by what is known here, as loadMemo said
	for n, e := range f.all() {
		if e.used {
			continue
		}
		if _, err := os.Lstat(string(f.names.path(n))); errors.Is(err, fs.ErrNotExist) {
			*e = memoEntry{}
		}
	}
	if err := writeAtomic(f.s.path(memoFile), encodeMemo(f.memo)); err != nil {
		return f.s.explain("remembering the digests of files", err)
	}
	f.new = 0
	return nil
}

// loadMemo takes up what earlier processes remembered. A damaged memo costs only time.
func (f *Files) loadMemo() {
	if err := f.take(f.s.path(memoFile)); err != nil {
		f.s.warnf("%s is damaged (%v): every file is read again", f.s.path(memoFile), err)
	}
}
