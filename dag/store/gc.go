package store

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// KeepOptions say what a garbage collection keeps beside pins, what living processes use and work on.
type KeepOptions struct {
	Runs int           // the newest so many runs, and all they used
	Age  time.Duration // runs, results and unfinished work younger than that
	Last bool          // the last result of each stage of each experiment, and earlier ones that a stage looks back to
	Now  time.Time

	// Used gives the artifacts that a run used, from its record.
	Used func(run string) ([]Digest, error)
}

// Why says why an artifact is kept.
type Why string

// The reasons, the strongest first.
const (
	KeptPinned  Why = "pinned"
	KeptInUse   Why = "in use by a run that is going on"
	KeptWorked  Why = "its stage is being worked on"
	KeptRun     Why = "used by a run that is kept"
	KeptYoung   Why = "made within the days that are kept"
	KeptLast    Why = "the last result of a stage"
	KeptHistory Why = "an earlier result that a stage looks back to"
	KeptNothing Why = "" // it goes
)

// Verdict is what is to become of an artifact.
type Verdict struct {
	*Stored
	Why Why
}

// Garbage is what a collection keeps and takes away.
type Garbage struct {
	Artifacts []Verdict // all, the newest first
	Records   []Digest  // keys of records that can't be read or whose artifact is gone
	Runs      []string  // the oldest first
	Scratch   []Digest  // keys whose unfinished work goes
	Files     []string  // other leftovers, relative to the store
	Bytes     int64     // of all that goes
	Unread    []error   // of runs whose record can't be read: what only they used goes

	planned map[string]bool // runs that had ended when the plan was made, or had not begun to be looked at
	keep    KeepOptions
}

// Plan finds out what a garbage collection would take away. It writes nothing.
func (s *Store) Plan(ctx context.Context, k KeepOptions) (*Garbage, error) {
	g := &Garbage{keep: k, planned: map[string]bool{}}
	kept, err := s.planRuns(g)
	if err != nil {
		return nil, err
	}
	why, err := s.reasons(ctx, g, kept)
	if err != nil {
		return nil, err
	}
	inv, err := s.Inventory()
	if err != nil {
		return nil, err
	}
	for _, a := range inv.Artifacts {
		v := Verdict{Stored: a, Why: why[a.Digest]}
		if a.Pin != nil {
			v.Why = KeptPinned
		}
		if v.Why == "" && slices.ContainsFunc(a.Records, func(r *Record) bool { return s.leased(r.Key) }) {
			v.Why = KeptWorked
		}
		if v.Why == "" && k.Now.Sub(a.Made()) < k.Age {
			v.Why = KeptYoung
		}
		if a.Gone {
			for _, r := range a.Records {
				g.Records = append(g.Records, r.Key)
			}
			continue
		}
		g.Artifacts = append(g.Artifacts, v)
		if v.Why == "" {
			g.Bytes += a.Bytes
		}
	}
	for key := range inv.Damaged {
		g.Records = append(g.Records, key)
	}
	slices.Sort(g.Records)
	return g, s.planRest(ctx, g)
}

// planRuns chooses the runs that go and gives those that stay.
func (s *Store) planRuns(g *Garbage) (kept []string, err error) {
	ids, err := s.Runs()
	if err != nil {
		return nil, err
	}
	for i, id := range ids {
		alive := s.RunAlive(id)
		g.planned[id] = !alive
		recent := len(ids)-i <= g.keep.Runs || g.keep.Now.Sub(RunTime(id)) < g.keep.Age
		if alive || recent {
			kept = append(kept, id)
			continue
		}
		g.Runs = append(g.Runs, id)
		g.Bytes += Usage(s.RunDir(id)).Bytes
	}
	return kept, nil
}

// RunTime reads when a run began from its ID; zero if it is no ID of NewRun.
func RunTime(id string) time.Time {
	t, _ := time.Parse(runLayout, id[:min(len(id), len(runLayout))])
	return t
}

// reasons says why artifacts are kept, but for what the inventory itself tells.
func (s *Store) reasons(ctx context.Context, g *Garbage, runs []string) (map[Digest]Why, error) {
	why := map[Digest]Why{}
	keep := func(d Digest, w Why) { why[d] = cmp.Or(why[d], w) }
	used, err := s.readUses()
	if err != nil {
		return nil, s.explain("reading what runs use", err)
	}
	for d := range used {
		keep(d, KeptInUse)
	}
	for _, id := range runs {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		digests, err := g.keep.Used(id)
		if err != nil {
			g.Unread = append(g.Unread, fmt.Errorf("what run %s used is not known: %w", id, err))
		}
		for _, d := range digests {
			keep(d, KeptRun)
		}
	}
	if !g.keep.Last {
		return why, nil
	}
	lasts, err := s.Lasts()
	if err != nil {
		g.Unread = append(g.Unread, err)
	}
	for _, l := range lasts {
		if r, err := s.Record(l.Key); err == nil {
			keep(r.Artifact, KeptLast)
		}
	}
	earlier, err := s.HistoryArtifacts()
	if err != nil {
		return nil, err
	}
	for _, d := range earlier {
		keep(d, KeptHistory)
	}
	return why, nil
}

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

// leftovers lists what killed processes left, relative to the store: folders of artifacts half made or half removed,
// temporary files, notes of use, lists of results that are gone, and what is remembered of artifacts that are gone.
func (s *Store) leftovers(g *Garbage) ([]string, error) {
	var out []string
	arts, err := readDir(s.path("artifacts"))
	if err != nil {
		return nil, err
	}
	for _, e := range arts {
		if lease := leaseOf(e.Name()); lease != "" && !held(s.path("leases", lease)) {
			out = append(out, "artifacts/"+e.Name())
		}
	}
	for _, dir := range []string{"last", "pins", "memo", "history"} {
		tmp, err := filepath.Glob(s.path(dir, "*.tmp"))
		if err != nil {
			return nil, err
		}
		for _, p := range tmp {
			if info, err := os.Lstat(p); err == nil && g.keep.Now.Sub(info.ModTime()) > tmpAge {
				out = append(out, dir+"/"+filepath.Base(p))
			}
		}
	}
	notes, err := readDir(s.path("uses"))
	if err != nil {
		return nil, err
	}
	for _, e := range notes {
		if e.Name() != "gate" && !held(s.path("uses", e.Name())) {
			out = append(out, "uses/"+e.Name())
		}
	}
	trusts, err := s.named("memo/trust", "")
	if err != nil {
		return nil, err
	}
	for _, d := range trusts {
		if !exists(s.artifactDir(d)) {
			out = append(out, "memo/trust/"+string(d[:2])+"/"+string(d))
		}
	}
	families, err := s.named("families", ".json")
	if err != nil {
		return nil, err
	}
	for _, f := range families {
		if !slices.ContainsFunc(s.Family(f), func(m Member) bool { return exists(s.recordPath(m.Key)) }) {
			out = append(out, "families/"+string(f[:2])+"/"+string(f)+".json")
		}
	}
	return out, nil
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
