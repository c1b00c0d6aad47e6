package cli

import (
	"strings"
	"testing"

	"fashionpipe/dag"
)

// TestShowStagesInColumns: the columns stand under each other also behind names that are longer than theirs.
func TestShowStagesInColumns(t *testing.T) {
	r := &dag.RunRecord{Stages: []dag.StageRecord{
		{Name: "ours", State: dag.StateRan, Digest: dag.Digest(strings.Repeat("a", 64)), Bytes: 1},
		{Name: "encoder@stages.encoder.with.loss=vicreg,seed=3", State: dag.StateRan, Digest: dag.Digest(strings.Repeat("b", 64)), Bytes: 1},
	}}
	var b strings.Builder
	showStages(&b, r)
	var at []int
	for _, line := range strings.Split(b.String(), "\n") {
		if i := strings.Index(line, " ran "); i >= 0 {
			at = append(at, i)
		}
	}
	if len(at) != 2 || at[0] != at[1] || !strings.Contains(b.String(), r.Stages[1].Name+"\n") {
		t.Errorf("columns at %v:\n%s", at, b.String())
	}
}
