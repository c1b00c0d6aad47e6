package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"fashionpipe/internal/disk"
)

// Pin keeps an artifact whatever else is cleared away.
type Pin struct {
	Digest Digest    `json:"digest"`
	Note   string    `json:"note,omitempty"` // why, for people
	Time   time.Time `json:"time"`
}

// Pins lists the pins by digest. A damaged pin still pins: its file's name says what.
func (s *Store) Pins() (map[Digest]*Pin, error) {
	entries, err := readDir(s.path("pins"))
	if err != nil {
		return nil, s.explain("listing pins", err)
	}
	pins := map[Digest]*Pin{}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".json")
		if !ok || !isDigest(name) {
			continue
		}
		p := &Pin{}
		b, err := os.ReadFile(s.path("pins", e.Name()))
		if errors.Is(err, fs.ErrNotExist) {
			continue // taken away meanwhile
		}
		if err == nil {
			err = unseal(b, p)
		}
		if err != nil {
			p.Note = fmt.Sprintf("the pin's note can't be read: %v", err)
		}
		p.Digest = Digest(name)
		pins[p.Digest] = p
	}
	return pins, nil
}

// Pin keeps an artifact until Unpin. It is an error if the artifact is not there.
func (s *Store) Pin(ctx context.Context, p Pin) error {
	if s.readOnly {
		return ErrReadOnly
	}
	b, err := seal(p)
	if err != nil {
		return err
	}
	lock, err := s.lock(ctx, "artifact-"+string(p.Digest)) // nobody removes it meanwhile
	if err != nil {
		return err
	}
	defer unlockAndRemove(lock)
	if !exists(s.artifactDir(p.Digest)) {
		return fmt.Errorf("store: there is no artifact %s any more", p.Digest.Short())
	}
	return s.explain("pinning", writeAtomic(s.pinPath(p.Digest), b))
}

// Unpin lets an artifact go its way. It says whether there was a pin.
func (s *Store) Unpin(d Digest) (bool, error) {
	if s.readOnly {
		return false, ErrReadOnly
	}
	err := disk.Remove(s.pinPath(d))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, s.explain("unpinning", err)
}

// FindPin gives the pinned artifact whose digest begins with a text, or "": also one that is no longer there.
func (s *Store) FindPin(prefix string) (Digest, error) {
	pins, err := s.Pins()
	if err != nil || len(prefix) < shortest {
		return "", err
	}
	var found Digest
	for d := range pins {
		if strings.HasPrefix(string(d), strings.ToLower(prefix)) {
			if found != "" {
				return "", nil
			}
			found = d
		}
	}
	return found, nil
}

func (s *Store) pinPath(d Digest) string { return s.path("pins", string(d)+".json") }
