package pipelines

import "time"

// Schedule says when an experiment runs by itself.
type Schedule struct {
	Cron      string         // five fields, or a word such as @daily
	Location  *time.Location // the time zone that the fields are read in
	Timezone  string         // its name as in the file, "Local" where there is none
	Overlap   string         // what a due time does while a run is going on: "skip" or "queue"
	CatchUp   string         // due times that passed while nothing watched: "none", or run once for the "last" of them
	Limit     time.Duration  // a run is stopped after this long; 0: never
	OnFailure string         // after a run that failed: "continue" with the next due time, or "stop"
}
