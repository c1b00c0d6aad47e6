package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"fashionpipe/internal/disk"
)

// layoutVersion is the number of the layout described in the package's doc. It rises when an older program could
// misread a newer store.
const layoutVersion = 1

// Store is a folder of artifacts and the records that lead to them. Its methods may be called from several goroutines,
// and several processes may use one folder.
type Store struct {
	dir      string
	readOnly bool
	files    *Files
	uses     uses

	mu       sync.Mutex
	warnings []string
}

// Options say how to open a store.
type Options struct {
	ReadOnly bool // write nothing at all; the folder need not exist
	Workers  int  // how many files to digest side by side; 0 for one per core
}

// VersionError is a store that a newer program made.
type VersionError struct {
	Dir         string
	Have, Known int
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("store %s has layout %d, and this program knows layouts up to %d: use a newer pipe, or another folder with --store",
		e.Dir, e.Have, e.Known)
}

// ErrReadOnly is what writing to a store that was opened read-only gives.
var ErrReadOnly = errors.New("the store is open for reading only")

// Open opens the store in a folder, and makes it if it is not there (unless it is opened read-only). It clears away
// what killed processes left half-written.
func Open(dir string, o Options) (*Store, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	s := &Store{dir: abs, readOnly: o.ReadOnly}
	s.files = newFiles(s, o.Workers)
	if err := s.checkVersion(); err != nil {
		return nil, err
	}
	if s.readOnly {
		return s, nil
	}
	for _, sub := range []string{"artifacts", "records", "scratch", "leases", "last", "history", "families", "memo", "pins", "runs", "uses"} {
		if err := disk.MkdirAll(s.path(sub), 0o755); err != nil {
			return nil, s.explain("making the folder", err)
		}
	}
	return s, s.explain("clearing what killed runs left", s.clean())
}

// Dir gives the absolute path of the store's folder.
func (s *Store) Dir() string { return s.dir }

// Files gives the digests of files outside the store, remembered in it.
func (s *Store) Files() *Files { return s.files }

// Warnings gives what went wrong without stopping the work (a damaged memo, say) since the last call. The engine asks
// for them in every run and plan.
func (s *Store) Warnings() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.warnings
	s.warnings = nil
	return w
}

func (s *Store) warnf(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.warnings = append(s.warnings, fmt.Sprintf(format, args...))
}

func (s *Store) path(parts ...string) string {
	return filepath.Join(append([]string{s.dir}, parts...)...)
}

func (s *Store) artifactDir(d Digest) string { return s.path("artifacts", string(d[:2]), string(d)) }

// checkVersion refuses a newer store and a folder of other things, and marks a new store with the layout's number.
func (s *Store) checkVersion() error {
	b, err := os.ReadFile(s.path("version"))
	if errors.Is(err, fs.ErrNotExist) {
		return s.markVersion()
	}
	if errors.Is(err, syscall.ENOTDIR) {
		return fmt.Errorf("store: %s is a file or below one: name a folder with --store", s.dir)
	}
	if err != nil {
		return s.explain("reading its version", err)
	}
	v, err := strconv.Atoi(strings.TrimSpace(string(b)))
	switch {
	case err != nil:
		return fmt.Errorf("store: %s holds %q instead of a layout number: restore it (this program writes %d), or use another folder with --store",
			s.path("version"), strings.TrimSpace(string(b)), layoutVersion)
	case v > layoutVersion:
		return &VersionError{Dir: s.dir, Have: v, Known: layoutVersion}
	default:
		return nil
	}
}

func (s *Store) markVersion() error {
	entries, err := os.ReadDir(s.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return s.explain("opening", err)
	}
	for _, e := range entries {
		// Of another process that makes this store just now; or of a line of cron, which takes its lock before the first run.
		if !strings.HasPrefix(e.Name(), "version") && e.Name() != "schedules" {
			if _, err := os.Stat(s.path("version")); err == nil {
				return s.checkVersion() // it has made the store since this one looked
			}
			return fmt.Errorf("store: %s is not empty and is no store of pipe: give an empty or new folder with --store", s.dir)
		}
	}
	if s.readOnly {
		return nil
	}
	if err := disk.MkdirAll(s.dir, 0o755); err != nil {
		return s.explain("making the folder", err)
	}
	// Each process writes a file of its own: whoever renames last, the bytes are the same.
	tmp := s.path(fmt.Sprintf("version.%d", os.Getpid()))
	if err := writeSynced(tmp, []byte(strconv.Itoa(layoutVersion)+"\n")); err != nil {
		return s.explain("marking the folder", err)
	}
	return s.explain("marking the folder", disk.Rename(tmp, s.path("version")))
}
