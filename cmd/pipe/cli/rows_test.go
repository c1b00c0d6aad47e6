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
