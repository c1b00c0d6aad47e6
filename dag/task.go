package dag

import (
	"fmt"

	"fashionpipe/dag/store"
)

// Digest is the SHA-256 of an artifact or a file, in hexadecimal.
type Digest = store.Digest

// Artifact is a handle on what a stage made.
type Artifact struct {
	Type   Type
	Digest Digest
	Dir    string // the folder that holds its files; read only
	Source string // where the relative paths of a catalogue start; "" unless the stage that made it is a Locator
}

// Inputs are the artifacts connected to a stage, by port, in the order the experiment lists them.
type Inputs map[string][]Artifact

// One gives the artifact at a port that takes one, and whether there is one.
func (in Inputs) One(port string) (Artifact, bool) {
	if len(in[port]) == 0 {
		return Artifact{}, false
	}
	return in[port][0], true
}

// Task is all that a stage gets to work with.
type Task struct {
	In      Inputs
	Out     string // an empty folder; what lies in it when Run returns nil becomes the artifact
	Scratch string // a folder that outlives a kill, the same for the same key; exists; removed once the stage is done
	Seed    uint64 // 0 unless the stage UsesSeed
	Workers int    // how many goroutines to compute with; never changes the result
	Backend string // the backend setting ("auto", "cpu", "xla", …); "" unless the stage UsesBackend or Offloads
	Devices []int  // GPUs that are its own while it runs, counted from 0 among those this process may use
	Files   Files
	Report  Reporter

	// Borrow takes a GPU that is free at this moment, to be the stage's own until it ends; ok is false where none is. It
	// is nil where the stage is not to ask: it doesn't Offload, the backend has no GPUs, or the experiment says how many
	// it gets.
	Borrow func() (device int, ok bool)

	// Previous are earlier results of the same work on other content, a few, those that share most with the content now
	// first; empty unless the stage is Incremental, and where it is forced to run.
	Previous []Previous
}

// Reporter takes what a stage has to tell while it runs. It may be called from several goroutines.
type Reporter interface {
	// Start begins a phase of total units ("photos", "steps"); total is -1 where it is not known. A stage may have
	// several phases, one after the other.
	Start(total int, unit string)
	// Add says that n more units are done.
	Add(n int)
	// Live sets the short text beside the bar: "loss 0.0123".
	Live(text string)
	// Note keeps something for the record: it is shown now, at the end of the run, and again when the stage is
	// served from the cache.
	Note(n Note)
	// Say tells something of this run only (the device it computes on, a checkpoint that could not be used): it is
	// shown now and is in the run's log, and a cached stage does not say it again.
	Say(text string)
}

// Level says what a note is.
type Level string

// The levels of a note.
const (
	Result  Level = "result"  // one of the few numbers that matter
	Warning Level = "warning" // something a person should know: rejected photos, queries without a positive
	Gate    Level = "gate"    // a quality gate that failed: the artifact stands, the run ends with exit code 3
)

// Note is something a stage says about its result. It must be as deterministic as the result itself; what is not goes
// through Task.Sayf.
type Note struct {
	Level Level  `json:"level"`
	Name  string `json:"name"` // "recall@1 (category)", "rejected", "collapse": what `allow:` names for a gate
	Text  string `json:"text"` // "0.612 [0.580, 0.644]"
}

// Resultf notes one of the few numbers that matter.
func (t *Task) Resultf(name, format string, args ...any) { t.note(Result, name, format, args) }

// Warnf notes something a person should know.
func (t *Task) Warnf(name, format string, args ...any) { t.note(Warning, name, format, args) }

// Gatef notes a quality gate that failed. The artifact is kept and later stages run; the run ends with exit code 3
// unless the experiment says `allow: [name]` for the stage.
func (t *Task) Gatef(name, format string, args ...any) { t.note(Gate, name, format, args) }

// Sayf tells something of this run only, see Reporter.Say.
func (t *Task) Sayf(format string, args ...any) { t.Report.Say(fmt.Sprintf(format, args...)) }

func (t *Task) note(l Level, name, format string, args []any) {
	t.Report.Note(Note{Level: l, Name: name, Text: fmt.Sprintf(format, args...)})
}
