package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"fashionpipe/pipelines"
)

// clockText shows a time with its day of the week and zone.
const clockText = "Mon 2006-01-02 15:04 MST"

// printNext prints the next due times, and where the clock is changed before one.
func printNext(w io.Writer, s *pipelines.Schedule, now time.Time, n int) error {
	last := now.In(s.Location)
	for range n {
		due := s.Next(last)
		line := strings.TrimRight(fmt.Sprintf("%-27s %s", due.Format(clockText), changeText(last, due)), " ")
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
		last = due
	}
	return nil
}

// changeText says whether the clock was changed between two times.
func changeText(from, to time.Time) string {
	_, before := from.Zone()
	_, after := to.Zone()
	switch d := time.Duration(after-before) * time.Second; {
	case d > 0:
		return "the clock goes " + hours(d) + " forward before it"
	case d < 0:
		return "the clock goes " + hours(-d) + " back before it"
	}
	return ""
}

func hours(d time.Duration) string {
	if d == time.Hour {
		return "an hour"
	}
	return fmt.Sprintf("%g hours", d.Hours())
}
