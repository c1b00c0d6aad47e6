package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"fashionpipe/internal/disk"
)

// Export copies the files of an artifact to a folder that is not there yet. What it copies is digested on the way, so
// the folder is whole or does not appear. It takes no lock: an artifact that is removed meanwhile is an error.
func (s *Store) Export(ctx context.Context, d Digest, dir string) (files int, bytes int64, err error) {
	if exists(dir) {
		return 0, 0, fmt.Errorf("%s is there already: name a new folder", dir)
	}
	from := s.artifactDir(d)
	list, dirs, err := listFiles(from)
	if errors.Is(err, fs.ErrNotExist) && !exists(from) {
		return 0, 0, fmt.Errorf("artifact %s is no longer in the store: run its experiment again", d.Short())
	}
	if err != nil {
		return 0, 0, err
	}
	parent := filepath.Dir(dir)
	if err := disk.MkdirAll(parent, 0o755); err != nil {
		return 0, 0, err
	}
	tmp, err := disk.MkdirTemp(parent, "."+filepath.Base(dir)+"-*")
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = disk.RemoveAll(tmp) }() // not there once it is renamed
	for _, sub := range dirs {
		if err := disk.MkdirAll(filepath.Join(tmp, filepath.FromSlash(sub)), 0o755); err != nil {
			return 0, 0, err
		}
	}
	for i := range list {
		rel := filepath.FromSlash(list[i].Path)
		if list[i].SHA256, list[i].Size, err = copyFile(ctx, filepath.Join(from, rel), filepath.Join(tmp, rel)); err != nil {
			return 0, 0, err
		}
		bytes += list[i].Size
	}
	if artifactDigest(list) != d {
		return 0, 0, fmt.Errorf("artifact %s is damaged, so nothing is copied: run its experiment again, which makes it anew", d.Short())
	}
	if err := errors.Join(disk.Chmod(tmp, 0o755), syncPath(tmp)); err != nil {
		return 0, 0, err
	}
	// A folder that appeared meanwhile is not replaced: rename refuses one with something in it.
	if err := disk.Rename(tmp, dir); err != nil {
		return 0, 0, err
	}
	return len(list), bytes, syncPath(parent)
}

// copyFile copies a file and gives the SHA-256 and the size of what it copied.
func copyFile(ctx context.Context, from, to string) (Digest, int64, error) {
	in, err := os.Open(from)
	if err != nil {
		return "", 0, err
	}
	defer in.Close()
	out, err := disk.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return "", 0, err
	}
	defer out.Close() // closed and checked below; this is for the early returns
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(out, h), &stopping{ctx, in})
	if err := errors.Join(err, disk.Sync(out), out.Close()); err != nil {
		return "", 0, err
	}
	return Digest(hex.EncodeToString(h.Sum(nil))), n, nil
}

// stopping reads until a context ends.
type stopping struct {
	ctx context.Context
	r   io.Reader
}

func (s *stopping) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}
