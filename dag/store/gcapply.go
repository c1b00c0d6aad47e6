package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// Freed is what a collection took away.
type Freed struct {
	Artifacts int
	Runs      int
	Scratch   int
	Others    int   // records and leftovers
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
	for _, step := range []func(context.Context) error{c.artifacts, c.records, c.scratch, c.runs, c.files} {
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
	gate  *os.File
	known map[string][]Digest // what runs used that ended since the plan was made
	freed Freed

	between func(where string) // of tests: called where another process might do something
}

// batch is how many artifacts go through the gate at once: enough to make the gate cheap, few enough for runs to notice
// nothing.
const batch = 16

func (c *collector) artifacts(ctx context.Context) (err error) {
	c.gate, err = os.OpenFile(c.s.path("uses", "gate"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return err
	}
	defer c.gate.Close()
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
		if err := os.RemoveAll(c.s.oldDir(x.Digest)); err != nil { // of a collection that was killed
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
		if err := os.RemoveAll(c.s.oldDir(x.Digest)); err != nil {
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

// renameUnused moves the folders of artifacts that nobody needs out of sight, their records first. With the gate, no
// process begins to use one of them meanwhile.
func (c *collector) renameUnused(ctx context.Context, all []*condemned) (err error) {
	if err := flockFile(ctx, c.gate, alone); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, flockFile(context.WithoutCancel(ctx), c.gate, none)) }()
	used, err := c.usedNow()
	if err != nil {
		return err
	}
	for _, x := range all {
		if used[x.Digest] || exists(c.s.pinPath(x.Digest)) {
			continue
		}
		if err := c.s.removeRecords(x.Records); err != nil {
			return err
		}
		c.pause("between records and artifact")
		old := c.s.oldDir(x.Digest)
		if err := os.Rename(c.s.artifactDir(x.Digest), old); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		_ = os.Remove(c.s.trustPath(x.Digest)) // one that stays is a leftover, and harmless
		x.away = true
	}
	return nil
}

// usedNow gives what living processes use and what runs used that ended since the plan was made. The caller holds the
// gate.
func (c *collector) usedNow() (map[Digest]bool, error) {
	ids, err := c.s.Runs()
	if err != nil {
		return nil, err
	}
	used, err := c.s.readUses()
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if c.g.planned[id] || c.s.RunAlive(id) { // asked after the notes: a run that ended meanwhile has written its record
			continue
		}
		if _, ok := c.known[id]; !ok {
			c.known[id], err = c.g.keep.Used(id)
			if err != nil {
				return nil, fmt.Errorf("run %s ended meanwhile, and its record can't be read: %w", id, err)
			}
		}
		for _, d := range c.known[id] {
			used[d] = true
		}
	}
	return used, nil
}

// removeRecords removes records unless they say something else by now. The caller holds their keys' leases.
func (s *Store) removeRecords(records []*Record) error {
	for _, r := range records {
		now, err := s.Record(r.Key)
		if err == nil && now.Artifact != r.Artifact {
			continue
		}
		if err := os.Remove(s.recordPath(r.Key)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

func (s *Store) oldDir(d Digest) string { return s.path("artifacts", "old-"+string(d)) }

func (c *collector) pause(where string) {
	if c.between != nil {
		c.between(where)
	}
}

// records removes records that lead nowhere, unless they are made anew just now.
func (c *collector) records(ctx context.Context) error {
	for _, key := range c.g.Records {
		err := c.locked(ctx, string(key), func() error {
			r, err := c.s.Record(key)
			if errors.Is(err, ErrMiss) || err == nil && exists(c.s.artifactDir(r.Artifact)) {
				return nil
			}
			c.freed.Others++
			return os.Remove(c.s.recordPath(key))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *collector) scratch(ctx context.Context) error {
	for _, key := range c.g.Scratch {
		dir := c.s.path("scratch", string(key))
		err := c.locked(ctx, string(key), func() error {
			if c.g.keep.Now.Sub(newestChange(dir)) < c.g.keep.Age { // somebody worked on it meanwhile
				return nil
			}
			c.freed.Bytes += Usage(dir).Bytes
			c.freed.Scratch++
			return os.RemoveAll(dir)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *collector) runs(ctx context.Context) error {
	for _, id := range c.g.Runs {
		if err := ctx.Err(); err != nil {
			return err
		}
		dir := c.s.RunDir(id)
		bytes := Usage(dir).Bytes
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
		c.freed.Bytes += bytes
		c.freed.Runs++
	}
	return nil
}

func (c *collector) files(ctx context.Context) error {
	for _, f := range c.g.Files {
		path := c.s.path(f)
		remove := func() error {
			bytes := Usage(path).Bytes
			if err := os.RemoveAll(path); err != nil {
				return err
			}
			c.freed.Bytes += bytes
			c.freed.Others++
			return nil
		}
		var err error
		dir, name := filepath.Split(f)
		switch {
		case leaseOf(name) != "":
			err = c.locked(ctx, leaseOf(name), remove)
		case strings.HasPrefix(dir, "families/"):
			err = c.locked(ctx, "family-"+strings.TrimSuffix(name, ".json"), remove)
		case dir == "uses/":
			err = ifFree(path, func() error { c.freed.Others++; return nil })
		default:
			err = remove()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// locked does something with a lock of the leases' folder, if nobody else has it.
func (c *collector) locked(ctx context.Context, name string, do func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	lock, ok, err := c.s.tryLock(name)
	if err != nil || !ok {
		return err
	}
	defer unlockAndRemove(lock)
	return do()
}

// ifFree removes a lock file that nobody holds.
func ifFree(path string, did func() error) error {
	if !exists(path) {
		return nil
	}
	lock, ok, err := tryLockFile(path)
	if err != nil || !ok {
		return err
	}
	unlockAndRemove(lock)
	return did()
}
