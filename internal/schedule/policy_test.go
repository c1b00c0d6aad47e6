package schedule

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func (b *bench) long(d time.Duration) {
	b.run = func(ctx context.Context, _ int) Outcome { return takes(ctx, d, OK) }
}

func TestOverlapSkips(t *testing.T) {
	bubble(t, "0 * * * *", func(b *bench) {
		b.long(150 * time.Minute)
		b.mustWatch(5*time.Hour - time.Minute)
		b.want("01 01:00:00 run due Sat 2000-01-01 01:00 UTC starts",
			"01 02:00:00 due Sat 2000-01-01 02:00 UTC: skipped, the run due Sat 2000-01-01 01:00 UTC is still going on",
			"01 03:00:00 due Sat 2000-01-01 03:00 UTC: skipped, the run due Sat 2000-01-01 01:00 UTC is still going on",
			"01 03:30:00 run due Sat 2000-01-01 01:00 UTC ended after 2h30m: fine",
			"01 04:00:00 run due Sat 2000-01-01 04:00 UTC starts",
			"01 04:59:00 run due Sat 2000-01-01 04:00 UTC ended after 59m: interrupted")
	})
}

func TestOverlapQueuesOne(t *testing.T) {
	bubble(t, "0 * * * *", func(b *bench) {
		b.plan.Queue = true
		b.run = func(ctx context.Context, n int) Outcome {
			return takes(ctx, []time.Duration{150 * time.Minute, time.Minute}[min(n-1, 1)], OK)
		}
		b.mustWatch(4*time.Hour + time.Second)
		b.want("01 01:00:00 run due Sat 2000-01-01 01:00 UTC starts",
			"01 02:00:00 due Sat 2000-01-01 02:00 UTC: waits until the run due Sat 2000-01-01 01:00 UTC has ended",
			"01 03:00:00 due Sat 2000-01-01 03:00 UTC: waits until the run due Sat 2000-01-01 01:00 UTC has ended",
			"01 03:30:00 run due Sat 2000-01-01 01:00 UTC ended after 2h30m: fine",
			"01 03:30:00 run due Sat 2000-01-01 03:00 UTC starts, 30m late",
			"01 03:31:00 run due Sat 2000-01-01 03:00 UTC ended after 1m0s: fine",
			"01 04:00:00 run due Sat 2000-01-01 04:00 UTC starts",
			"01 04:00:01 run due Sat 2000-01-01 04:00 UTC ended after 1s: interrupted")
	})
}

func TestCatchUpAfterDowntime(t *testing.T) {
	for policy, want := range map[string][]string{
		"none": {"04 12:00:00 3 due times passed unwatched, the last Tue 2000-01-04 03:00 UTC: not run (catch_up: none)"},
		"last": {"04 12:00:00 3 due times passed unwatched, the last Tue 2000-01-04 03:00 UTC: run now (catch_up: last)",
			"04 12:00:00 run due Tue 2000-01-04 03:00 UTC starts, 9h0m late",
			"04 12:00:00 run due Tue 2000-01-04 03:00 UTC ended after 0s: fine"},
	} {
		bubble(t, "0 3 * * *", func(b *bench) {
			b.plan.CatchUp = policy == "last"
			b.mustWatch(12 * time.Hour)
			b.lines = nil
			time.Sleep(3 * 24 * time.Hour)
			b.mustWatch(time.Hour)
			b.want(want...)
			b.mustWatch(time.Hour)
			b.want() // and nothing more the next time
		})
	}
}

func TestTheFirstStartMissesNothing(t *testing.T) {
	bubble(t, "* * * * *", func(b *bench) {
		b.plan.CatchUp = true
		b.mustWatch(30 * time.Second)
		b.want()
	})
}

