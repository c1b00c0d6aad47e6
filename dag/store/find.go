package store

import (
	"fmt"
	"strings"
)

// shortest is the length from which the beginning of a digest may stand for all of it.
const shortest = 4

// AmbiguousError is the beginning of several names.
type AmbiguousError struct {
	Prefix string
	Among  []string // all of them, sorted
}

func (e *AmbiguousError) Error() string {
	const most = 8
	shown := e.Among[:min(most, len(e.Among))]
	more := ""
	if n := len(e.Among) - len(shown); n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	return fmt.Sprintf("%s could be any of %d: %s%s. Give more of it", e.Prefix, len(e.Among), strings.Join(shown, ", "), more)
}

// NotFoundError is a name that nothing in the store has.
type NotFoundError struct{ What, Name, Hint string }

func (e *NotFoundError) Error() string {
	return fmt.Sprintf("the store has no %s %s%s", e.What, e.Name, e.Hint)
}

// Find gives the artifact whose digest begins with a text of at least 4 characters. Errors are a *NotFoundError, an
// *AmbiguousError, or say that it is no beginning of a digest.
func (s *Store) Find(prefix string) (Digest, error) {
	prefix = strings.ToLower(strings.TrimSpace(prefix))
	if len(prefix) < shortest || len(prefix) > 64 || !isHex(prefix) {
		return "", fmt.Errorf("%q is no digest: give at least its first %d characters (0-9, a-f)", prefix, shortest)
	}
	all, err := s.digests()
	if err != nil {
		return "", err
	}
	var found []string
	for _, d := range all {
		if strings.HasPrefix(string(d), prefix) {
			found = append(found, string(d))
		}
	}
	switch len(found) {
	case 0:
		return "", &NotFoundError{What: "artifact", Name: prefix, Hint: ": pipe store ls lists what it has"}
	case 1:
		return Digest(found[0]), nil
	}
	e := &AmbiguousError{Prefix: prefix}
	for _, f := range found {
		e.Among = append(e.Among, f[:max(12, min(64, len(prefix)+4))])
	}
	return "", e
}
