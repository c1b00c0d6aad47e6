package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

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

// TestBarKeepsItsLine: on a terminal of any width no picture of a bar is wider than that, also one without a total, and
// nothing draws once the stage has ended.
func TestBarKeepsItsLine(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	for _, columns := range []int{30, 40, 60, 80, 100} {
		for _, total := range []int{2560, -1} {
			far, f := openTerminal(t, columns)
			b := newBar(f)
			b.start("encoder")
			for done := 40; done < 2560; done += 500 {
				b.widget = nil // each a first picture: later ones may be left out
				b.shown = ""
				b.progress(dag.Event{Stage: "encoder", Unit: "images", Done: done, Total: total, Live: "loss 21.25, recall@1 0.106"})
			}
			b.end("encoder")
			fmt.Fprint(f, "end\n")
			var text strings.Builder
			for buf := make([]byte, 4096); !strings.Contains(text.String(), "end"); {
				n, err := far.Read(buf)
				if err != nil {
					t.Fatal(err)
				}
				text.Write(buf[:n])
			}
			for _, line := range strings.FieldsFunc(text.String(), func(r rune) bool { return r == '\r' || r == '\n' }) {
				if n := utf8.RuneCountInString(line); n > columns {
					t.Errorf("%d columns: %d in %q", columns, n, line)
				}
			}
		}
	}
}

// openTerminal gives both ends of a pseudo-terminal of so many columns; a program writes to the near one.
func openTerminal(t *testing.T, columns int) (far, near *os.File) {
	t.Helper()
	far, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	t.Cleanup(func() { far.Close() })
	fd := int(far.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	near, err = os.OpenFile(fmt.Sprint("/dev/pts/", n), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { near.Close() })
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: uint16(columns)}); err != nil {
		t.Fatal(err)
	}
	return far, near
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
