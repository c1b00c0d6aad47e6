package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fashionpipe/pipelines"
)

// scheduleFlags are the flags of `pipe schedule`.
type scheduleFlags struct {
	experimentFlags
	next int
}

func newSchedule() *cobra.Command {
	var f scheduleFlags
	cmd := &cobra.Command{
		Use:   "schedule FILE",
		Short: "Say when an experiment is due by its schedule",
		Args:  oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.next < 1 {
				return errors.New("how many of the next times? Say --next 5")
			}
			e, err := f.load(args[0])
			if err != nil {
				return wrong(cmd.ErrOrStderr(), err)
			}
			if e.Schedule == nil {
				return noSchedule(args[0])
			}
			return printNext(cmd.OutOrStdout(), e.Schedule, time.Now(), f.next)
		},
	}
	f.define(cmd)
	cmd.Flags().IntVar(&f.next, "next", 0, "print this `many` of the next times")
	return cmd
}

func noSchedule(path string) error {
	return fmt.Errorf("%s has no `schedule:`. Add one, such as\n  schedule: {cron: \"0 3 * * *\", timezone: Europe/Berlin}", path)
}

// clockText shows a time with its day of the week and zone.
const clockText = "Mon 2006-01-02 15:04 MST"

// printNext prints the next due times, and what the clock does between two of them if it is changed there.
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
