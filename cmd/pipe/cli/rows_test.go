package cli

import (
	"math"
	"strings"
	"testing"

	"fashionpipe/dag"
)

func TestRowsFitTheTerminal(t *testing.T) {
	rows := []row{
		{[]string{"images", "×8", "8 run"}, "first time"},
		{[]string{"encoder", "×108", "108 may run"}, "new variant: with.loss mse → vicreg, with.width 8 → 16, after images, photos"},
	}
	for _, tt := range []struct {
		width int
		want  string
	}{
		{math.MaxInt, "images   ×8    8 run        first time\nencoder  ×108  108 may run  " + rows[1].text + "\n"},
		{60, "images   ×8    8 run        first time\n" +
			"encoder  ×108  108 may run  new variant: with.loss mse →\n" +
			"                            vicreg, with.width 8 → 16, after\n" +
			"                            images, photos\n"},
	} {
		b := &strings.Builder{}
		if err := printRows(b, rows, tt.width); err != nil {
			t.Fatal(err)
		}
		if b.String() != tt.want {
			t.Errorf("width %d:\n%s", tt.width, b)
		}
	}
}

func TestGist(t *testing.T) {
	for text, want := range map[string]string{
		"one line":      "one line",
		"first\nsecond": "first",
		"ended. Printed:\n  Traceback\n  ValueError: no": "ended. Printed: ValueError: no",
	} {
		if got := gist(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestWhyEnded(t *testing.T) {
	for _, tt := range []struct {
		s    dag.StageRecord
		want string
	}{
		{dag.StageRecord{State: dag.StateRan, Reason: "first time"}, "first time"},
		{dag.StageRecord{State: dag.StateFailed, Reason: "forced", Error: "no folder\nmore"}, "forced  no folder"},
		{dag.StageRecord{State: dag.StateInterrupted, Reason: "first time", Error: "interrupt signal received"}, "first time"},
		{dag.StageRecord{State: dag.StateInterrupted, Error: "context canceled"}, "had not begun"},
	} {
		if got := whyEnded(tt.s); got != tt.want {
			t.Errorf("%+v: %q", tt.s, got)
		}
	}
}

// A plan of a sweep folds the variants of a stage, and says so where they run for different reasons.
func TestFoldedReasons(t *testing.T) {
	stage := func(name, base string, o dag.Outlook, why string) dag.PlannedStage {
		return dag.PlannedStage{Node: &dag.Node{Name: name, Base: base, Kind: &dag.Kind{}}, Outlook: o, Reason: why}
	}
	rows := foldPlanned(&dag.Plan{Stages: []dag.PlannedStage{
		stage("a@x=1", "a", dag.WillRun, "first time"), stage("a@x=2", "a", dag.WillRun, "first time"),
		stage("b@x=1", "b", dag.IsCached, ""), stage("b@x=2", "b", dag.WillRun, "first time"),
		stage("c@x=1", "c", dag.WillRun, "first time"), stage("c@x=2", "c", dag.WillRun, "first time, goes on from a checkpoint"),
	}})
	for i, want := range []string{"first time", "first time", "first time; other reasons: --each"} {
		if rows[i].text != want {
			t.Errorf("%v: %q, want %q", rows[i].cells, rows[i].text, want)
		}
	}
}
