package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/gofrs/flock"

	"fashionpipe/internal/disk"
)

// Freed is what a collection took away.
type Freed struct {
	Artifacts int
	Runs      int
	Scratch   int
	Others    int   // records, notes and leftovers
	Spared    int   // artifacts that the plan gave up and that were needed meanwhile
	Bytes     int64 // of what is gone
}

// Apply takes away what a plan gives up. Runs may go on meanwhile, and others may begin: what they use stays. Killed at
// any moment it leaves a whole store, and the next collection goes on. each, which may be nil, is told of every artifact
// that is gone. An error ends the collection early; Freed says how far it came.
func (s *Store) Apply(ctx context.Context, g *Garbage, each func(Verdict)) (Freed, error) {
	c := &collector{s: s, g: g, each: each, known: map[string][]Digest{}}
	if s.readOnly {
		return c.freed, ErrReadOnly
	}
	first, cancel := context.WithTimeout(ctx, time.Second)
	lock, err := s.lock(first, "gc")
	cancel()
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			err = errors.New("another garbage collection is at work in this store: try again when it is done")
		}
		return c.freed, err
	}
	defer unlockAndRemove(lock)
	for _, step := range []func(context.Context) error{c.artifacts, c.records, c.notes, c.scratch, c.runs, c.files} {
		if err := step(ctx); err != nil {
			return c.freed, s.explain("collecting garbage", err)
		}
	}
	return c.freed, nil
}

type collector struct {
	s     *Store
	g     *Garbage
	each  func(Verdict)
	known map[string][]Digest // what runs used that ended since the plan was made
	freed Freed

	between func(where string) // of tests: called where another process might do something
}

// batch is how many artifacts go through the gate at once: enough to make the gate cheap, few enough for runs to notice
// nothing.
const batch = 16

func (c *collector) artifacts(ctx context.Context) error {
	var goes []Verdict
	for _, v := range c.g.Artifacts {
		if v.Why == KeptNothing {
			goes = append(goes, v)
		}
	}
	for part := range slices.Chunk(goes, batch) {
		if err := c.part(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

// condemned is an artifact on its way out, with the locks of its name and of its records' keys.
type condemned struct {
	Verdict
	locks []*flock.Flock
	away  bool // its folder is renamed
}

// part takes a few artifacts away.
func (c *collector) part(ctx context.Context, part []Verdict) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var all []*condemned
	defer func() {
		for _, x := range all {
			for _, l := range x.locks {
				unlockAndRemove(l)
			}
		}
	}()
	for _, v := range part {
		x, err := c.lockAll(v)
		if err != nil {
			return err
		}
		if x == nil { // somebody works on it
			c.freed.Spared++
			continue
		}
		all = append(all, x)
		if err := disk.RemoveAll(c.s.oldDir(x.Digest)); err != nil { // of a collection that was killed
			return err
		}
	}
	c.pause("before the gate")
	if err := c.renameUnused(ctx, all); err != nil {
		return err
	}
	c.pause("after the gate")
	for _, x := range all {
		if !x.away {
			c.freed.Spared++
			continue
		}
		if err := disk.RemoveAll(c.s.oldDir(x.Digest)); err != nil {
			return err
		}
		c.freed.Artifacts++
		c.freed.Bytes += x.Bytes
		if c.each != nil {
			c.each(x.Verdict)
		}
	}
	return nil
}

// lockAll takes the locks of an artifact and of its records; nil if another holds one.
func (c *collector) lockAll(v Verdict) (*condemned, error) {
	x := &condemned{Verdict: v}
	names := []string{"artifact-" + string(v.Digest)}
	for _, r := range v.Records {
		names = append(names, string(r.Key))
	}
	for _, name := range names {
		lock, ok, err := c.s.tryLock(name)
		if err == nil && ok {
			x.locks = append(x.locks, lock)
			continue
		}
		for _, l := range x.locks {
			unlockAndRemove(l)
		}
		return nil, err
	}
	return x, nil
}

func (c *collector) pause(where string) {
	if c.between != nil {
		c.between(where)
	}
}
