package schedule

import "time"

const (
	onTime     = time.Minute   // how late a due time may be noticed and still be on time
	nap        = time.Minute   // how long to wait at most before looking at the clock and the file again
	clockBack  = 3 * time.Hour // a clock put back by less is a correction: due times do not come again. Debian's cron has the same
	manyMissed = 1000          // enough to count
)

// passed gives the last due time in (Handled, now] and how many there are, manyMissed at most.
func (w *watch) passed(now time.Time) (last time.Time, n int) {
	for t := w.plan.Next(w.state.Handled); !t.After(now); t = w.plan.Next(t) {
		if last, n = t, n+1; n == manyMissed {
			return w.lastBefore(now), n
		}
	}
	return last, n
}

// lastBefore finds the last due time up to a moment, by looking further and further back.
func (w *watch) lastBefore(now time.Time) time.Time {
	for back := time.Hour; ; back *= 2 {
		last := w.plan.Next(now.Add(-back))
		if last.After(now) {
			continue
		}
		for next := w.plan.Next(last); !next.After(now); next = w.plan.Next(next) {
			last = next
		}
		return last
	}
}

// due looks which due times have passed, and says or plans what follows.
func (w *watch) due(now time.Time) {
	if w.state.Handled.Sub(now) > clockBack {
		w.tell(Event{What: Clock, Text: "the clock was put back to " + w.show(now) + ": due times are counted from now"})
		w.state.Handled = now
		w.save()
	}
	if _, n := w.passed(now); n == 0 {
		return
	}
	w.reread(now) // an edit that Changed does not show must not be run over
	last, n := w.passed(now)
	if n == 0 {
		return
	}
	w.state.Handled = last
	switch {
	case w.running():
		w.overlap(last)
	case now.Sub(last) > onTime:
		w.missed(last, n)
	default:
		if n > 1 {
			w.tell(Event{What: Missed, Count: n - 1, Due: last, Text: times(n-1) + " passed unwatched; the last is now"})
		}
		w.state.Queued = &last
	}
	w.save()
}

// overlap follows the policy for a due time while a run goes on.
func (w *watch) overlap(due time.Time) {
	of := "the run due " + w.show(w.state.Running.Due)
	if w.plan.Queue {
		w.state.Queued = &due
		w.tell(Event{What: Queued, Due: due, Text: "due " + w.show(due) + ": waits until " + of + " has ended"})
		return
	}
	w.tell(Event{What: Skipped, Due: due, Text: "due " + w.show(due) + ": skipped, " + of + " is still going on"})
}

// missed follows the policy for due times that nobody watched.
func (w *watch) missed(last time.Time, n int) {
	text := times(n) + " passed unwatched, the last " + w.show(last)
	if w.plan.CatchUp {
		w.state.Queued = &last
		w.tell(Event{What: Missed, Due: last, Count: n, Text: text + ": run now (catch_up: last)"})
		return
	}
	w.tell(Event{What: Missed, Due: last, Count: n, Text: text + ": not run (catch_up: none)"})
}
