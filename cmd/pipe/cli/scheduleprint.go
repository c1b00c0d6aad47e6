package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"fashionpipe/pipelines"
)

// timer is what systemd's units and a line for cron are made of.
type timer struct {
	name, dir string
	store     string   // absolute
	id        string   // of the schedule in the store
	command   []string // absolute paths
	s         *pipelines.Schedule
	env       []string // variables of the environment that the experiment reads
}

// printTimer prints what runs the experiment at the same times without `pipe schedule`, or says what can't be had so.
func printTimer(w io.Writer, s *settings, f *scheduleFlags, path string, e *pipelines.Experiment) error {
	t, err := newTimer(s, f, path, e)
	if err != nil {
		return err
	}
	print := t.systemd
	if f.print == "cron" {
		print = t.cron
	}
	text, err := print()
	if err != nil {
		return fmt.Errorf("--print %s: %w. `pipe schedule %s` itself can run as a service", f.print, err, path)
	}
	_, err = io.WriteString(w, text)
	return err
}

func newTimer(s *settings, f *scheduleFlags, path string, e *pipelines.Experiment) (*timer, error) {
	exe, err1 := os.Executable()
	dir, err2 := os.Getwd()
	file, err3 := filepath.Abs(path)
	kept, err4 := filepath.Abs(s.Store)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return nil, err
	}
	id, err := scheduleName(kept, path, f.set)
	if err != nil {
		return nil, err
	}
	name := "pipe-" + baseName(path)
	if len(f.set) > 0 {
		name = "pipe-" + id // units of one file with several --set stand beside each other
	}
	t := &timer{name: name, dir: dir, store: kept, id: id, command: append([]string{exe}, runArgs(s, f, file)...), s: e.Schedule, env: e.Env}
	t.command[slices.Index(t.command, "--store")+1] = kept
	return t, nil
}

// zone is the time zone's name, "" for that of the machine.
func (t *timer) zone() string {
	if t.s.Timezone == "Local" {
		return ""
	}
	return t.s.Timezone
}
