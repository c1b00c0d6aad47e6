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
	theirs, err := readMemo(f.s.path(memoFile))
	if err != nil {
		theirs = nil // damaged: replaced by what is known here, as read() said
	}
	for path, e := range theirs {
		if f.memo[path] == nil {
			f.memo[path] = e
		}
	}
	for path, e := range f.memo {
		if e.used {
			continue
		}
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			delete(f.memo, path)
		}
	}
	if err := writeAtomic(f.s.path(memoFile), encodeMemo(f.memo)); err != nil {
		return f.s.explain("remembering the digests of files", err)
	}
	f.new = 0
	return nil
}

// read loads what earlier processes remembered. A damaged memo costs only time.
func (f *Files) read() {
	m, err := readMemo(f.s.path(memoFile))
	if err != nil {
		f.s.warnf("%s is damaged (%v): every file is read again", f.s.path(memoFile), err)
	}
	if m == nil {
		m = map[string]*memoEntry{}
	}
	f.memo = m
}
