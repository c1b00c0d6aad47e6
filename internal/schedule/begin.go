package schedule

import "time"

// begin reads the file and the state, and sees what was left undone.
func (w *watch) begin() error {
	plan, err := w.Load()
	if err != nil {
		return err
	}
	w.plan = plan
	if w.state, err = readState(w.Keep); err != nil {
		return err
	}
	now := w.Now()
	w.seen = now
	if w.state.Cron != plan.Cron || w.state.Timezone != plan.Timezone {
		w.state.Handled = now // also at the very first time: nothing is missed
	}
	w.state.Cron, w.state.Timezone = plan.Cron, plan.Timezone
	w.cutOff(now)
	if w.Once {
		w.state.Queued = &now
	}
	return w.state.write(w.Keep)
}

// cutOff looks at what the process before left: a run that was going on, or a due time that waited.
func (w *watch) cutOff(now time.Time) {
	left := w.state.Queued
	text := "the run due "
	if r := w.state.Running; r != nil {
		r.Outcome, w.state.Last, w.state.Running = Killed, r, nil
		if left == nil {
			left = &r.Due
		}
	}
	w.state.Queued = nil
	if left == nil {
		return
	}
	text += w.show(*left) + " was cut off or did not begin"
	if last, n := w.passed(now); n > 0 && w.plan.CatchUp && now.Sub(last) > onTime {
		return // a later one is run, and is told
	}
	if w.plan.CatchUp {
		w.state.Queued = left
		w.tell(Event{What: Missed, Due: *left, Count: 1, Text: text + ": run now (catch_up: last)"})
		return
	}
	w.tell(Event{What: Missed, Due: *left, Count: 1, Text: text + ": not run again (catch_up: none)"})
}