func TestADayOfMissedMinutes(t *testing.T) {
	bubble(t, "* * * * *", func(b *bench) {
		b.mustWatch(time.Second)
		time.Sleep(24 * time.Hour)
		b.mustWatch(time.Second)
		// 24 hours and a second later it is 00:00:01, and the last of them is on time
		b.want("02 00:00:01 at least 999 due times passed unwatched; the last is now",
			"02 00:00:01 run due Sun 2000-01-02 00:00 UTC starts",
			"02 00:00:01 run due Sun 2000-01-02 00:00 UTC ended after 0s: fine")
	})
}

// A process that was killed leaves what it wrote last: the run it had begun.
func TestCutOff(t *testing.T) {
	for policy, want := range map[string][]string{
		"none": {"01 00:00:00 the run due Fri 1999-12-31 22:00 UTC was cut off or did not begin: not run again (catch_up: none)"},
		"last": {"01 00:00:00 the run due Fri 1999-12-31 22:00 UTC was cut off or did not begin: run now (catch_up: last)",
			"01 00:00:00 run due Fri 1999-12-31 22:00 UTC starts, 2h0m late",
			"01 00:00:00 run due Fri 1999-12-31 22:00 UTC ended after 0s: fine"},
	} {
		for name, left := range map[string]string{
			"running": `"running": {"due": "1999-12-31T22:00:00Z", "started": "1999-12-31T22:00:00Z"}`,
			"queued":  `"queued": "1999-12-31T22:00:00Z"`,
		} {
			bubble(t, "0 22 * * *", func(b *bench) {
				b.plan.CatchUp = policy == "last"
				b.disk.b = []byte(`{"cron": "0 22 * * *", "timezone": "UTC", "handled": "1999-12-31T22:00:00Z", ` + left + `}`)
				b.mustWatch(time.Hour)
				b.want(want...)
				b.mustWatch(time.Hour)
				b.want()
				if s := string(b.disk.b); strings.Contains(s, "running") || strings.Contains(s, "queued") {
					t.Errorf("%s: left in the state: %s", name, s)
				}
			})
		}
	}
}

func TestInterruptedRunIsMadeAgain(t *testing.T) {
	bubble(t, "0 3 * * *", func(b *bench) {
		b.plan.CatchUp = true
		b.long(time.Hour)
		b.mustWatch(3*time.Hour + 10*time.Minute)
		b.mustWatch(2 * time.Hour)
		b.want("01 03:00:00 run due Sat 2000-01-01 03:00 UTC starts",
			"01 03:10:00 run due Sat 2000-01-01 03:00 UTC ended after 10m: interrupted",
			"01 03:10:00 the run due Sat 2000-01-01 03:00 UTC was cut off or did not begin: run now (catch_up: last)",
			"01 03:10:00 run due Sat 2000-01-01 03:00 UTC starts, 10m late",
			"01 04:10:00 run due Sat 2000-01-01 03:00 UTC ended after 1h0m: fine")
	})
}

func TestLimit(t *testing.T) {
	bubble(t, "0 3 * * *", func(b *bench) {
		b.plan.Limit = 90 * time.Minute
		b.long(2 * time.Hour)
		b.mustWatch(6 * time.Hour)
		b.want("01 03:00:00 run due Sat 2000-01-01 03:00 UTC starts",
			"01 04:30:00 the run takes longer than 1h30m: it is stopped",
			"01 04:30:00 run due Sat 2000-01-01 03:00 UTC ended after 1h30m: FAILED: stopped at its limit")
		if !strings.Contains(string(b.disk.b), `"outcome": "limit"`) {
			t.Errorf("the state is %s", b.disk.b)
		}
	})
}

func TestStopsAfterAFailure(t *testing.T) {
	bubble(t, "0 3 * * *", func(b *bench) {
		b.plan.Stop = true
		b.run = func(_ context.Context, n int) Outcome { return []Outcome{Gate, Failed}[n-1] }
		if err := b.watchFor(72 * time.Hour); !errors.Is(err, ErrStopped) {
			t.Errorf("the error is %v", err)
		}
		b.want("01 03:00:00 run due Sat 2000-01-01 03:00 UTC starts",
			"01 03:00:00 run due Sat 2000-01-01 03:00 UTC ended after 0s: finished, but a quality gate FAILED",
			"02 03:00:00 run due Sun 2000-01-02 03:00 UTC starts",
			"02 03:00:00 run due Sun 2000-01-02 03:00 UTC ended after 0s: FAILED",
			"02 03:00:00 stopped after a failure (on_failure: stop); start it again when it is mended")
	})
}

