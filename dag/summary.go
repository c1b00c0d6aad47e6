package dag

import (
	"errors"
	"fmt"
	"time"
)

// State is how a stage ended.
type State string

// The states.
const (
	StateCached      State = "cached"      // its result was there
	StateRan         State = "ran"         // it ran, and its result is in the store
	StateFailed      State = "failed"      // Err says why
	StateSkipped     State = "skipped"     // a stage before it failed (Cause), or the run ended at another's failure
	StateInterrupted State = "interrupted" // the run was told to stop before the stage was done
)

// Status is how a run ended.
type Status string

// The statuses.
const (
	StatusRunning     Status = "running" // it has not ended
	StatusOK          Status = "ok"
	StatusFailed      Status = "failed"      // a stage failed
	StatusGate        Status = "gate"        // all stages gave results, and a quality gate failed
	StatusInterrupted Status = "interrupted" // it was told to stop
	StatusKilled      Status = "killed"      // its process is gone and never wrote how it ended
)

// Summary says what a run did.
type Summary struct {
	RunID  string
	RunDir string // with run.json, experiment.yaml, log.jsonl
	Status Status
	Stages []StageResult // those asked for and what they need, in the order of the graph
	Gates  []GateFailure // quality gates that failed and are not allowed to
	Took   time.Duration
}

// StageResult says what became of a stage.
type StageResult struct {
	Node     *Node
	State    State
	Artifact Artifact // where there is a result
	Key      Digest   // where all inputs were there
	Reason   string   // why it ran, or why it was skipped
	Cause    string   // the failed stage that it was skipped for
	Err      error    // of a failed stage; of an interrupted one, what it said
	Started  time.Time
	Took     time.Duration // in this run
	Saved    time.Duration // of a cached stage: what the work took when it was done
	Notes    []Note
	Bytes    int64 // of the artifact
	Files    int   // of the artifact

	before Inputs   // earlier results that its ports take
	grant  *grant   // what it has while it runs
	sketch []uint32 // of what is at its reuse port, once it was needed
}

// GateFailure is a failed quality gate.
type GateFailure struct {
	Stage string
	Note  Note
}

// Stage finds the result of a stage by name.
func (s *Summary) Stage(name string) (StageResult, bool) {
	for _, r := range s.Stages {
		if r.Node.Name == name {
			return r, true
		}
	}
	return StageResult{}, false
}

// Count says how many stages ended in a state.
func (s *Summary) Count(state State) int {
	n := 0
	for _, r := range s.Stages {
		if r.State == state {
			n++
		}
	}
	return n
}

// Err joins the errors of the stages that failed, each with its name; nil if none did.
func (s *Summary) Err() error {
	var errs []error
	for _, r := range s.Stages {
		if r.State == StateFailed {
			errs = append(errs, fmt.Errorf("stage %s: %w", r.Node.Name, r.Err))
		}
	}
	return errors.Join(errs...)
}
