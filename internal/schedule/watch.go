package schedule

import (
	"context"
	"errors"
	"time"
)

// Watch says what to watch and how.
type Watch struct {
	Load    func() (*Plan, error) // reads the file
	Changed func() bool           // whether it may be another one than Load read last; cheap

	// Run runs the experiment. When ctx ends it stops at a safe point, or at once if that takes long, and comes back
	// only then.
	Run func(ctx context.Context) Outcome

	Keep Keeper
	Now  func() time.Time // the wall clock, without a monotonic reading
	Tell func(Event)      // never called by two goroutines at a time
	Once bool             // begin with a run at once
}

// ErrStopped is that the schedule ended after a failure, as `on_failure: stop` says.
var ErrStopped = errors.New("stopped after a failure")

// errLimit is why a run is stopped that takes too long.
var errLimit = errors.New("over the limit")

// watch is a Watch that goes on.
type watch struct {
	Watch
	plan   *Plan
	state  State
	seen   time.Time // when the file was last looked at
	broken string    // what was last told of a file that can't be read
	told   time.Time

	done  chan Outcome            // of the run that goes on; nil if none does
	stop  context.CancelCauseFunc // ends it
	since time.Time               // its start, with a monotonic reading
	over  bool                    // it was stopped because of the limit
}

// Loop watches until ctx ends; a run that goes on is then stopped, and Loop comes back when it has. It gives ErrStopped
// after a failure where the schedule says so, and otherwise an error only if nothing could be begun.
func (c Watch) Loop(ctx context.Context) error {
	w := &watch{Watch: c}
	if err := w.begin(); err != nil {
		return err
	}
	for {
		now := w.Now()
		w.look(now)
		if !w.running() && w.state.Queued != nil && ctx.Err() == nil {
			w.start(ctx, now)
		}
		w.next(now)
		select {
		case <-ctx.Done():
			if w.running() {
				w.interrupted(<-w.done)
			}
			return nil
		case o := <-w.done:
			if ctx.Err() != nil {
				w.interrupted(o)
				return nil
			}
			if w.ended(o); o.failure() && w.plan.Stop {
				return w.giveUp()
			}
		case <-time.After(w.pause(now)):
		}
	}
}

// look sees what has changed since it last looked: the file, the clock, the run.
func (w *watch) look(now time.Time) {
	if w.Changed() {
		w.reread(now)
	}
	w.due(now)
	w.seen = now
	if w.running() && w.plan.Limit > 0 && !w.over && time.Since(w.since) >= w.plan.Limit {
		w.over = true
		w.tell(Event{What: Limit, Due: w.state.Running.Due, Text: "the run takes longer than " + length(w.plan.Limit) + ": it is stopped"})
		w.stop(errLimit)
	}
}

// reread reads the file again. One that can't be read changes nothing, and is told once.
func (w *watch) reread(now time.Time) {
	plan, err := w.Load()
	if err != nil {
		if w.broken != err.Error() {
			w.broken = err.Error()
			w.tell(Event{What: Broken, Err: err, Text: "the file can't be used as it is now; its schedule stays as it was"})
		}
		return
	}
	old := w.plan
	w.broken, w.plan = "", plan
	if old.Cron == plan.Cron && old.Timezone == plan.Timezone {
		return
	}
	w.state.Cron, w.state.Timezone, w.state.Handled = plan.Cron, plan.Timezone, w.edited(now)
	w.save()
	w.tell(Event{What: Changed, Text: "the file was edited: now " + plan.describe()})
}

// edited says when the edit was made that is seen now: the new due times count from then. It is between the last look and
// now, whatever the file's own time says: a copy may keep an old one.
func (w *watch) edited(now time.Time) time.Time {
	at := w.plan.Edited
	if at.Before(w.seen) {
		at = w.seen
	}
	if at.After(now) {
		at = now
	}
	return at
}

// next tells the next due time, once.
func (w *watch) next(now time.Time) {
	due := w.plan.Next(later(w.state.Handled, now))
	if !w.running() && !due.Equal(w.told) {
		w.told = due
		w.tell(Event{What: Waiting, Due: due, Text: "next run: " + w.show(due) + ", in " + length(due.Sub(now))})
	}
}

// pause says how long nothing can happen.
func (w *watch) pause(now time.Time) time.Duration {
	d := min(nap, w.plan.Next(later(w.state.Handled, now)).Sub(now))
	if w.running() && w.plan.Limit > 0 && !w.over {
		d = min(d, w.plan.Limit-time.Since(w.since))
	}
	return max(d, time.Millisecond)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (w *watch) tell(e Event) {
	e.Time = w.Now()
	w.Tell(e)
}

func (w *watch) save() {
	if err := w.state.write(w.Keep); err != nil {
		w.tell(Event{What: Warning, Err: err, Text: "the state of the schedule could not be kept; after a restart a run may be made twice or not at all"})
	}
}
