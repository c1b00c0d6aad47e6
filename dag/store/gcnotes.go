package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fashionpipe/internal/disk"
)

// lastAge is how long what a stage's last key was made from is remembered beyond its result: until then it says that
// the result is no longer in the store, and what else is new.
const lastAge = 30 * 24 * time.Hour

// planNotes finds the notes of what stages gave that name what is gone, or goes with this plan. An artifact that is
// remembered and gone must be forgotten: if other work gives the same bytes later, it would count as what the stage
// gave long ago, and keys that look back to it would change from one run to the next.
func (s *Store) planNotes(g *Garbage) error {
	artifacts, keys := map[Digest]bool{}, map[Digest]bool{} // that go
	for _, v := range g.Artifacts {
		if v.Why == KeptNothing {
			artifacts[v.Digest] = true
			for _, r := range v.Records {
				keys[r.Key] = true
			}
		}
	}
	for _, key := range g.Records {
		keys[key] = true
	}
	histories, err := filepath.Glob(s.path("history", "*.json"))
	if err != nil {
		return s.explain("listing what stages gave", err)
	}
	for _, p := range histories {
		h, err := readHistory(p)
		gone := func(e Gave) bool { return artifacts[e.Artifact] || !exists(s.artifactDir(e.Artifact)) }
		if err == nil && slices.ContainsFunc(h.Gave, gone) { // one that can't be read is told of when it is wanted
			g.Notes = append(g.Notes, "history/"+filepath.Base(p))
		}
	}
	lasts, err := filepath.Glob(s.path("last", "*.json"))
	if err != nil {
		return s.explain("listing what ran last", err)
	}
	for _, p := range lasts {
		l, err := readLast(p)
		if err == nil && oldNote(p, g.keep.Now) && (keys[l.Key] || !exists(s.recordPath(l.Key))) {
			g.Notes = append(g.Notes, "last/"+filepath.Base(p))
		}
	}
	return nil
}

func oldNote(path string, now time.Time) bool {
	info, err := os.Stat(path)
	return err == nil && now.Sub(info.ModTime()) > lastAge
}

// notes forgets what the plan found to be gone, as far as it is.
func (c *collector) notes(ctx context.Context) error {
	for _, f := range c.g.Notes {
		path, forget := c.s.path(f), c.forgetLast
		if filepath.Dir(f) == "history" {
			forget = c.forgetHistory
		}
		if err := forget(ctx, path); err != nil {
			return err
		}
	}
	return nil
}

// forgetHistory takes what is gone out of a history.
func (c *collector) forgetHistory(ctx context.Context, path string) error {
	return c.locked(ctx, "history-"+strings.TrimSuffix(filepath.Base(path), ".json"), func() error {
		h, err := readHistory(path)
		if err != nil {
			return nil // gone, or damaged meanwhile
		}
		var stay, gone []Gave
		for _, e := range h.Gave {
			if exists(c.s.artifactDir(e.Artifact)) {
				stay = append(stay, e)
			} else {
				gone = append(gone, e)
			}
		}
		if len(gone) == 0 {
			return nil
		}
		tmp := path + tmpSuffix
		h.Gave = stay
		if err := writeSealed(tmp, h); err != nil {
			return err
		}
		defer func() { _ = disk.Remove(tmp) }()                 // not there once it is renamed
		return c.atGate(ctx, func(used map[Digest]bool) error { // a run that makes one again has noted it before
			again := func(e Gave) bool { return used[e.Artifact] || exists(c.s.artifactDir(e.Artifact)) }
			if slices.ContainsFunc(gone, again) {
				return nil // the next collection looks again
			}
			c.freed.Others++
			if len(stay) == 0 {
				return disk.Remove(path)
			}
			return disk.Rename(tmp, path)
		})
	})
}

func writeSealed(path string, v any) error {
	b, err := seal(v)
	if err != nil {
		return err
	}
	return writeSynced(path, b)
}

// forgetLast removes the note of a stage's last result, unless that is there or is made again just now.
func (c *collector) forgetLast(ctx context.Context, path string) error {
	l, err := readLast(path)
	if err != nil {
		return nil // gone, or damaged meanwhile
	}
	return c.locked(ctx, string(l.Key), func() error {
		if now, err := readLast(path); err != nil || now.Key != l.Key || exists(c.s.recordPath(l.Key)) {
			return nil
		}
		c.freed.Others++
		if err := disk.Remove(path); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
}
