package cli

import (
	"testing"

	"fashionpipe/dag"
)

// TestDescribe: of the live text before a bar, whole parts give way where the terminal is narrow.
func TestDescribe(t *testing.T) {
	e := dag.Event{Stage: "encoder", Unit: "images", Total: 2560, Live: "loss 21.25, recall@1 0.106, epoch 2/8, rank 78.6"}
	for _, c := range []struct {
		columns int
		want    string
	}{
		{120, "encoder (loss 21.25, recall@1 0.106, epoch 2/8, rank 78.6)"},
		{95, "encoder (loss 21.25, recall@1 0.106)"},
		{80, "encoder (loss 21.25)"},
		{40, "encoder"},
	} {
		if got := describe(e, c.columns); got != c.want {
			t.Errorf("%d columns: %q, want %q", c.columns, got, c.want)
		}
	}
	e.Live = ""
	if got := describe(e, 80); got != "encoder" {
		t.Errorf("without live text: %q", got)
	}
}
