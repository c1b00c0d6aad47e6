package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"fashionpipe/internal/schedule"
	"fashionpipe/pipelines"
)

// scheduleScreen tells what happens to a schedule: lines with times on err, or JSON lines on out.
type scheduleScreen struct {
	w    io.Writer
	json *json.Encoder // nil for text
	zone *time.Location
}

func newScheduleScreen(log string, out, err io.Writer, zone *time.Location) *scheduleScreen {
	s := &scheduleScreen{w: err, zone: zone}
	if log == "json" {
		s.json = json.NewEncoder(out)
	}
	return s
}

// begin says what is watched.
func (s *scheduleScreen) begin(path string, p *pipelines.Schedule) {
	where := "by the clock of this machine"
	if p.Timezone != "Local" {
		where = "in " + p.Timezone
	}
	s.event(schedule.Event{Time: time.Now(), What: "watching", Text: fmt.Sprintf("watching %s: `%s` %s; Ctrl-C ends it", path, p.Cron, where)})
}

// scheduleLine is an event of --log json.
type scheduleLine struct {
	Event   string           `json:"event"` // "schedule"
	Time    time.Time        `json:"time"`
	What    schedule.What    `json:"what"`
	Due     time.Time        `json:"due,omitzero"`
	Count   int              `json:"count,omitempty"`
	Outcome schedule.Outcome `json:"outcome,omitempty"`
	Took    float64          `json:"took,omitempty"` // seconds
	Text    string           `json:"text"`
	Error   string           `json:"error,omitempty"`
}

// event prints one. A closed pipe must not end the schedule.
func (s *scheduleScreen) event(e schedule.Event) {
	if s.json == nil {
		fmt.Fprintln(s.w, hang(e.Time.In(s.zone).Format("2006-01-02 15:04:05")+"  "+e.Text, 100, 21))
		if e.Err != nil {
			fmt.Fprintln(s.w, indent(e.Err.Error(), "  "))
		}
		return
	}
	line := scheduleLine{Event: "schedule", Time: e.Time.In(s.zone), What: e.What, Due: e.Due, Count: e.Count, Outcome: e.Outcome, Took: e.Took.Seconds(), Text: e.Text}
	if e.Err != nil {
		line.Error = e.Err.Error()
	}
	_ = s.json.Encode(line)
}
