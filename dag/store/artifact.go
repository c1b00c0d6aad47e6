package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
)

// listFiles gives the plain files below dir by path, without their digests, and the folders (dir itself first), each
// relative with slashes. Folders without files are no part of an artifact.
func listFiles(dir string) (files []FileEntry, dirs []string, err error) {
	err = filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			dirs = append(dirs, rel)
			return nil
		}
		if !d.Type().IsRegular() {
			return fmt.Errorf("%s is no plain file: an artifact holds only files and folders", rel)
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		files = append(files, FileEntry{Path: rel, Size: info.Size()})
		return nil
	})
	slices.SortFunc(files, func(a, b FileEntry) int { return strings.Compare(a.Path, b.Path) })
	return files, dirs, err
}

// digestFiles fills in the sizes and digests of files below dir and gives the digest of all: SHA-256 over the
// length-prefixed path, size and SHA-256 of each, in the order of their paths.
func digestFiles(ctx context.Context, dir string, files []FileEntry) (Digest, error) {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range files {
		g.Go(func() (err error) {
			var sum Sum
			sum, files[i].Size, err = hashFile(ctx, filepath.Join(dir, filepath.FromSlash(files[i].Path)))
			files[i].SHA256 = sum.Digest()
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return "", err
	}
	return artifactDigest(files), nil
}

func artifactDigest(files []FileEntry) Digest {
	h := sha256.New()
	field := func(b string) {
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(b)))) // a hash never fails
		io.WriteString(h, b)                                           //nolint:errcheck // a hash never fails
	}
	field("pipe artifact 1")
	for _, f := range files {
		field(f.Path)
		field(fmt.Sprint(f.Size))
		field(string(f.SHA256))
	}
	return Digest(hex.EncodeToString(h.Sum(nil)))
}

// hashBuffers keeps what files are read into: making a buffer takes longer than digesting a small file.
var hashBuffers = sync.Pool{New: func() any { return new([128 << 10]byte) }}

// hashFile gives the SHA-256 and the size of a file, and stops when ctx does.
func hashFile(ctx context.Context, path string) (sum Sum, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return sum, 0, err
	}
	defer f.Close()
	return hash(ctx, f)
}

// hash gives the SHA-256 and the size of what r gives, and stops when ctx does.
func hash(ctx context.Context, r io.Reader) (sum Sum, size int64, err error) {
	h := sha256.New()
	b := hashBuffers.Get().(*[128 << 10]byte)
	defer hashBuffers.Put(b)
	buf := b[:]
	for {
		if err := ctx.Err(); err != nil {
			return sum, 0, err
		}
		n, err := r.Read(buf)
		h.Write(buf[:n])
		size += int64(n)
		if err == io.EOF {
			h.Sum(sum[:0])
			return sum, size, nil
		}
		if err != nil {
			return sum, 0, err
		}
	}
}

// verify says whether the folder holds exactly the files of the artifact. It reads them only if their stamps differ
// from those of the last time they were read and found right.
func (s *Store) verify(ctx context.Context, dir string, d Digest, files []FileEntry, remember bool) error {
	before, newest, err := stampFiles(dir, files)
	if err != nil {
		return err
	}
	if s.trusted(d) == before {
		return nil
	}
	settle(newest)
	there, _, err := listFiles(dir)
	if err != nil {
		return err
	}
	have, err := digestFiles(ctx, dir, there)
	if err != nil {
		return err
	}
	if have != d {
		return diffFiles(files, there)
	}
	if after, _, err := stampFiles(dir, files); err == nil && after == before && remember {
		s.trust(d, before)
	}
	return nil
}

// diffFiles names the first file that is not what it should be.
func diffFiles(want, have []FileEntry) error {
	byPath := map[string]FileEntry{}
	for _, f := range have {
		byPath[f.Path] = f
	}
	for _, f := range want {
		h, ok := byPath[f.Path]
		switch {
		case !ok:
			return fmt.Errorf("file %s is missing", f.Path)
		case h != f:
			return fmt.Errorf("file %s has other bytes than were written", f.Path)
		}
	}
	return fmt.Errorf("it holds %d files instead of %d", len(have), len(want))
}
