package dag

import (
	"errors"
	"slices"
	"time"

	"fashionpipe/dag/store"
)

// Usage says which stages an artifact is the result of, and when a run last used it.
type Usage struct {
	Names []string  // "experiment/stage", those of the newest runs first
	Last  time.Time // when the newest run that used it began; zero if no run that is still recorded did
}

// Usages tells of every artifact that a recorded run or the last result of a stage names. The error joins those of
// records that can't be read; what the others say is there all the same.
func Usages(s *store.Store) (map[Digest]*Usage, error) {
	all := map[Digest]*Usage{}
	runs, err := ReadRuns(s)
	for _, run := range slices.Backward(runs) {
		for _, st := range run.Stages {
			note(all, st.Digest, run.Experiment, st.Name, run.Started)
		}
	}
	lasts, lastErr := s.Lasts()
	for _, l := range lasts {
		if r, err := s.Record(l.Key); err == nil {
			note(all, r.Artifact, l.Experiment, l.Stage, time.Time{})
		}
	}
	return all, errors.Join(err, lastErr)
}

func note(all map[Digest]*Usage, d Digest, experiment, stage string, when time.Time) {
	if d == "" {
		return
	}
	u := all[d]
	if u == nil {
		u = &Usage{Last: when}
		all[d] = u
	}
	const most = 32 // names are for people; the artifact of a sweep may have thousands
	if name := experiment + "/" + stage; len(u.Names) < most && !slices.Contains(u.Names, name) {
		u.Names = append(u.Names, name)
	}
}
