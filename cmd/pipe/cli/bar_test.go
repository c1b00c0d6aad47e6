package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
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
	for _, c := range []struct {
		columns     int
		rate, clock bool
	}{{60, true, true}, {50, false, true}, {40, false, false}} {
		if _, rate, clock := room(e, c.columns); rate != c.rate || clock != c.clock {
			t.Errorf("%d columns: rate %v, clock %v", c.columns, rate, clock)
		}
	}
	if got := describe(dag.Event{Stage: "encoder@grid=3x3,seed=1", Total: 2560}, 40); got != "encoder@g…x3,seed=1" {
		t.Errorf("a long name: %q", got)
	}
	e.Live = ""
	if got := describe(e, 80); got != "encoder" {
		t.Errorf("without live text: %q", got)
	}
}

// TestBarAndALibrary: a line that a library prints to the terminal by itself stands there whole, and nothing of a bar stays.
func TestBarAndALibrary(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "terminal"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const logged = "E0000 00:00:1796041063.148421   26514 cuda_timer.cc:87] Delay kernel timed out: measured time has sub-optimal accuracy."
	b := newBar(f)
	b.start("encoder")
	e := dag.Event{Stage: "encoder", Unit: "images", Done: 40, Total: 2560, Live: "loss 21.25, recall@1 0.106"}
	b.progress(e)
	if shown := terminal(t, f); len(shown) != 1 || !strings.HasPrefix(shown[0], "encoder (loss 21.25") {
		t.Errorf("no bar: %q", shown)
	}
	fmt.Fprintln(f, logged)
	e.Done = 80
	b.progress(e)
	b.end("encoder")
	fmt.Fprintln(f, "encoder  ran")
	if shown, want := terminal(t, f), []string{strings.TrimRight(logged[:80], " "), logged[80:], "encoder  ran"}; !slices.Equal(shown, want) {
		t.Errorf("on the terminal:\n%s\nwant\n%s", strings.Join(shown, "\n"), strings.Join(want, "\n"))
	}
}

// terminal gives what 80 columns show of a file, without what is blank at the ends of lines.
func terminal(t *testing.T, f *os.File) []string {
	t.Helper()
	text, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	screen, at := [][]rune{nil}, 0
	for _, r := range string(text) {
		line := len(screen) - 1
		switch {
		case r == '\r':
			at = 0
			continue
		case r == '\n' || at == 80:
			screen, at = append(screen, nil), 0
			line++
		}
		if r == '\n' {
			continue
		}
		for len(screen[line]) <= at {
			screen[line] = append(screen[line], ' ')
		}
		screen[line][at] = r
		at++
	}
	var shown []string
	for _, line := range screen {
		shown = append(shown, strings.TrimRight(string(line), " "))
	}
	return slices.DeleteFunc(shown, func(line string) bool { return line == "" })
}
