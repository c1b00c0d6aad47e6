package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// historySize is how many results of a stage are remembered.
const historySize = 30

// history is what a stage of an experiment gave.
type history struct {
	Experiment string `json:"experiment"`
	Stage      string `json:"stage"`
	Gave       []Gave `json:"gave"` // in the order they came, each another artifact than the one before it
}

// Gave says that a stage gave an artifact, and since which run.
type Gave struct {
	Artifact Digest `json:"artifact"`
	Run      string `json:"run"` // id, which sorts by time as the clock told it
	// Turn counts the runs of the experiment, so that they have an order whatever the clock does. It is higher in a run
	// that began after another gave something, and may be that of another that works at the same time.
	Turn int `json:"turn,omitempty"`
}

// Before says whether an entry is of an earlier run than another, of this stage or another of the experiment.
func (g Gave) Before(other Gave) bool {
	if g.Turn != other.Turn {
		return g.Turn < other.Turn
	}
	return g.Run < other.Run // at the same time, or noted when turns were not
}

// History says what a stage of an experiment gave, in the order it came: each artifact is another than the one before
// it, but where a garbage collection took what was between them, and the oldest are forgotten. A history that is damaged
// is told of, and is empty.
func (s *Store) History(experiment, stage string) []Gave {
	h, err := readHistory(s.historyPath(experiment, stage))
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			s.warnf("what %s gave before can't be read, and begins anew: %v", stage, err)
		}
		return nil
	}
	if h.Experiment != experiment || h.Stage != stage {
		return nil
	}
	return h.Gave
}

// AddHistory notes what a stage of an experiment gave, unless the newest entry has that artifact.
func (s *Store) AddHistory(ctx context.Context, experiment, stage string, g Gave) error {
	if s.readOnly {
		return ErrReadOnly
	}
	if newestIs(s.History(experiment, stage), g) {
		return nil
	}
	path := s.historyPath(experiment, stage)
	lock, err := s.lock(ctx, "history-"+strings.TrimSuffix(filepath.Base(path), ".json"))
	if err != nil {
		return err
	}
	defer unlockAndRemove(lock)
	had := s.History(experiment, stage) // another run may have been quicker
	if newestIs(had, g) {
		return nil
	}
	had = append(had, g)
	b, err := seal(history{Experiment: experiment, Stage: stage, Gave: had[max(0, len(had)-historySize):]})
	if err != nil {
		return err
	}
	return s.explain("noting what a stage gave", writeAtomic(path, b))
}

func newestIs(list []Gave, g Gave) bool {
	return len(list) > 0 && list[len(list)-1].Artifact == g.Artifact
}

// HistoryArtifacts gives every artifact that a history names, sorted, each once: a later run may ask for it. A damaged
// history names none.
func (s *Store) HistoryArtifacts() ([]Digest, error) {
	paths, err := filepath.Glob(s.path("history", "*.json"))
	if err != nil {
		return nil, s.explain("listing what stages gave", err)
	}
	var all []Digest
	for _, p := range paths {
		if h, err := readHistory(p); err == nil {
			for _, g := range h.Gave {
				all = append(all, g.Artifact)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

func readHistory(path string) (history, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return history{}, err
	}
	var h history
	if err := unseal(b, &h); err != nil {
		return history{}, err
	}
	if slices.ContainsFunc(h.Gave, func(g Gave) bool { return !isDigest(string(g.Artifact)) }) {
		return history{}, errors.New("it names what is no artifact")
	}
	return h, nil
}

func (s *Store) historyPath(experiment, stage string) string {
	// A NUL is in neither name: YAML forbids it.
	sum := sha256.Sum256([]byte(experiment + "\x00" + stage))
	return s.path("history", hex.EncodeToString(sum[:16])+".json")
}
