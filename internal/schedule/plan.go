package schedule

import (
	"fmt"
	"time"
)

// Plan says when to run, and what to do about what comes in between.
type Plan struct {
	Cron     string                          // the due times as people write them; with Timezone, what tells two plans apart
	Timezone string                          // the name of Location, "Local" for that of the machine
	Location *time.Location                  // in which times are shown
	Next     func(after time.Time) time.Time // the first due time after a moment; there always is one

	Queue   bool          // a due time while a run goes on waits for its end; otherwise it is left out
	CatchUp bool          // the last of the due times that nobody watched is run; otherwise none is
	Limit   time.Duration // a run is stopped after this long; 0: never
	Stop    bool          // the schedule ends after a run that failed

	Edited time.Time // when what the plan was read from was last written; the zero time if nobody knows
}

// describe names a plan by its times.
func (p *Plan) describe() string {
	if p.Timezone == "Local" {
		return fmt.Sprintf("`%s` by the clock of this machine", p.Cron)
	}
	return fmt.Sprintf("`%s` in %s", p.Cron, p.Timezone)
}
