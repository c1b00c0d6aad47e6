package cli

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"fashionpipe/dag"
)

// progressEvery is the least time between two pictures of a bar.
const progressEvery = 80 * time.Millisecond

// bar is the one progress bar of a terminal. It shows the stage that has run longest; when that ends, the next. All its
// methods do nothing on a nil bar, which is what output to a pipe has.
type bar struct {
	f       *os.File
	running []string             // stages, the longest running first
	last    map[string]dag.Event // their latest progress
	shown   string               // the stage and phase the widget is for
	widget  *progressbar.ProgressBar
}

func newBar(f *os.File) *bar { return &bar{f: f, last: map[string]dag.Event{}} }

func (b *bar) start(stage string) {
	if b != nil {
		b.running = append(b.running, stage)
	}
}

func (b *bar) progress(e dag.Event) {
	if b == nil {
		return
	}
	b.last[e.Stage] = e
	if i := slices.IndexFunc(b.running, b.hasProgress); i >= 0 {
		b.draw(b.last[b.running[i]])
	}
}

func (b *bar) hasProgress(stage string) bool { _, ok := b.last[stage]; return ok }

func (b *bar) end(stage string) {
	if b == nil {
		return
	}
	b.running = slices.DeleteFunc(b.running, func(s string) bool { return s == stage })
	delete(b.last, stage)
	b.hide()
}

// columns is the width of the terminal, 80 where it doesn't tell.
func (b *bar) columns() int {
	if w, _, err := term.GetSize(int(b.f.Fd())); err == nil && w > 0 {
		return w
	}
	return 80
}

// hide takes the bar off the screen, for a line to be printed in its place.
func (b *bar) hide() {
	if b != nil && b.widget != nil {
		_ = b.widget.Clear() // a lost bar is no reason to stop
	}
}

func (b *bar) draw(e dag.Event) {
	if phase := e.Stage + "\x00" + e.Unit; b.shown != phase {
		b.hide()
		b.shown, b.widget = phase, b.newWidget(e)
	}
	b.widget.Describe(describe(e, b.columns()))
	_ = b.widget.Set(e.Done)
	fmt.Fprint(b.f, "\r") // what a library prints by itself, as XLA does its log, then goes over the bar and not behind it
}

// The longest that stand behind a bar, beside the count.
const (
	longestClock = " [10m20s:10m20s]"
	longestRate  = ", 12345 %s/s"
)

// room says which numbers a line has room for behind its bar, besides the count, and how much is left for what stands before
// it. A line that is longer than the terminal could not be drawn over.
func room(e dag.Event, columns int) (left int, rate, clock bool) {
	left = columns - len(fmt.Sprintf("  100%% || (%d/%d)", e.Total, e.Total))
	name := utf8.RuneCountInString(short(e.Stage, 32))
	if clock = left-len(longestClock) >= name; clock {
		left -= len(longestClock)
		perSecond := len(fmt.Sprintf(longestRate, e.Unit))
		if rate = left-perSecond >= name; rate {
			left -= perSecond
		}
	}
	return left, rate, clock
}

// describe is what stands before the bar: the stage, and of its live text, whose parts are parted by commas, those from the front
// that there is room for.
func describe(e dag.Event, columns int) string {
	left, _, _ := room(e, columns)
	name := short(e.Stage, min(32, max(left, 3)))
	parts := strings.Split(e.Live, ", ")
	for n := len(parts); n > 0 && e.Live != ""; n-- {
		text := name + " (" + strings.Join(parts[:n], ", ") + ")"
		if utf8.RuneCountInString(text) <= left {
			return text
		}
	}
	return name
}

func (b *bar) newWidget(e dag.Event) *progressbar.ProgressBar {
	_, rate, clock := room(e, b.columns())
	options := []progressbar.Option{
		progressbar.OptionSetWriter(b.f), // itself, for the bar to be as wide as its terminal allows
		progressbar.OptionSetWidth(14),
		progressbar.OptionShowCount(),
		progressbar.OptionSetItsString(e.Unit),
		progressbar.OptionSetElapsedTime(clock),
		progressbar.OptionSetPredictTime(clock),
		progressbar.OptionThrottle(progressEvery),
		progressbar.OptionSpinnerType(14),
		progressbar.OptionSetSpinnerChangeInterval(0), // else it goes on drawing when its stage has ended
		progressbar.OptionClearOnFinish(),
	}
	if rate {
		options = append(options, progressbar.OptionShowIts())
	}
	return progressbar.NewOptions(e.Total, options...)
}