// A machine that sleeps over a due time is like a process that was not there.
func TestSuspend(t *testing.T) {
	bubble(t, "0 3 * * *", func(b *bench) {
		b.after(2*time.Hour+time.Second, func() { b.skew = 5 * time.Hour })
		b.mustWatch(4 * time.Hour)
		b.want("01 07:01:00 a due time passed unwatched, the last Sat 2000-01-01 03:00 UTC: not run (catch_up: none)")
	})
}

func TestClockPutBack(t *testing.T) {
	bubble(t, "0 3 * * *", func(b *bench) { // by an hour: it does not run twice
		b.after(3*time.Hour+30*time.Minute+time.Second, func() { b.skew = -time.Hour })
		b.mustWatch(12 * time.Hour)
		if b.runs != 1 {
			t.Errorf("%d runs", b.runs)
		}
	})
	bubble(t, "0 3 * * *", func(b *bench) { // it was a year wrong: no year without runs
		b.skew = 365 * 24 * time.Hour
		b.after(6*time.Hour+30*time.Minute+time.Second, func() { b.skew = 0 })
		b.mustWatch(30 * time.Hour)
		if b.runs != 2 {
			t.Errorf("%d runs, want one in the wrong year and one in the right one", b.runs)
		}
	})
}

func TestEdits(t *testing.T) {
	bubble(t, "0 3 * * *", func(b *bench) {
		b.after(time.Hour+time.Second, func() { b.edit("30 1 * * *", func(*Plan) {}) }) // before the next due time
		b.after(2*time.Hour+time.Second, func() { b.err, b.file = errors.New("bad file"), b.file+1 })
		b.after(26*time.Hour+time.Second, func() { // a run was due meanwhile, and failed by itself
			b.err = nil
			b.edit("30 1 * * *", func(p *Plan) { p.Stop = true })
		})
		b.run = func(context.Context, int) Outcome {
			if _, err := b.load(); err != nil {
				return Wrong
			}
			return OK
		}
		b.mustWatch(50 * time.Hour)
		b.want("01 01:01:00 the file was edited: now `30 1 * * *` in UTC",
			"01 01:30:00 run due Sat 2000-01-01 01:30 UTC starts",
			"01 01:30:00 run due Sat 2000-01-01 01:30 UTC ended after 0s: fine",
			"01 02:01:00 the file can't be used as it is now; its schedule stays as it was",
			"02 01:30:00 run due Sun 2000-01-02 01:30 UTC starts",
			"02 01:30:00 run due Sun 2000-01-02 01:30 UTC ended after 0s: FAILED: the experiment is wrong or could not be started",
			"03 01:30:00 run due Mon 2000-01-03 01:30 UTC starts",
			"03 01:30:00 run due Mon 2000-01-03 01:30 UTC ended after 0s: fine")
	})
}

// An edit that does not show (the same size and the same time) is seen before the run.
func TestHiddenEdit(t *testing.T) {
	bubble(t, "0 3 * * *", func(b *bench) {
		b.after(time.Hour+time.Second, func() {
			b.edit("0 4 * * *", func(*Plan) {})
			b.read = b.file
		})
		b.mustWatch(5 * time.Hour)
		b.want("01 03:00:00 the file was edited: now `0 4 * * *` in UTC",
			"01 04:00:00 run due Sat 2000-01-01 04:00 UTC starts",
			"01 04:00:00 run due Sat 2000-01-01 04:00 UTC ended after 0s: fine")
	})
}

