package hub

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Found is a file in the cache.
type Found struct {
	File   string // where it is
	Commit string // of the repository
	Path   string // in the repository
}

// ErrMissing is that a file isn't in the cache.
var ErrMissing = errors.New("it is not in the cache")

// Find looks for a file in the cache, and asks no network. Where the reference names no file, the second of Weights is taken
// only if the commit is known to have no first.
func (h *Hub) Find(r Ref) (Found, error) {
	commit, err := h.commit(r)
	if err != nil {
		return Found{}, err
	}
	for _, path := range r.candidates() {
		f := Found{File: filepath.Join(h.folder(r.Repo), "snapshots", commit, filepath.FromSlash(path)), Commit: commit, Path: path}
		if st, err := os.Stat(f.File); err == nil && st.Mode().IsRegular() {
			return f, nil
		}
		if _, err := os.Stat(h.absent(r.Repo, commit, path)); err != nil {
			break
		}
	}
	return Found{}, h.missing(r)
}

// commit gives the one that the revision stands for, as far as the cache knows.
func (h *Hub) commit(r Ref) (string, error) {
	if r.Pinned() {
		return r.Revision, nil
	}
	text, err := os.ReadFile(h.ref(r))
	if err != nil {
		return "", h.missing(r)
	}
	commit := strings.TrimSpace(string(text))
	if !commitPattern.MatchString(commit) {
		return "", h.missing(r)
	}
	return commit, nil
}

func (h *Hub) ref(r Ref) string {
	return filepath.Join(h.folder(r.Repo), "refs", filepath.FromSlash(r.Revision))
}

func (h *Hub) absent(repo, commit, path string) string {
	return filepath.Join(h.folder(repo), ".no_exist", commit, filepath.FromSlash(path))
}

func (h *Hub) missing(r Ref) error { return fmt.Errorf("%s: %w %s", r, ErrMissing, h.Cache) }

// Need is an error if a file isn't in the cache and the network must not be asked for it.
func (h *Hub) Need(r Ref) error {
	if _, err := h.Find(r); err != nil && h.Offline {
		return h.offline(r)
	}
	return nil
}

// offline says what to do where a file is missing and the network must not be asked.
func (h *Hub) offline(r Ref) error {
	return fmt.Errorf("%w, and HF_HUB_OFFLINE is set: unset it (or TRANSFORMERS_OFFLINE), or copy the folder %s from the cache of a machine that has it",
		h.missing(r), folderName(r.Repo))
}

// note writes a small file of the cache whole, or not at all.
func note(path, text string) error {
	if had, err := os.ReadFile(path); err == nil && string(had) == text {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Chmod(0o644), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// link makes a snapshot's link to a blob; on a file system without links the blob itself goes there, as
// huggingface_hub does.
func link(blob, pointer string) error {
	if err := os.MkdirAll(filepath.Dir(pointer), 0o755); err != nil {
		return err
	}
	to, err := filepath.Rel(filepath.Dir(pointer), blob)
	if err != nil {
		return err
	}
	err = os.Symlink(to, pointer)
	if errors.Is(err, os.ErrExist) {
		if _, bad := os.Stat(pointer); bad == nil {
			return nil
		}
		if err = os.Remove(pointer); err == nil { // it leads nowhere
			err = os.Symlink(to, pointer)
		}
	}
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, os.ErrPermission) {
		return os.Rename(blob, pointer)
	}
	return err
}
