package store

import (
	"context"
	"os"
	"slices"
)

// familySize is how many keys of a family are remembered.
const familySize = 3

// Family gives the keys of the newest few results of a family, newest first. It helps to find work that may be taken
// over, no more: a list that is missing or damaged is empty, and a result it names may be gone.
func (s *Store) Family(family Digest) []Digest {
	b, err := os.ReadFile(s.familyPath(family))
	if err != nil {
		return nil
	}
	var keys []Digest
	if unseal(b, &keys) != nil || slices.ContainsFunc(keys, func(k Digest) bool { return len(k) != 64 }) {
		return nil
	}
	return keys
}

// JoinFamily makes a key the newest of its family. It writes only what is new.
func (s *Store) JoinFamily(ctx context.Context, family, key Digest) error {
	if s.readOnly {
		return ErrReadOnly
	}
	if had := s.Family(family); len(had) > 0 && had[0] == key {
		return nil
	}
	lock, err := s.lock(ctx, "family-"+string(family))
	if err != nil {
		return err
	}
	defer unlockAndRemove(lock)
	keys := slices.DeleteFunc(s.Family(family), func(k Digest) bool { return k == key })
	keys = slices.Insert(keys, 0, key)
	b, err := seal(keys[:min(len(keys), familySize)])
	if err != nil {
		return err
	}
	return s.explain("noting a result for the next time", writeAtomic(s.familyPath(family), b))
}

func (s *Store) familyPath(family Digest) string {
	return s.path("families", string(family[:2]), string(family)+".json")
}
