package dag

import (
	"time"

	"fashionpipe/dag/store"
)

// Outlook says what a run would do with a stage.
type Outlook string

// The outlooks.
const (
	IsCached  Outlook = "cached"  // its result is there
	WillRun   Outlook = "run"     // it isn't
	MayRun    Outlook = "may run" // an input runs first, or something is downloaded; if that gives the same bytes as before, this stage stays cached
	CannotRun Outlook = "can't run"
)

// Plan is what a run would do.
type Plan struct {
	Stages   []PlannedStage // in the order of the graph
	GPUs     int            // there are
	Lacks    []string       // of what stages ask for and there is too little; a run says it too
	Warnings []string       // of the store: a damaged memory of digests, say; whoever asks next doesn't hear them again
}

// PlannedStage is what a run would do with one stage.
type PlannedStage struct {
	Node    *Node
	Outlook Outlook
	Reason  string        // why it runs or may run: "first time", "with.epochs 5 → 10"; "" if cached
	Err     error         // why it can't run: a folder that isn't there
	Key     Digest        // "" where an input must run first
	Digest  Digest        // of the artifact, if cached
	Bytes   int64         // of the artifact, if cached
	Took    time.Duration // what the work took when it was done, if cached
	GPUs    int           // it will have to itself, if it is not cached
	Expect  time.Duration // if it is not cached: what it may take, from earlier runs of it or of its variants; 0 if none is known

	ExpectOther bool // Expect is what it took with other parameters
}

// inputsOf gathers the artifacts connected to a node.
func inputsOf(n *Node, artifact func(name string) Artifact) Inputs {
	in := Inputs{}
	for port, names := range n.In {
		for _, name := range names {
			in[port] = append(in[port], artifact(name))
		}
	}
	return in
}

func artifactOf(n *Node, hit *store.Hit, source string) Artifact {
	return Artifact{Type: n.Out(), Digest: hit.Record.Artifact, Dir: hit.Dir, Source: source}
}
