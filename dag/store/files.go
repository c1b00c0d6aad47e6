package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"fashionpipe/internal/smallfile"
)

// File is a file outside the store.
type File struct {
	Path   string // relative to the root that was walked, with slashes
	Size   int64  // bytes
	SHA256 Sum
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
	*memo
	new int // digests that Save has not written
}

func newFiles(s *Store, workers int) *Files {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	return &Files{memory: &memory{s: s, workers: workers, memo: newMemo()}}
}

// File gives the SHA-256 of one file.
func (f *Files) File(ctx context.Context, path string) (Digest, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	var o smallfile.Opener
	defer o.Close()
	_, sum, err := f.digest(ctx, &o, abs)
	if err != nil {
		return "", err
	}
	return sum.Digest(), nil
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
	var o smallfile.Opener
	defer o.Close()
	for i := range files {
		x := &files[i]
		if x.Err != nil {
			continue
		}
		x.Size, x.SHA256, x.Err = f.digest(ctx, &o, filepath.Join(root, filepath.FromSlash(x.Path)))
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// digest gives the size and digest of the file at an absolute path, from memory where its stamp is unchanged.
func (f *Files) digest(ctx context.Context, o *smallfile.Opener, path string) (int64, Sum, error) {
	f.load.Do(f.loadMemo)
	told, err := o.Stat(path)
	if err != nil {
		return 0, Sum{}, err
	}
	st, mode := stampOf(&told)
	if mode.IsDir() {
		return 0, Sum{}, fmt.Errorf("%s is a link to a folder, and those are not followed", path)
	}
	if !mode.IsRegular() {
		return 0, Sum{}, fmt.Errorf("%s: %w", path, errNotRegular)
	}
	n, sum, ok := f.remembered(path, st)
	if ok {
		return st.Size, sum, nil
	}
	began := time.Now()
	file, err := o.Open(path)
	if err != nil {
		return 0, Sum{}, err
	}
	defer file.Close()
	sum, size, err := hash(ctx, file)
	if err != nil {
		return 0, Sum{}, err
	}
	// A file that changed while it was read, or so shortly before that the next change may not show, is read again.
	told, err = o.Stat(path)
	if after, _ := stampOf(&told); err == nil && after == st && st.shows(began) {
		f.remember(n, st, sum)
	}
	return size, sum, nil
}

// shows says whether any change from the given moment on gives the file another stamp.
func (s stamp) shows(from time.Time) bool {
	return from.Sub(time.Unix(0, max(s.Ctime, s.Mtime))) > racy
}

// remembered gives the number of a path, and the digest of the file there if it is known and the stamp unchanged. It notes
// the stamp as seen.
func (f *Files) remembered(path string, st stamp) (n uint32, sum Sum, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n = f.names.number(path)
	if f.seen != nil {
		*f.seen.at(n) = sighting{st, true}
	}
	e := f.entries.at(n)
	if !e.known || e.stamp != st {
		return n, Sum{}, false
	}
	e.used = true
	return n, e.sum, true
}

func (f *Files) remember(n uint32, st stamp, sum Sum) {
	f.mu.Lock()
	defer f.mu.Unlock()
	*f.entries.at(n) = memoEntry{stamp: st, sum: sum, known: true, used: true}
	f.new++
}
