package cli

import (
	"encoding/json"
	"io"
	"slices"

	"fashionpipe/dag"
)

// planJSON prints a line per stage and one for all.
func planJSON(w io.Writer, p *dag.Plan) error {
	enc := json.NewEncoder(w)
	for _, s := range p.Stages {
		line := struct {
			Event   string      `json:"event"` // planned
			Stage   string      `json:"stage"`
			Kind    string      `json:"kind"`
			Outlook dag.Outlook `json:"outlook"`
			Reason  string      `json:"reason,omitempty"`
			Error   string      `json:"error,omitempty"`
			Key     dag.Digest  `json:"key,omitempty"`
			Digest  dag.Digest  `json:"digest,omitempty"`
			Bytes   int64       `json:"bytes,omitempty"`
			Took    float64     `json:"took,omitempty"`         // seconds, if cached
			GPUs    int         `json:"gpus,omitempty"`         // it will have to itself, if not cached
			Expect  float64     `json:"expect,omitempty"`       // seconds it may take, as earlier runs took
			Other   bool        `json:"expect_other,omitempty"` // expect is what it took with other parameters
		}{"planned", s.Node.Name, s.Node.Kind.Name, s.Outlook, s.Reason, "", s.Key, s.Digest, s.Bytes, s.Took.Seconds(), s.GPUs, s.Expect.Seconds(), s.ExpectOther}
		if s.Err != nil {
			line.Error = s.Err.Error()
		}
		if err := enc.Encode(line); err != nil {
			return err
		}
	}
	n := count(p.Stages)
	err := enc.Encode(struct {
		Event     string   `json:"event"` // plan
		Stages    int      `json:"stages"`
		Cached    int      `json:"cached"`
		Run       int      `json:"run"`
		MayRun    int      `json:"may_run"`
		CannotRun int      `json:"cannot_run"`
		Warnings  []string `json:"warnings,omitempty"`
	}{"plan", len(p.Stages), n[dag.IsCached], n[dag.WillRun], n[dag.MayRun], n[dag.CannotRun], slices.Concat(p.Lacks, p.Warnings)})
	if err == nil && n[dag.CannotRun] > 0 {
		return exit(exitWrong)
	}
	return err
}
