package cli

import (
	"errors"
	"fmt"
	"os"
	"time"

	"fashionpipe/internal/schedule"
	"fashionpipe/pipelines"
)

// watchedFile is an experiment whose schedule is read again when it was edited, or a file that it extends.
type watchedFile struct {
	flags  *scheduleFlags
	path   string
	stamps map[string]string // of each file that was read last, taken before it was
}

// load reads the schedule.
func (w *watchedFile) load() (*schedule.Plan, error) {
	w.stamps = map[string]string{}
	var edited time.Time
	e, err := w.flags.loadTelling(w.path, func(path string) {
		stamp, at := fileStamp(path)
		if w.stamps[path] = stamp; at.After(edited) {
			edited = at
		}
	})
	if err != nil {
		return nil, err
	}
	if e.Schedule == nil {
		return nil, noSchedule(w.path)
	}
	return planOf(e.Schedule, edited), nil
}

// changed says whether any of the files may be another one.
func (w *watchedFile) changed() bool {
	for path, before := range w.stamps {
		if stamp, _ := fileStamp(path); stamp != before {
			return true
		}
	}
	return false
}

func planOf(s *pipelines.Schedule, edited time.Time) *schedule.Plan {
	return &schedule.Plan{
		Cron: s.Cron, Timezone: s.Timezone, Location: s.Location, Next: s.Next,
		Queue: s.Overlap == "queue", CatchUp: s.CatchUp == "last", Limit: s.Limit, Stop: s.OnFailure == "stop", Edited: edited,
	}
}

// fileStamp is another text when the file may be another; with the time it was written, zero where it can't be seen.
func fileStamp(path string) (string, time.Time) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return "gone", time.Time{}
	case err != nil:
		return err.Error(), time.Time{}
	}
	return fmt.Sprint(info.Size(), info.ModTime().UnixNano()), info.ModTime()
}

func noSchedule(path string) error {
	return fmt.Errorf("%s has no `schedule:`. Add one, such as\n  schedule: {cron: \"0 3 * * *\", timezone: Europe/Berlin}\nor give --set schedule.cron=@daily", path)
}
