package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// seen is what `pipe run --log json` said of a run.
type seen struct {
	digests map[string]string // by stage
	ran     []string
	warned  string
	resumed int // images the training had seen when it first told
}

func pipeRun(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	mini, err := filepath.Abs("testdata/experiments/mini.yaml")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("pipe", append([]string{"run", mini, "--log", "json"}, args...)...)
	cmd.Dir = dir
	return cmd
}

type eventLine struct {
	Event, Stage, Digest, Text string
	Done                       int
}

func run(t *testing.T, dir string, args ...string) seen {
	t.Helper()
	return finished(t, pipeRun(t, dir, args...).Output)
}

// finished reads what a run printed. What a failing run wrote to standard error is in its *exec.ExitError.
func finished(t *testing.T, output func() ([]byte, error)) seen {
	t.Helper()
	out, err := output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		t.Fatalf("pipe run: %v\n%s%s", err, out, exit.Stderr)
	}
	if err != nil {
		t.Fatal(err)
	}
	s := seen{digests: map[string]string{}}
	for line := range strings.Lines(string(out)) {
		var e eventLine
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		if e.Digest != "" {
			s.digests[e.Stage] = e.Digest
		}
		if e.Event == "progress" && e.Stage == "encoder" && s.resumed == 0 {
			s.resumed = e.Done
		}
		switch e.Event {
		case "finished":
			s.ran = append(s.ran, e.Stage)
		case "warning":
			s.warned += e.Text + "\n"
		}
	}
	return s
}

func TestSameRunInTwoStoresGivesTheSameDigests(t *testing.T) {
	a, b := run(t, t.TempDir(), "--jobs", "1"), run(t, t.TempDir(), "--jobs", "2")
	if !maps.Equal(a.digests, b.digests) {
		t.Errorf("digests differ:\n%v\n%v", a.digests, b.digests)
	}
	if len(a.digests) != 11 {
		t.Errorf("%d digests, want one for each of 11 stages", len(a.digests))
	}
}

// A run interrupted in training, run again and killed there, goes on from the checkpoint that the interrupt left, and ends
// with the bytes of an undisturbed run.
func TestStoppedTrainingGoesOnToTheSameBytes(t *testing.T) {
	dir, epochs := t.TempDir(), []string{"--set", "vars.epochs=30"}
	if code := stopInTraining(t, dir, os.Interrupt, epochs...); code != exitInterrupted {
		t.Errorf("exit code %d after an interrupt, want %d", code, exitInterrupted)
	}
	stopInTraining(t, dir, os.Kill, epochs...)
	plan := pipeRun(t, dir, epochs...)
	plan.Args[1] = "plan"
	if out, err := plan.Output(); err != nil || !strings.Contains(string(out), `"stage":"encoder","kind":"train","outlook":"run","reason":"first time, goes on from a checkpoint"`) {
		t.Errorf("the plan does not say that the encoder goes on: %v\n%s", err, out)
	}
	again := run(t, dir, epochs...)
	if again.resumed < stopAt {
		t.Errorf("training went on from image %d, want %d or later: it was interrupted there", again.resumed, stopAt)
	}
	if undisturbed := run(t, t.TempDir(), epochs...); !maps.Equal(undisturbed.digests, again.digests) {
		t.Errorf("digests differ from those of an undisturbed run:\n%v\n%v", undisturbed.digests, again.digests)
	}
}

// stopAt is how many images of its training a run sees before it is stopped.
const stopAt = 48

// stopInTraining starts a run, signals it as soon as its training has seen stopAt images, and gives its exit code.
func stopInTraining(t *testing.T, dir string, how os.Signal, args ...string) int {
	t.Helper()
	cmd := pipeRun(t, dir, args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines, stopped := bufio.NewScanner(out), false
	for lines.Scan() {
		var e eventLine
		if json.Unmarshal(lines.Bytes(), &e) == nil && e.Stage == "encoder" && e.Event == "progress" && e.Done >= stopAt && !stopped {
			stopped = cmd.Process.Signal(how) == nil
		}
	}
	if err := cmd.Wait(); err == nil || !stopped {
		t.Fatal("the run ended before it could be stopped in training: the test proves nothing")
	}
	return cmd.ProcessState.ExitCode()
}

func TestDamagedArtifactIsMadeAgain(t *testing.T) {
	dir := t.TempDir()
	first := run(t, dir)
	path := filepath.Join(dir, "out", "mini", "images", "images.arrow")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	again := run(t, dir)
	if len(again.ran) != 1 || again.ran[0] != "images" {
		t.Errorf("ran %v, want just images", again.ran)
	}
	if !strings.Contains(again.warned, "images.arrow") {
		t.Errorf("the damage was not told: %q", again.warned)
	}
	if !maps.Equal(first.digests, again.digests) {
		t.Errorf("digests differ after the repair:\n%v\n%v", first.digests, again.digests)
	}
	if third := run(t, dir); len(third.ran) != 0 {
		t.Errorf("ran %v after the repair, want nothing", third.ran)
	}
}

func TestTwoRunsAtOnceShareTheWork(t *testing.T) {
	dir := t.TempDir()
	other := pipeRun(t, dir, "--out", "other")
	var out bytes.Buffer
	other.Stdout = &out
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	runs := [2]seen{run(t, dir), finished(t, func() ([]byte, error) { err := other.Wait(); return out.Bytes(), err })}
	if n := len(runs[0].ran) + len(runs[1].ran); n != 11 {
		t.Errorf("the two runs did %d stages together, want each of 11 once: %v %v", n, runs[0].ran, runs[1].ran)
	}
	if !maps.Equal(runs[0].digests, runs[1].digests) {
		t.Errorf("digests differ:\n%v\n%v", runs[0].digests, runs[1].digests)
	}
}
