package schedule

import (
	"fmt"
	"strings"
	"time"
)

// Event is something that happened to a schedule.
type Event struct {
	Time    time.Time // when
	What    What
	Text    string    // the same for people, without the time
	Due     time.Time // the due time it is about, or the next one
	Count   int       // due times that were missed
	Outcome Outcome   // of a run that ended
	Took    time.Duration
	Err     error // of a file that can't be read, or of a state that can't be written
}

// What says which kind of event it is.
type What string

// The events.
const (
	Waiting What = "waiting" // for the next due time
	Started What = "run-started"
	Ended   What = "run-ended"
	Missed  What = "missed"  // due times passed unwatched, or a run was cut off
	Skipped What = "skipped" // due while a run goes on
	Queued  What = "queued"  // due while a run goes on, and will run after it
	Limit   What = "limit"   // the run is stopped because it takes too long
	Changed What = "changed" // the file has another schedule
	Broken  What = "broken"  // the file can't be read
	Clock   What = "clock"   // the clock was put back
	Stopped What = "stopped" // after a failure
	Warning What = "warning"
)

// clockText shows a time with its day of the week and zone.
const clockText = "Mon 2006-01-02 15:04 MST"

func (w *watch) show(t time.Time) string { return t.In(w.plan.Location).Format(clockText) }

// length shows a duration to the minute, or to the second below two minutes.
func length(d time.Duration) string {
	if d < 2*time.Minute {
		return d.Round(time.Second).String()
	}
	return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
}

// times counts due times.
func times(n int) string {
	switch {
	case n == 1:
		return "a due time"
	case n >= manyMissed-1:
		return fmt.Sprintf("at least %d due times", n)
	}
	return fmt.Sprintf("%d due times", n)
}
