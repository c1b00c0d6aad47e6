package dag

import (
	"encoding/json"
	"time"
)

// What says what an event is about.
type What string

// The events of a stage, in the order they may come. A stage ends with exactly one of Cached, Finished, Failed, Skipped
// and Interrupted.
const (
	Fetching    What = "fetching"    // what it reads is brought from outside, with progress; Text says what
	Fetched     What = "fetched"     // it is there
	Waiting     What = "waiting"     // another run does the same work, or has the GPU it needs; Text says which
	Started     What = "started"     // it runs; Reason says why
	Progress    What = "progress"    // Done, Total, Unit, Live
	Noted       What = "note"        // Note, as soon as the stage gives it (for a cached stage: just before Cached)
	Said        What = "said"        // Text: something the stage tells of this run only
	Warned      What = "warning"     // Text: something of the store or the engine; Stage may be ""
	Cached      What = "cached"      // its result was there; Digest, Bytes, Took (what the work took then)
	Finished    What = "finished"    // Digest, Bytes, Took
	Failed      What = "failed"      // Err, Took; Text has the stack if it panicked
	Skipped     What = "skipped"     // Reason: which stage it needs failed, or that another did (RunOptions.FailFast)
	Interrupted What = "interrupted" // the run was told to stop
)

// Event is something that happens in a run.
type Event struct {
	Time   time.Time
	Stage  string // "" for the run as a whole
	What   What
	Reason string        // Started, Skipped
	Done   int           // Progress: units done in this phase
	Total  int           // Progress: units in this phase, -1 where not known
	Unit   string        // Progress: "photos"
	Live   string        // Progress: text beside the bar
	Note   *Note         // Noted
	Text   string        // Fetching, Fetched, Waiting, Said, Warned, Failed
	Took   time.Duration // Cached, Finished, Failed
	Digest Digest        // Cached, Finished
	Bytes  int64         // Cached, Finished
	Err    error         // Failed
}

// MarshalJSON gives one line of a log: only the fields the event has, Took in seconds, Err as text.
func (e Event) MarshalJSON() ([]byte, error) {
	out := struct {
		Time   time.Time `json:"time"`
		What   What      `json:"event"`
		Stage  string    `json:"stage,omitempty"`
		Reason string    `json:"reason,omitempty"`
		Done   *int      `json:"done,omitempty"`
		Total  *int      `json:"total,omitempty"`
		Unit   string    `json:"unit,omitempty"`
		Live   string    `json:"live,omitempty"`
		Note   *Note     `json:"note,omitempty"`
		Text   string    `json:"text,omitempty"`
		Took   float64   `json:"took,omitempty"`
		Digest Digest    `json:"digest,omitempty"`
		Bytes  int64     `json:"bytes,omitempty"`
		Err    string    `json:"error,omitempty"`
	}{
		Time: e.Time, What: e.What, Stage: e.Stage, Reason: e.Reason, Unit: e.Unit, Live: e.Live, Note: e.Note,
		Text: e.Text, Took: e.Took.Seconds(), Digest: e.Digest, Bytes: e.Bytes,
	}
	if e.What == Progress {
		out.Done, out.Total = &e.Done, &e.Total
	}
	if e.Err != nil {
		out.Err = e.Err.Error()
	}
	return json.Marshal(out)
}
