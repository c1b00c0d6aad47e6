package hub

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"fashionpipe/internal/download"
)

// Progress is told how a download goes.
type Progress = download.Progress

// meta is what the hub knows of a file.
type meta struct {
	commit string
	download.Content
}

var sumPattern = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

// Fetch gives a file of the cache, and downloads it first if it isn't there. An interrupted download goes on where it was.
// The content is compared with the checksum that the hub gives before it is in the cache.
func (h *Hub) Fetch(ctx context.Context, r Ref, p Progress) (Found, error) {
	found, err := h.Find(r)
	if err == nil || !errors.Is(err, ErrMissing) {
		return found, err
	}
	if h.Offline {
		return Found{}, h.offline(r)
	}
	path, m, err := h.lookUp(ctx, r, p)
	if err != nil {
		return Found{}, err
	}
	if err := h.take(ctx, r, path, m, p); err != nil {
		return Found{}, err
	}
	if !r.Pinned() {
		if err := note(h.ref(r), m.commit); err != nil {
			return Found{}, err
		}
		r.Revision = m.commit
	}
	r.Path = path
	return h.Find(r)
}

// lookUp asks the hub for the first of the files that may be meant.
func (h *Hub) lookUp(ctx context.Context, r Ref, p Progress) (path string, m meta, err error) {
	for _, path = range r.candidates() {
		err = h.client.Again(ctx, p.Say, func() (bool, error) {
			m, err = h.head(ctx, r, path)
			return false, err
		})
		var s *download.Status
		if !errors.As(err, &s) || s.Code != http.StatusNotFound || s.Kind != "EntryNotFound" || r.Path != "" {
			break
		}
		if m.commit != "" {
			if err := note(h.absent(r.Repo, m.commit, path), ""); err != nil {
				return "", meta{}, err
			}
		}
	}
	if ctx.Err() != nil {
		return "", meta{}, context.Cause(ctx)
	}
	if err != nil {
		return "", meta{}, h.explain(r, path, err)
	}
	return path, m, nil
}

// head asks what the hub knows of a file; of one that isn't there it may know the commit.
func (h *Hub) head(ctx context.Context, r Ref, path string) (meta, error) {
	a, err := h.client.Ask(ctx, http.MethodHead, h.url(r.Repo, r.Revision, path), 0)
	if err != nil {
		return meta{}, err
	}
	defer a.Close()
	m := meta{commit: a.Header.Get("X-Repo-Commit")}
	if m.commit != "" && !commitPattern.MatchString(m.commit) {
		return meta{}, &download.OwnError{Err: fmt.Errorf("%s answers with commit %q", h.Endpoint, m.commit)}
	}
	if a.StatusCode >= 400 {
		return m, h.client.StatusOf(a)
	}
	tag := firstOf(a.Header.Get("X-Linked-Etag"), a.Header.Get("ETag"))
	m.Sum = strings.Trim(strings.TrimPrefix(tag, "W/"), `"`)
	size := a.Header.Get("X-Linked-Size")
	if size == "" && a.StatusCode < 300 {
		size = a.Header.Get("Content-Length")
	}
	if m.Size, err = strconv.ParseInt(size, 10, 64); err != nil || m.Size < 0 || m.commit == "" || !sumPattern.MatchString(m.Sum) {
		return meta{}, &download.OwnError{Err: fmt.Errorf("%s doesn't answer as a hub does: commit %q, checksum %q, size %q: check HF_ENDPOINT",
			h.Endpoint, m.commit, m.Sum, size)}
	}
	return m, nil
}

// take brings a blob into the cache and links it.
func (h *Hub) take(ctx context.Context, r Ref, path string, m meta, p Progress) error {
	blob := filepath.Join(h.folder(r.Repo), "blobs", m.Sum)
	pointer := filepath.Join(h.folder(r.Repo), "snapshots", m.commit, filepath.FromSlash(path))
	lock := filepath.Join(h.Cache, ".locks", folderName(r.Repo), m.Sum+".lock")
	for _, f := range []string{blob, lock} {
		if err := os.MkdirAll(filepath.Dir(f), 0o755); err != nil {
			return err
		}
	}
	l := flock.New(lock)
	if ok, err := l.TryLock(); err == nil && !ok {
		p.Say("another process downloads " + r.String() + ": waits for it")
		if _, err := l.TryLockContext(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	} else if err != nil {
		return fmt.Errorf("lock %s: %w", lock, err)
	}
	defer func() { _ = l.Unlock() }()
	if _, err := os.Stat(blob); err != nil {
		if err := h.download(ctx, r, path, m, blob, p); err != nil {
			return err
		}
	}
	return link(blob, pointer)
}

// download makes a blob.
func (h *Hub) download(ctx context.Context, r Ref, path string, m meta, blob string, p Progress) error {
	err := h.client.File(ctx, blob, h.url(r.Repo, m.commit, path), m.Content, p)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, download.ErrOther):
		return fmt.Errorf("%s: %w: try again", r, err)
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return h.explain(r, path, err)
}
