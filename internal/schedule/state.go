package schedule

import (
	"encoding/json"
	"fmt"
	"time"
)

// State is what a schedule remembers between processes.
type State struct {
	Cron     string     `json:"cron"` // with Timezone, what the due times below were made from
	Timezone string     `json:"timezone"`
	Handled  time.Time  `json:"handled"`           // due times up to this one were run, skipped or given up
	Queued   *time.Time `json:"queued,omitempty"`  // a due time whose run has not been made, or was stopped
	Running  *Run       `json:"running,omitempty"` // of a process that is gone: the run was cut off
	Last     *Run       `json:"last,omitempty"`    // the last run that ended
}

// Run is one run of a schedule.
type Run struct {
	Due     time.Time `json:"due"`
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended,omitzero"`
	Outcome Outcome   `json:"outcome,omitempty"`
}

// Outcome is how a run ended.
type Outcome string

// The outcomes.
const (
	OK          Outcome = "ok"
	Gate        Outcome = "gate"        // finished, with a failed quality gate: no failure of the schedule
	Failed      Outcome = "failed"      // a stage failed
	Wrong       Outcome = "wrong"       // the experiment is wrong, or could not be started
	Interrupted Outcome = "interrupted" // stopped from outside
	OverLimit   Outcome = "limit"       // stopped because it took too long
	Killed      Outcome = "killed"      // its process ended without saying why
)

// failure says whether on_failure is about this outcome.
func (o Outcome) failure() bool { return o != OK && o != Gate }

// words says an outcome in a line.
func (o Outcome) words() string {
	return map[Outcome]string{
		OK: "fine", Gate: "finished, but a quality gate FAILED", Failed: "FAILED", Wrong: "FAILED: the experiment is wrong or could not be started",
		Interrupted: "interrupted", OverLimit: "FAILED: stopped at its limit", Killed: "FAILED: its process was killed",
	}[o]
}

// Keeper keeps the state of one schedule. No other process may use the same one meanwhile.
type Keeper interface {
	Read() ([]byte, error)    // nil if nothing was written yet
	Write(state []byte) error // in one step: a process killed at any moment leaves the old or the new
}

func readState(k Keeper) (State, error) {
	var s State
	b, err := k.Read()
	if err != nil || b == nil {
		return s, err
	}
	if err := json.Unmarshal(b, &s); err != nil {
		return s, fmt.Errorf("the state of the schedule is no JSON that pipe wrote: %w", err)
	}
	return s, nil
}

func (s State) write(k Keeper) error {
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return k.Write(append(b, '\n'))
}
