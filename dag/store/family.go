package store

import (
	"context"
	"os"
	"slices"
)

// Member is a result in a list of relatives: results of the same work on other content.
type Member struct {
	Key    Digest   `json:"key"`
	Sketch []uint32 `json:"sketch,omitempty"` // of the content that it was made from; means nothing to the store
}

// Family gives the newest few members of a list, newest first. It helps to find work that may be taken over, no more: a
// list that is missing or damaged is empty, and a result it names may be gone.
func (s *Store) Family(list Digest) []Member {
	b, err := os.ReadFile(s.familyPath(list))
	if err != nil {
		return nil
	}
	var members []Member
	if unseal(b, &members) != nil || slices.ContainsFunc(members, func(m Member) bool { return !isDigest(string(m.Key)) }) {
		return nil
	}
	return members
}

// JoinFamily makes a result the newest member of a list, which forgets all but the newest most. It writes only what is
// new.
func (s *Store) JoinFamily(ctx context.Context, list Digest, m Member, most int) error {
	if s.readOnly {
		return ErrReadOnly
	}
	if had := s.Family(list); len(had) > 0 && had[0].Key == m.Key {
		return nil
	}
	lock, err := s.lock(ctx, "family-"+string(list))
	if err != nil {
		return err
	}
	defer unlockAndRemove(lock)
	members := slices.DeleteFunc(s.Family(list), func(had Member) bool { return had.Key == m.Key })
	members = slices.Insert(members, 0, m)
	b, err := seal(members[:min(len(members), most)])
	if err != nil {
		return err
	}
	return s.explain("noting a result for the next time", writeAtomic(s.familyPath(list), b))
}

func (s *Store) familyPath(list Digest) string {
	return s.path("families", string(list[:2]), string(list)+".json")
}
