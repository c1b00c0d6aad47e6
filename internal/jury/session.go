package jury

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// session is one person at work. Its caller lets only one goroutine at it at a time.
type session struct {
	contest *Contest
	name    string
	order   []string
	given   []string        // queries answered, in the order of their answers
	done    map[string]bool // the same
	journal *journal
}

func newSession(c *Contest, dir, name string) (*session, error) {
	j, all, err := openJournal(dir, name)
	if err != nil {
		return nil, err
	}
	s := &session{contest: c, name: name, order: c.order(name), done: map[string]bool{}, journal: j}
	standing, _ := Standing(all, c.Subject)
	for _, a := range standing {
		if _, asked := c.rows[a.Query]; asked {
			s.given = append(s.given, a.Query)
			s.done[a.Query] = true
		}
	}
	return s, nil
}

// state is what the page shows.
type state struct {
	Judge   string `json:"judge"`
	Done    int    `json:"done"`
	Total   int    `json:"total"`
	CanUndo bool   `json:"can_undo"`
	Pair    *pair  `json:"pair,omitempty"` // none at the end
}

// pair is a question: rows of the image table. Nothing in it tells whose a side is.
type pair struct {
	Query string `json:"query"` // id
	Photo int    `json:"photo"`
	Left  []int  `json:"left"`
	Right []int  `json:"right"`
}

func (s *session) state() state {
	st := state{Judge: s.name, Done: len(s.given), Total: len(s.order), CanUndo: len(s.given) > 0}
	for _, q := range s.order {
		if s.done[q] {
			continue
		}
		rows := s.contest.rows[q]
		if s.contest.left(s.name, q) == Baseline {
			rows[0], rows[1] = rows[1], rows[0]
		}
		st.Pair = &pair{Query: q, Photo: s.contest.row[q], Left: rows[0], Right: rows[1]}
		break
	}
	return st
}

// errStale is an answer to a question that is no longer asked: another window has answered it.
var errStale = errors.New("this was answered already, in another window perhaps")

// answer keeps an answer to the question that state asks.
func (s *session) answer(query, choice string, ms int64) error {
	if p := s.state().Pair; p == nil || p.Query != query {
		return errStale
	}
	if err := s.write(query, choice, ms); err != nil {
		return err
	}
	s.given = append(s.given, query)
	s.done[query] = true
	return nil
}

// undo takes the last answer back.
func (s *session) undo() error {
	if len(s.given) == 0 {
		return errStale
	}
	last := s.given[len(s.given)-1]
	if err := s.write(last, Undo, 0); err != nil {
		return err
	}
	s.given = s.given[:len(s.given)-1]
	delete(s.done, last)
	return nil
}

func (s *session) write(query, choice string, ms int64) error {
	a := Answer{Judge: s.name, Query: query, K: s.contest.Subject.K, Images: s.contest.Subject.Images, Ours: s.contest.Subject.Ours,
		Baseline: s.contest.Subject.Baseline, Left: s.contest.left(s.name, query), Choice: choice, MS: ms, Time: time.Now().UTC().Truncate(time.Millisecond)}
	if err := a.check(); err != nil {
		return err
	}
	return s.journal.add(a)
}

// lockFolder keeps other processes from writing answers into a folder.
func lockFolder(dir string) (*flock.Flock, error) {
	lock := flock.New(filepath.Join(dir, ".lock"))
	ok, err := lock.TryLock()
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("another pipe judge takes answers for %s: use its page, or stop it", dir)
	}
	return lock, nil
}
