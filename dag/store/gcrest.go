package store

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// leased says whether somebody works on a key just now.
func (s *Store) leased(key Digest) bool { return held(s.path("leases", string(key))) }

// planRest finds unfinished work that is old, and what killed processes left.
func (s *Store) planRest(ctx context.Context, g *Garbage) error {
	entries, err := readDir(s.path("scratch"))
	if err != nil {
		return s.explain("listing unfinished work", err)
	}
	for _, e := range entries {
		key := Digest(e.Name())
		dir := s.path("scratch", e.Name())
		if isDigest(e.Name()) && !s.leased(key) && g.keep.Now.Sub(newestChange(dir)) >= g.keep.Age {
			g.Scratch = append(g.Scratch, key)
			g.Bytes += Usage(dir).Bytes
		}
	}
	if g.Files, err = s.leftovers(g); err != nil {
		return s.explain("looking for leftovers", err)
	}
	for _, f := range g.Files {
		g.Bytes += Usage(s.path(f)).Bytes
	}
	return ctx.Err()
}

// newestChange is when something below a folder was last written.
func newestChange(dir string) (newest time.Time) {
	_ = filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil {
			return nil // what vanishes has no time
		}
		if info, err := e.Info(); err == nil && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
		return nil
	})
	return newest
}

// leftovers lists what killed processes left, relative to the store, and what is remembered of results that are gone.
func (s *Store) leftovers(g *Garbage) ([]string, error) {
	var out []string
	for _, find := range []func(*Garbage) ([]string, error){s.leftFolders, s.leftTemporary, s.leftUses, s.leftTrust, s.leftFamilies} {
		found, err := find(g)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// leftFolders lists folders of artifacts half made or half removed.
func (s *Store) leftFolders(*Garbage) (out []string, err error) {
	arts, err := readDir(s.path("artifacts"))
	for _, e := range arts {
		if lease := leaseOf(e.Name()); lease != "" && !held(s.path("leases", lease)) {
			out = append(out, "artifacts/"+e.Name())
		}
	}
	return out, err
}

// leftTemporary lists files, and folders of runs, that nobody went on to make.
func (s *Store) leftTemporary(g *Garbage) (out []string, err error) {
	for _, dir := range []string{"last", "pins", "memo", "history", "runs"} {
		tmp, err := filepath.Glob(s.path(dir, "*"+tmpSuffix))
		if err != nil {
			return nil, err
		}
		for _, p := range tmp {
			if info, err := os.Lstat(p); err == nil && g.keep.Now.Sub(info.ModTime()) > tmpAge {
				out = append(out, dir+"/"+filepath.Base(p))
			}
		}
	}
	return out, nil
}

// leftUses lists the notes of processes that are dead.
func (s *Store) leftUses(*Garbage) (out []string, err error) {
	notes, err := readDir(s.path("uses"))
	for _, e := range notes {
		if e.Name() != "gate" && !held(s.path("uses", e.Name())) {
			out = append(out, "uses/"+e.Name())
		}
	}
	return out, err
}

// leftTrust lists what is remembered of artifacts that are gone.
func (s *Store) leftTrust(*Garbage) (out []string, err error) {
	trusts, err := s.named("memo/trust", "")
	for _, d := range trusts {
		if !exists(s.artifactDir(d)) {
			out = append(out, "memo/trust/"+string(d[:2])+"/"+string(d))
		}
	}
	return out, err
}

// leftFamilies lists families whose results are all gone.
func (s *Store) leftFamilies(*Garbage) (out []string, err error) {
	families, err := s.named("families", ".json")
	for _, f := range families {
		if !slices.ContainsFunc(s.Family(f), func(m Member) bool { return exists(s.recordPath(m.Key)) }) {
			out = append(out, "families/"+string(f[:2])+"/"+string(f)+".json")
		}
	}
	return out, err
}

// tmpAge is how old a temporary file is at least that nobody writes any more.
const tmpAge = time.Hour

// leaseOf names the lock that the writer of artifacts/tmp-… or old-… holds, "" for other folders.
func leaseOf(name string) string {
	if key, ok := strings.CutPrefix(name, "tmp-"); ok && isDigest(key) {
		return key
	}
	if d, ok := strings.CutPrefix(name, "old-"); ok && isDigest(d) {
		return "artifact-" + d
	}
	return ""
}
