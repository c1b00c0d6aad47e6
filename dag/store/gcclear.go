package store

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"fashionpipe/internal/disk"
)

// records removes records that lead nowhere, unless they are made anew just now.
func (c *collector) records(ctx context.Context) error {
	for _, key := range c.g.Records {
		err := c.locked(ctx, string(key), func() error {
			r, err := c.s.Record(key)
			if errors.Is(err, ErrMiss) || err == nil && exists(c.s.artifactDir(r.Artifact)) {
				return nil
			}
			c.freed.Others++
			return disk.Remove(c.s.recordPath(key))
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
			return disk.RemoveAll(dir)
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
		if err := disk.RemoveAll(dir); err != nil {
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
			if err := disk.RemoveAll(path); err != nil {
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
