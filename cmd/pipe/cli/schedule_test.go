package cli

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// scheduled is a `pipe schedule` of the small experiment that goes on.
type scheduled struct {
	t     *testing.T
	dir   string
	cmd   *exec.Cmd
	lines *bufio.Scanner
}

// scheduleLineSeen is a line of --log json, of the schedule or of its run.
type scheduleLineSeen struct {
	Event, What, Outcome, Stage, Error string
	Done                               int
}

// startSchedule begins with a run at once if now is true; by itself the experiment is due at New Year.
func startSchedule(t *testing.T, dir, keys string, args ...string) *scheduled {
	t.Helper()
	src, err := os.ReadFile("testdata/experiments/mini.yaml")
	if err != nil {
		t.Fatal(err)
	}
	src = append(src, "schedule: {cron: \"0 0 1 1 *\", "+keys+"}\n"...)
	if err := os.WriteFile(filepath.Join(dir, "mini.yaml"), src, 0o644); err != nil {
		t.Fatal(err)
	}
	s := &scheduled{t: t, dir: dir, cmd: exec.Command("pipe", append([]string{"schedule", "mini.yaml", "--log", "json"}, args...)...)}
	s.cmd.Dir = dir
	s.cmd.Stderr = os.Stderr
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.cmd.Process.Kill() })
	s.lines = bufio.NewScanner(out)
	return s
}

// until reads lines up to one that fits.
func (s *scheduled) until(what string, fits func(scheduleLineSeen) bool) scheduleLineSeen {
	s.t.Helper()
	var all []string
	for s.lines.Scan() {
		var e scheduleLineSeen
		if err := json.Unmarshal(s.lines.Bytes(), &e); err != nil {
			s.t.Fatalf("%v in %q", err, s.lines.Text())
		}
		if all = append(all, s.lines.Text()); fits(e) {
			return e
		}
	}
	s.t.Fatalf("ended before %s:\n%s", what, strings.Join(all, "\n"))
	return scheduleLineSeen{}
}

func inTraining(e scheduleLineSeen) bool {
	return e.Stage == "encoder" && e.Event == "progress" && e.Done >= stopAt
}

func runEnded(e scheduleLineSeen) bool { return e.What == "run-ended" }

// end waits for the process and gives its exit code.
func (s *scheduled) end() int {
	for s.lines.Scan() { // all it has to say
	}
	_ = s.cmd.Wait() // the code is what counts
	return s.cmd.ProcessState.ExitCode()
}

func (s *scheduled) signal(sig os.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
}

func (s *scheduled) state() string {
	s.t.Helper()
	files, err := filepath.Glob(filepath.Join(s.dir, ".pipe", "schedules", "mini-*.json"))
	if err != nil || len(files) != 1 {
		s.t.Fatalf("%d states, %v", len(files), err)
	}
	b, err := os.ReadFile(files[0])
	if err != nil {
		s.t.Fatal(err)
	}
	return string(b)
}

// longRun is a training that does not end by itself while a test goes on.
var longRun = []string{"--set", "vars.epochs=100000"}

// A schedule that is killed takes its run with it, leaves a whole state, and makes the run again when it is started anew.
func TestScheduleKilledInARun(t *testing.T) {
	dir := t.TempDir()
	s := startSchedule(t, dir, "catch_up: last", append(longRun, "--now")...)
	s.until("training", inTraining)
	s.signal(os.Kill)
	killed := time.Now()
	s.until("the run's interruption", func(e scheduleLineSeen) bool { return e.Event == "summary" })
	s.end()
	if took := time.Since(killed); took > 20*time.Second {
		t.Errorf("the run went on for %v", took)
	}
	if !strings.Contains(s.state(), `"running"`) {
		t.Errorf("the state has no run: %s", s.state())
	}
	s = startSchedule(t, dir, "catch_up: last", longRun...)
	s.until("the catching up", func(e scheduleLineSeen) bool { return e.What == "missed" })
	s.until("training", inTraining)
	s.signal(os.Interrupt)
	if e := s.until("the run's end", runEnded); e.Outcome != "interrupted" {
		t.Errorf("the run ended %s", e.Outcome)
	}
	if code := s.end(); code != exitInterrupted {
		t.Errorf("exit code %d, want %d", code, exitInterrupted)
	}
	if !strings.Contains(s.state(), `"queued"`) {
		t.Errorf("the interrupted run is not to be made again: %s", s.state())
	}
}

func TestScheduleLimitAndStop(t *testing.T) {
	dir := t.TempDir()
	s := startSchedule(t, dir, "limit: 2s, on_failure: stop", append(longRun, "--now")...)
	if e := s.until("the run's end", runEnded); e.Outcome != "limit" {
		t.Errorf("the run ended %s", e.Outcome)
	}
	if code := s.end(); code != exitStageFailed {
		t.Errorf("exit code %d, want %d", code, exitStageFailed)
	}
}

func TestOneScheduleAtATime(t *testing.T) {
	dir := t.TempDir()
	s := startSchedule(t, dir, "overlap: skip")
	s.until("its beginning", func(e scheduleLineSeen) bool { return e.What == "waiting" })
	second := exec.Command("pipe", "schedule", "mini.yaml")
	second.Dir = dir
	out, err := second.CombinedOutput()
	if code := second.ProcessState.ExitCode(); code != exitWrong || !strings.Contains(string(out), "is being watched already, by pid ") {
		t.Errorf("the second: exit code %d, %v, %s", code, err, out)
	}
	s.signal(os.Interrupt)
	if code := s.end(); code != exitInterrupted {
		t.Errorf("exit code %d, want %d", code, exitInterrupted)
	}
	third := startSchedule(t, dir, "overlap: skip", "--now")
	if e := third.until("the run's end", runEnded); e.Outcome != "ok" {
		t.Errorf("the run ended %s", e.Outcome)
	}
}
