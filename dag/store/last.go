package store

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Last is the key that a stage of an experiment had when it last gave a result, and what the key was made from.
type Last struct {
	Experiment string          `json:"experiment"`
	Stage      string          `json:"stage"`
	Key        Digest          `json:"key"`
	Preimage   json.RawMessage `json:"preimage"`
}

// Last finds what SetLast kept. It is only there to explain things, so one that is missing or damaged is just not
// found.
func (s *Store) Last(experiment, stage string) (Last, bool) {
	b, err := os.ReadFile(s.lastPath(experiment, stage))
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			s.warnf("can't read when %s last ran: %v", stage, err)
		}
		return Last{}, false
	}
	var l Last
	if err := unseal(b, &l); err != nil {
		s.warnf("the note of when %s last ran is damaged: %v", stage, err)
		return Last{}, false
	}
	return l, l.Experiment == experiment && l.Stage == stage
}

func readLast(path string) (l Last, err error) {
	b, err := os.ReadFile(path)
	if err == nil {
		err = unseal(b, &l)
	}
	if err == nil && !isDigest(string(l.Key)) {
		err = errors.New("it names no key")
	}
	return l, err
}

// HasLast says whether SetLast kept something for a stage, without reading it.
func (s *Store) HasLast(experiment, stage string) bool { return exists(s.lastPath(experiment, stage)) }

// Lasts lists what SetLast kept, sorted by experiment and stage, and joins the errors of damaged notes.
func (s *Store) Lasts() ([]Last, error) {
	entries, err := readDir(s.path("last"))
	if err != nil {
		return nil, s.explain("listing what ran last", err)
	}
	var all []Last
	var errs []error
	for _, e := range entries {
		if filepath.Ext(e.Name()) != ".json" {
			continue
		}
		l, err := readLast(s.path("last", e.Name()))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("last/%s is damaged: %w", e.Name(), err))
			continue
		}
		all = append(all, l)
	}
	slices.SortFunc(all, func(a, b Last) int {
		return cmp.Or(strings.Compare(a.Experiment, b.Experiment), strings.Compare(a.Stage, b.Stage))
	})
	return all, errors.Join(errs...)
}

// SetLast keeps the key of a stage that gave a result. It writes only what is new.
func (s *Store) SetLast(l Last) error {
	if s.readOnly {
		return ErrReadOnly
	}
	if had, ok := s.Last(l.Experiment, l.Stage); ok && had.Key == l.Key {
		return nil
	}
	b, err := seal(l)
	if err != nil {
		return err
	}
	return s.explain("noting what ran", replaceFile(s.lastPath(l.Experiment, l.Stage), b))
}

func (s *Store) lastPath(experiment, stage string) string {
	// A NUL is in neither name: YAML forbids it.
	sum := sha256.Sum256([]byte(experiment + "\x00" + stage))
	return s.path("last", hex.EncodeToString(sum[:16])+".json")
}
