package schedule

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fashionpipe/internal/cron"
)

// memory is a Keeper that can be read like a disk after the process is gone.
type memory struct{ b []byte }

func (m *memory) Read() ([]byte, error)    { return m.b, nil }
func (m *memory) Write(state []byte) error { m.b = slices.Clone(state); return nil }

// bench runs schedules by the clock of a synctest bubble, which begins at midnight of 1 January 2000.
type bench struct {
	t    *testing.T
	disk memory

	world sync.Mutex // held to change what is outside of the process
	plan  *Plan
	file  int   // how often it was edited
	read  int   // the same when it was last read
	err   error // of reading it
	skew  time.Duration

	mu    sync.Mutex
	lines []string // what was told and run, each with the time
	runs  int
	run   func(ctx context.Context, n int) Outcome
}

func newBench(t *testing.T, expr string) *bench {
	b := &bench{t: t, run: func(context.Context, int) Outcome { return OK }}
	b.edit(expr, func(*Plan) {})
	return b
}

func (b *bench) edit(expr string, change func(*Plan)) {
	times, err := cron.Parse(expr)
	if err != nil {
		b.t.Fatal(err)
	}
	next := func(after time.Time) time.Time { t, _ := times.Next(after, time.UTC); return t }
	p := &Plan{Cron: expr, Timezone: "UTC", Location: time.UTC, Next: next, Edited: time.Now().Round(0).UTC().Add(b.skew)}
	change(p)
	b.plan, b.file = p, b.file+1
}

// after changes the world some time from now.
func (b *bench) after(d time.Duration, change func()) {
	go func() {
		time.Sleep(d)
		b.world.Lock()
		defer b.world.Unlock()
		change()
	}()
}

func (b *bench) now() time.Time {
	b.world.Lock()
	defer b.world.Unlock()
	return time.Now().Round(0).UTC().Add(b.skew)
}

func (b *bench) load() (*Plan, error) {
	b.world.Lock()
	defer b.world.Unlock()
	b.read = b.file
	return b.plan, b.err
}

func (b *bench) changed() bool {
	b.world.Lock()
	defer b.world.Unlock()
	return b.file != b.read
}

func (b *bench) say(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lines = append(b.lines, b.now().Format("02 15:04:05 ")+fmt.Sprintf(format, args...))
}

func (b *bench) watch() Watch {
	return Watch{
		Load: b.load, Changed: b.changed, Keep: &b.disk, Now: b.now,
		Run: func(ctx context.Context) Outcome {
			b.mu.Lock()
			b.runs++
			n := b.runs
			b.mu.Unlock()
			return b.run(ctx, n)
		},
		Tell: func(e Event) {
			if e.What != Waiting {
				b.say("%s", e.Text)
			}
		},
	}
}

// takes is a run of some length that stops when it is told to.
func takes(ctx context.Context, d time.Duration, o Outcome) Outcome {
	select {
	case <-time.After(d):
		return o
	case <-ctx.Done():
		return Interrupted
	}
}

// watchFor watches for some time.
func (b *bench) watchFor(d time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	return b.watch().Loop(ctx)
}

func (b *bench) want(lines ...string) {
	b.t.Helper()
	got := strings.ReplaceAll(strings.Join(b.lines, "\n"), "Jan 2000", "")
	if want := strings.Join(lines, "\n"); got != want {
		b.t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	b.lines = nil
}

func bubble(t *testing.T, expr string, f func(b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { f(newBench(t, expr)) })
}

func TestRunsWhenDue(t *testing.T) {
	bubble(t, "0 3 * * *", func(b *bench) {
		b.run = func(ctx context.Context, n int) Outcome {
			return takes(ctx, 20*time.Minute, []Outcome{OK, Failed, Gate}[n-1])
		}
		if err := b.watchFor(72 * time.Hour); err != nil {
			t.Error(err)
		}
		b.want("01 03:00:00 run due Sat 2000-01-01 03:00 UTC starts",
			"01 03:20:00 run due Sat 2000-01-01 03:00 UTC ended after 20m: fine",
			"02 03:00:00 run due Sun 2000-01-02 03:00 UTC starts",
			"02 03:20:00 run due Sun 2000-01-02 03:00 UTC ended after 20m: FAILED",
			"03 03:00:00 run due Mon 2000-01-03 03:00 UTC starts",
			"03 03:20:00 run due Mon 2000-01-03 03:00 UTC ended after 20m: finished, but a quality gate FAILED")
	})
}

func (b *bench) mustWatch(d time.Duration) {
	b.t.Helper()
	if err := b.watchFor(d); err != nil {
		b.t.Error(err)
	}
}