// An edit is noticed only when the watch wakes up, which may be at the very moment that the new times are due.
func TestAnEditJustBeforeADueTime(t *testing.T) {
	bubble(t, "0 3 * * *", func(b *bench) { // a due time that stays
		b.after(3*time.Hour-10*time.Second, func() { b.edit("0 3 * * sat", func(*Plan) {}) })
		b.mustWatch(4 * time.Hour)
		b.want("01 03:00:00 the file was edited: now `0 3 * * sat` in UTC",
			"01 03:00:00 run due Sat 2000-01-01 03:00 UTC starts",
			"01 03:00:00 run due Sat 2000-01-01 03:00 UTC ended after 0s: fine")
	})
	bubble(t, "0 9 * * *", func(b *bench) { // a new one
		b.after(3*time.Hour-time.Second, func() { b.edit("0 3 * * *", func(*Plan) {}) })
		b.mustWatch(4 * time.Hour)
		b.want("01 03:00:00 the file was edited: now `0 3 * * *` in UTC",
			"01 03:00:00 run due Sat 2000-01-01 03:00 UTC starts",
			"01 03:00:00 run due Sat 2000-01-01 03:00 UTC ended after 0s: fine")
	})
	bubble(t, "0 3 * * *", func(b *bench) { // one that is taken away
		b.after(3*time.Hour-time.Second, func() { b.edit("0 9 * * *", func(*Plan) {}) })
		b.mustWatch(4 * time.Hour)
		b.want("01 03:00:00 the file was edited: now `0 9 * * *` in UTC")
	})
	bubble(t, "0 9 * * *", func(b *bench) { // one that had passed when the file was edited
		b.after(3*time.Hour+10*time.Second, func() { b.edit("0 3 * * *", func(*Plan) {}) })
		b.mustWatch(4 * time.Hour)
		b.want("01 03:01:00 the file was edited: now `0 3 * * *` in UTC")
	})
}

// A file put in place by a copy that keeps its time, or with a time that is yet to come, was edited since the last look.
func TestEditsWithAnotherTime(t *testing.T) {
	for _, ago := range []time.Duration{100 * 24 * time.Hour, -time.Hour} {
		bubble(t, "0 9 * * *", func(b *bench) {
			b.after(4*time.Hour+time.Second, func() {
				b.edit("0 3 * * *", func(p *Plan) { p.Edited, p.CatchUp = p.Edited.Add(-ago), true })
			})
			b.mustWatch(30 * time.Hour)
			b.want("01 04:01:00 the file was edited: now `0 3 * * *` in UTC",
				"02 03:00:00 run due Sun 2000-01-02 03:00 UTC starts",
				"02 03:00:00 run due Sun 2000-01-02 03:00 UTC ended after 0s: fine")
		})
	}
}

// A schedule with other times than before the restart catches nothing up.
func TestEditWhileDown(t *testing.T) {
	bubble(t, "0 3 * * *", func(b *bench) {
		b.mustWatch(time.Hour)
		b.edit("0 2 * * *", func(p *Plan) { p.CatchUp = true })
		time.Sleep(12 * time.Hour)
		b.mustWatch(time.Hour)
		b.want()
	})
}

type fullDisk struct{ memory }

func (*fullDisk) Write([]byte) error { return errors.New("no space") }

func TestStateThatCannotBeKept(t *testing.T) {
	bubble(t, "0 3 * * *", func(b *bench) {
		w := b.watch()
		w.Keep = &fullDisk{}
		if err := w.Loop(context.Background()); err == nil || err.Error() != "no space" {
			t.Errorf("begun all the same: %v", err)
		}
		b.disk.b = []byte("{")
		if err := b.watchFor(time.Hour); err == nil {
			t.Error("a damaged state was taken")
		}
	})
}

func TestRunsAtOnce(t *testing.T) {
	bubble(t, "0 3 * * *", func(b *bench) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
		defer cancel()
		w := b.watch()
		w.Once = true
		if err := w.Loop(ctx); err != nil {
			t.Error(err)
		}
		b.want("01 00:00:00 run due Sat 2000-01-01 00:00 UTC starts", "01 00:00:00 run due Sat 2000-01-01 00:00 UTC ended after 0s: fine")
	})
}
