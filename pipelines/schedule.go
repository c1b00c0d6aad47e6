package pipelines

import (
	"time"

	"fashionpipe/internal/cron"
	"fashionpipe/internal/spelling"
)

// Schedule says when an experiment runs by itself.
type Schedule struct {
	Cron      string         // five fields, or a word such as @daily
	Times     *cron.Expr     // what Cron says
	Location  *time.Location // the time zone that the fields are read in
	Timezone  string         // its name as in the file, "Local" where there is none
	Overlap   string         // what a due time does while a run is going on: "skip" or "queue"
	CatchUp   string         // due times that passed while nothing watched: "none", or run once for the "last" of them
	Limit     time.Duration  // a run is stopped after this long; 0: never
	OnFailure string         // after a run that failed: "continue" with the next due time, or "stop"
}

// Next gives the first due time after a moment, in the schedule's time zone.
func (s *Schedule) Next(after time.Time) time.Time {
	t, _ := s.Times.Next(after, s.Location) // a schedule without due times is refused when it is read
	return t
}

// The keys of `schedule:`, and what those take that have a choice; the first is the default.
var (
	scheduleKeys    = []string{"cron", "timezone", "overlap", "catch_up", "limit", "on_failure"}
	scheduleChoices = map[string][]string{
		"overlap": {"skip", "queue"}, "catch_up": {"none", "last"}, "on_failure": {"continue", "stop"},
	}
)

const scheduleExample = `write schedule: {cron: "0 3 * * *", timezone: Europe/Berlin}`

// readSchedule reads `schedule:`.
func (c *checker) readSchedule(n *node) *Schedule {
	s := &Schedule{Timezone: "Local", Location: time.Local, Overlap: "skip", CatchUp: "none", OnFailure: "continue"}
	if n.shape != mapping {
		c.failAt(n, scheduleExample, "`schedule` must be a mapping, not %s", n.describe())
		return s
	}
	odd := false
	for _, p := range n.pairs {
		key := p.key.text
		set, known := map[string]func(*node){
			"cron":       func(v *node) { c.readCron(s, v) },
			"timezone":   func(v *node) { c.readTimezone(s, v) },
			"limit":      func(v *node) { c.readLimit(s, v) },
			"overlap":    func(v *node) { s.Overlap = c.readChoice(key, v) },
			"catch_up":   func(v *node) { s.CatchUp = c.readChoice(key, v) },
			"on_failure": func(v *node) { s.OnFailure = c.readChoice(key, v) },
		}[key]
		if !known {
			odd = true
			c.failAt(p.key, suggest(key, scheduleKeys, "a schedule has"), "unknown key `%s` in `schedule`", clip(key))
			continue
		}
		if v, ok := c.expand(p.value); ok {
			set(v)
		}
	}
	if n.get("cron") == nil && !odd {
		hint := scheduleExample
		if n.at.src.set {
			hint = "give --set schedule.cron=@daily as well, or `schedule:` in the file"
		}
		c.failAt(n, hint, "`schedule` has no `cron`: when is it to run?")
	}
	return s
}

// readText says whether the value of a key is a text that is not empty.
func (c *checker) readText(key, hint string, n *node) bool {
	switch {
	case n.shape != scalar:
		c.failAt(n, hint, "`%s` must be a text, not %s", key, n.describe())
	case n.isNull() || n.text == "":
		c.failAt(n, hint, "`%s` has no value", key)
	default:
		return true
	}
	return false
}

func (c *checker) readChoice(key string, n *node) string {
	choices := scheduleChoices[key]
	for _, choice := range choices {
		if n.shape == scalar && n.text == choice {
			return choice
		}
	}
	hint := ""
	if near, ok := spelling.Nearest(n.text, choices); ok {
		hint = "did you mean `" + near + "`?"
	}
	c.failAt(n, hint, "`%s` must be %s, not %s", key, either(quoteAll(choices)), n.quote())
	return choices[0]
}
