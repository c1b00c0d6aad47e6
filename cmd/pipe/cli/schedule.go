package cli

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"fashionpipe/dag/store"
	"fashionpipe/internal/schedule"
	"fashionpipe/pipelines"
)

// scheduleFlags are the flags of `pipe schedule`.
type scheduleFlags struct {
	experimentFlags
	next     int
	print    string
	now      bool
	out      string
	failFast bool
}

func newSchedule(s *settings) *cobra.Command {
	var f scheduleFlags
	cmd := &cobra.Command{
		Use:   "schedule FILE",
		Short: "Run an experiment at the times of its `schedule:`, until stopped",
		Long: `Waits in the foreground and runs the experiment whenever it is due, each time in
a process of its own, like ` + "`pipe run`" + `. The file is read again before each run,
so edits take effect; if it has a mistake, the previous times stay in force and
the run fails.

Ctrl-C ends it, after a run in progress has stopped at a safe point. The store
records what has run, so after a restart nothing is run twice or forgotten.
Exit codes: 1 after a failure if the schedule says on_failure: stop, 130 after
Ctrl-C.`,
		Example: `  pipe schedule nightly.yaml
  pipe schedule nightly.yaml --next 5
  pipe schedule nightly.yaml --print systemd`,
		Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error { return scheduleFile(cmd, s, &f, args[0]) },
	}
	f.define(cmd)
	cmd.Flags().IntVar(&f.next, "next", 0, "print the next `N` times and exit")
	cmd.Flags().StringVar(&f.print, "print", "", "print an equivalent `systemd` unit or cron line and exit")
	cmd.Flags().BoolVar(&f.now, "now", false, "start with an immediate run")
	cmd.Flags().StringVar(&f.out, "out", "", "folder for reports and links to results (default out/NAME of the experiment)")
	cmd.Flags().BoolVar(&f.failFast, "fail-fast", false, "stop each run at its first failure")
	return cmd
}

func scheduleFile(cmd *cobra.Command, s *settings, f *scheduleFlags, path string) error {
	if path == "-" {
		return errors.New("a schedule needs a file: it is read again before each run")
	}
	if f.print != "" && !slices.Contains([]string{"systemd", "cron"}, f.print) {
		return fmt.Errorf("--print: no such form as %q%s", f.print, instead(f.print, []string{"systemd", "cron"}))
	}
	e, err := f.load(path)
	if err != nil {
		return err
	}
	if e.Schedule == nil {
		return noSchedule(path)
	}
	switch {
	case cmd.Flags().Changed("next"):
		if f.next < 1 {
			return errors.New("--next: how many? At least 1")
		}
		return printNext(cmd.OutOrStdout(), e.Schedule, time.Now(), f.next)
	case f.print != "":
		return printTimer(cmd.OutOrStdout(), s, f, path, e)
	}
	return watch(cmd, s, f, path, e)
}

// watch runs the experiment when it is due.
func watch(cmd *cobra.Command, s *settings, f *scheduleFlags, path string, e *pipelines.Experiment) error {
	st, err := store.Open(s.Store, store.Options{})
	if err != nil {
		return err
	}
	name, err := scheduleName(st.Dir(), path, f.set)
	if err != nil {
		return err
	}
	keep, err := st.Schedule(name)
	var busy *store.BusyError
	if errors.As(err, &busy) {
		return fmt.Errorf("%s is being watched already, by %s", path, busy.Holder)
	}
	if err != nil {
		return err
	}
	defer func() { _ = keep.Close() }() // the end of the process frees it too
	child, err := newChild(cmd, s, f, path)
	if err != nil {
		return err
	}
	show := newScheduleScreen(s.Log, cmd.OutOrStdout(), cmd.ErrOrStderr(), e.Schedule.Location)
	show.begin(path, e.Schedule)
	file := &watchedFile{flags: f, path: path}
	err = schedule.Watch{
		Load: file.load, Changed: file.changed,
		Run: child.run, Keep: keep, Now: func() time.Time { return time.Now().Round(0) }, Tell: show.event, Once: f.now,
	}.Loop(cmd.Context())
	switch {
	case errors.Is(err, schedule.ErrStopped):
		return exit(exitStageFailed)
	case err == nil:
		return exit(exitInterrupted)
	}
	return err
}
