package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
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
	Notes     []string  // files below last/ and history/ that name what is gone or goes
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
		if a.Gone {
			for _, r := range a.Records {
				g.Records = append(g.Records, r.Key)
			}
			continue
		}
		v := Verdict{Stored: a, Why: s.verdict(a, k, why[a.Digest])}
		g.Artifacts = append(g.Artifacts, v)
		if v.Why == KeptNothing {
			g.Bytes += a.Bytes
		}
	}
	for key := range inv.Damaged {
		g.Records = append(g.Records, key)
	}
	slices.Sort(g.Records)
	if err := s.planNotes(g); err != nil {
		return nil, err
	}
	return g, s.planRest(ctx, g)
}

// verdict says why an artifact is kept: other is what was found without looking at the artifact itself.
func (s *Store) verdict(a *Stored, k KeepOptions, other Why) Why {
	switch {
	case a.Pin != nil:
		return KeptPinned
	case other != "":
		return other
	case slices.ContainsFunc(a.Records, func(r *Record) bool { return s.leased(r.Key) }):
		return KeptWorked
	case k.Now.Sub(a.Made()) < k.Age:
		return KeptYoung
	}
	return KeptNothing
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
