package store

import (
	"context"
	"errors"
	"fmt"
	"os"

	"fashionpipe/internal/disk"
)

// atGate does something while no process begins to use an artifact, and tells it what is used. It must be quick: runs wait.
func (c *collector) atGate(ctx context.Context, do func(used map[Digest]bool) error) error {
	gate, err := disk.OpenFile(c.s.path("uses", "gate"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return err
	}
	defer gate.Close() // opens the gate
	if err := flockFile(ctx, gate, alone); err != nil {
		return err
	}
	used, err := c.usedNow()
	if err != nil {
		return err
	}
	return do(used)
}

// renameUnused moves the folders of artifacts that nobody needs out of sight, their records first.
func (c *collector) renameUnused(ctx context.Context, all []*condemned) error {
	return c.atGate(ctx, func(used map[Digest]bool) error {
		for _, x := range all {
			if used[x.Digest] || exists(c.s.pinPath(x.Digest)) {
				continue
			}
			if err := c.renameAway(x); err != nil {
				return err
			}
		}
		return nil
	})
}

// renameAway moves the folder of an artifact out of sight, its records first.
func (c *collector) renameAway(x *condemned) error {
	if err := c.s.removeRecords(x.Records); err != nil {
		return err
	}
	c.pause("between records and artifact")
	old := c.s.oldDir(x.Digest)
	if err := disk.Rename(c.s.artifactDir(x.Digest), old); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	_ = disk.Remove(c.s.trustPath(x.Digest)) // one that stays is a leftover, and harmless
	x.away = true
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
		if err := disk.Remove(s.recordPath(r.Key)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

func (s *Store) oldDir(d Digest) string { return s.path("artifacts", "old-"+string(d)) }
