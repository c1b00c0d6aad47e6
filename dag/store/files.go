package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// File is a file outside the store.
type File struct {
	Path   string // relative to the root that was walked, with slashes
	Size   int64  // bytes
	Digest Digest
	Err    error
}

// racy is how old a file's last change must be for its digest to be remembered: a file system with times in whole
// seconds may hide a change that follows within that second.
const racy = 2 * time.Second

// Files digests files outside the store, several at a time, and remembers the digests of unchanged ones.
type Files struct {
	*memory
	seen *seen // nil unless made by Watch
}

// memory is what all Files of a store share.
type memory struct {
	s       *Store
	workers int

	load sync.Once
	mu   sync.Mutex
	memo map[string]*memoEntry // by absolute path
	new  int                   // entries that Save has not written
}

type memoEntry struct {
	stamp stamp
	sum   [sha256.Size]byte
	used  bool // by this process
}

func newFiles(s *Store, workers int) *Files {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	return &Files{memory: &memory{s: s, workers: workers}}
}

// File gives the SHA-256 of one file.
func (f *Files) File(ctx context.Context, path string) (Digest, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	_, d, err := f.digest(ctx, abs)
	return d, err
}

// Tree gives, sorted by path, every regular file below root whose slash-separated relative path keep accepts (nil for
// all), each with its digest. Links to files count as files; links to folders are not followed, and are given with Err
// set where keep accepts them. A file or folder that can't be read has Err set too. Tree itself fails only if root
// can't be listed, or with ctx.
func (f *Files) Tree(ctx context.Context, root string, keep func(rel string) bool) ([]File, error) {
	abs, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	files, err := walk(ctx, abs, keep)
	if err != nil {
		return nil, err
	}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(f.workers)
	const chunk = 64 // files for one goroutine: a remembered file costs only some microseconds
	for part := range slices.Chunk(files, chunk) {
		g.Go(func() error { return f.digestAll(gctx, abs, part) })
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(files, func(x File) bool { return errors.Is(x.Err, errNotRegular) }), nil
}

var errNotRegular = errors.New("it is no regular file")

func (f *Files) digestAll(ctx context.Context, root string, files []File) error {
	for i := range files {
		x := &files[i]
		if x.Err != nil {
			continue
		}
		x.Size, x.Digest, x.Err = f.digest(ctx, filepath.Join(root, filepath.FromSlash(x.Path)))
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// digest gives the size and digest of the file at an absolute path, from memory where its stamp is unchanged.
func (f *Files) digest(ctx context.Context, path string) (int64, Digest, error) {
	f.load.Do(f.read)
	st, mode, err := stampOf(path, true)
	if err != nil {
		return 0, "", err
	}
	if mode.IsDir() {
		return 0, "", fmt.Errorf("%s is a link to a folder, and those are not followed", path)
	}
	if !mode.IsRegular() {
		return 0, "", fmt.Errorf("%s: %w", path, errNotRegular)
	}
	f.seen.add(path, st)
	if d, ok := f.remembered(path, st); ok {
		return st.Size, d, nil
	}
	began := time.Now()
	d, size, err := hashFile(ctx, path)
	if err != nil {
		return 0, "", err
	}
	// A file that changed while it was read, or so shortly before that the next change may not show, is read again.
	after, _, err := stampOf(path, true)
	if err == nil && after == st && st.shows(began) {
		f.remember(path, st, d)
	}
	return size, d, nil
}

// shows says whether any change from the given moment on gives the file another stamp.
func (s stamp) shows(from time.Time) bool {
	return from.Sub(time.Unix(0, max(s.Ctime, s.Mtime))) > racy
}

func (f *Files) remembered(path string, st stamp) (Digest, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e := f.memo[path]
	if e == nil || e.stamp != st {
		return "", false
	}
	e.used = true
	return Digest(hex.EncodeToString(e.sum[:])), true
}

func (f *Files) remember(path string, st stamp, d Digest) {
	e := &memoEntry{stamp: st, used: true}
	if n, err := hex.Decode(e.sum[:], []byte(d)); err != nil || n != len(e.sum) {
		panic("store: a digest that is none: " + d)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.memo[path] = e
	f.new++
}
