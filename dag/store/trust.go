package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"

	"fashionpipe/internal/disk"
)

// stampFiles digests the stamps of an artifact's files and of the folders they lie in (whose stamps change when a file
// is added), and gives the newest of them.
func stampFiles(dir string, files []FileEntry) (sum string, newest stamp, err error) {
	h := sha256.New()
	seen := map[string]bool{}
	add := func(rel string) error {
		st, mode, err := lstamp(filepath.Join(dir, filepath.FromSlash(rel)))
		if err != nil {
			return err
		}
		if st.Ctime > newest.Ctime {
			newest = st
		}
		_, err = fmt.Fprintln(h, mode, st.Size, st.Mtime, st.Ctime, st.Inode)
		return err
	}
	for _, f := range files {
		for p := path.Dir(f.Path); !seen[p]; p = path.Dir(p) {
			seen[p] = true
			if err := add(p); err != nil {
				return "", newest, err
			}
		}
		if err := add(f.Path); err != nil {
			return "", newest, err
		}
	}
	io.WriteString(h, fmt.Sprint(len(files))) //nolint:errcheck // a hash never fails
	return hex.EncodeToString(h.Sum(nil)), newest, nil
}

func (s *Store) trustPath(d Digest) string { return s.path("memo", "trust", string(d[:2]), string(d)) }

// trusted gives the digest of the stamps an artifact had when its bytes were last read and found right.
func (s *Store) trusted(d Digest) string {
	b, err := os.ReadFile(s.trustPath(d))
	if err != nil {
		return "" // never read yet, or the memo was deleted: the artifact is read again
	}
	return string(b)
}

// trust remembers the stamps of an artifact that is right. It may fail, or be cut off half-way: then no stamps agree
// with it, and the artifact is read again.
func (s *Store) trust(d Digest, stamps string) {
	p := s.trustPath(d)
	err := disk.MkdirAll(filepath.Dir(p), 0o755)
	if err == nil {
		err = disk.WriteFile(p, []byte(stamps), 0o644)
	}
	if err != nil {
		s.warnf("the store can't remember that artifact %s is whole: %v", d.Short(), err)
	}
}
