package schedule

import (
	"context"
	"time"
)

func (w *watch) running() bool { return w.done != nil }

// start begins the run that is queued.
func (w *watch) start(ctx context.Context, now time.Time) {
	due := *w.state.Queued
	w.state.Queued, w.state.Running = nil, &Run{Due: due, Started: now}
	w.save() // before the run: whoever finds it there later knows that it was cut off
	text := "run due " + w.show(due) + " starts"
	if late := now.Sub(due); late > onTime {
		text += ", " + length(late) + " late"
	}
	w.tell(Event{What: Started, Due: due, Text: text})
	ctx, w.stop = context.WithCancelCause(ctx)
	w.done, w.since, w.over = make(chan Outcome, 1), time.Now(), false
	go func(done chan<- Outcome) { done <- w.Run(ctx) }(w.done)
}

// ended keeps and tells how the run ended.
func (w *watch) ended(o Outcome) {
	if w.over && o.failure() {
		o = OverLimit
	}
	w.stop(nil)
	r := *w.state.Running
	r.Ended, r.Outcome = w.Now(), o
	w.done, w.state.Running, w.state.Last = nil, nil, &r
	w.told = time.Time{} // say again when the next one is
	w.save()
	took := time.Since(w.since)
	w.tell(Event{What: Ended, Due: r.Due, Outcome: o, Took: took, Text: "run due " + w.show(r.Due) + " ended after " + length(took) + ": " + o.words()})
}

// interrupted is for a run that was stopped together with the schedule: it is to be made again.
func (w *watch) interrupted(o Outcome) {
	due := w.state.Running.Due
	if w.ended(o); o.failure() && w.state.Queued == nil {
		w.state.Queued = &due
		w.save()
	}
}

// giveUp ends the schedule after a failure.
func (w *watch) giveUp() error {
	w.state.Queued = nil
	w.save()
	w.tell(Event{What: Stopped, Text: "stopped after a failure (on_failure: stop); start it again when it is mended"})
	return ErrStopped
}
