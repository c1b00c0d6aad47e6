package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"fashionpipe/pipelines"
)

// timer is what systemd's units and a line for cron are made of.
type timer struct {
	name, dir string
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

var reEnv = regexp.MustCompile(`\$\{env\.([A-Za-z_][A-Za-z0-9_]*)`)

func newTimer(s *settings, f *scheduleFlags, path string, e *pipelines.Experiment) (*timer, error) {
	exe, err1 := os.Executable()
	dir, err2 := os.Getwd()
	file, err3 := filepath.Abs(path)
	kept, err4 := filepath.Abs(s.Store)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return nil, err
	}
	there := *s
	there.Store, there.Log = kept, "text"
	t := &timer{name: "pipe-" + baseName(path), dir: dir, command: append([]string{exe}, runArgs(&there, f, file)...), s: e.Schedule}
	for _, m := range reEnv.FindAllSubmatch(e.Source, -1) {
		if name := string(m[1]); !slices.Contains(t.env, name) {
			t.env = append(t.env, name)
		}
	}
	return t, nil
}

// zone is the time zone's name, "" for that of the machine.
func (t *timer) zone() string {
	if t.s.Timezone == "Local" {
		return ""
	}
	return t.s.Timezone
}

func (t *timer) systemd() (string, error) {
	if t.s.Overlap == "queue" {
		return "", errors.New("a timer of systemd drops what is due while the service runs (overlap: queue)")
	}
	if t.s.OnFailure == "stop" {
		return "", errors.New("a timer of systemd goes on after a failure (on_failure: stop)")
	}
	lines, err := t.s.Times.OnCalendar(t.zone(), t.s.Location, time.Now())
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# Save the two parts in ~/.config/systemd/user, then:\n#   systemctl --user daemon-reload\n"+
		"#   systemctl --user enable --now %s.timer\n#   loginctl enable-linger    # runs also while nobody is logged in\n\n", t.name)
	fmt.Fprintf(&b, "# %s.service\n[Unit]\nDescription=pipe run %s\n\n[Service]\nType=oneshot\n", t.name, unitText(t.command[2]))
	fmt.Fprintf(&b, "WorkingDirectory=%s\n", unitText(t.dir))
	for _, name := range t.env {
		fmt.Fprintf(&b, "# Environment=%s=…    the experiment reads it\n", name)
	}
	var words []string
	for _, word := range t.command {
		words = append(words, unitWord(word))
	}
	fmt.Fprintf(&b, "ExecStart=%s\n# A failed quality gate is told, and no failure of the schedule.\nSuccessExitStatus=%d\n", strings.Join(words, " "), exitGate)
	fmt.Fprintf(&b, "KillSignal=SIGINT\nTimeoutStopSec=%d\n", int(stopWithin.Seconds()))
	if t.s.Limit > 0 {
		fmt.Fprintf(&b, "TimeoutStartSec=%d\n", int(t.s.Limit.Seconds()))
	}
	fmt.Fprintf(&b, "\n# %s.timer\n[Unit]\nDescription=%s: %s\n\n[Timer]\n", t.name, t.name, unitText(t.s.Cron))
	for _, line := range lines {
		fmt.Fprintf(&b, "OnCalendar=%s\n", line)
	}
	fmt.Fprintf(&b, "AccuracySec=1s\nPersistent=%t\n\n[Install]\nWantedBy=timers.target\n", t.s.CatchUp == "last")
	return b.String(), nil
}

// unitText writes a text into a unit, where % begins a specifier.
func unitText(s string) string { return strings.ReplaceAll(s, "%", "%%") }

var reWord = regexp.MustCompile(`^[A-Za-z0-9_./:,=+@-]+$`)

// unitWord writes a word of a command into a unit.
func unitWord(s string) string {
	if reWord.MatchString(s) {
		return s
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "%", "%%", "$", "$$", "\n", `\n`, "\t", `\t`).Replace(s) + `"`
}

func (t *timer) cron() (string, error) {
	switch {
	case t.s.Overlap == "queue":
		return "", errors.New("cron can't let one run wait for another (overlap: queue)")
	case t.s.CatchUp == "last":
		return "", errors.New("cron does not make up for times when the machine was off (catch_up: last); --print systemd does")
	case t.s.OnFailure == "stop":
		return "", errors.New("cron goes on after a failure (on_failure: stop)")
	}
	words := []string{"flock", "-n", shellWord(t.command[2])} // a run that goes on lets this one be
	if t.s.Limit > 0 {
		words = append(words, "timeout", "--signal=INT", fmt.Sprintf("--kill-after=%d", int(stopWithin.Seconds())), fmt.Sprint(int(t.s.Limit.Seconds())))
	}
	for _, word := range t.command {
		words = append(words, shellWord(word))
	}
	line := "cd " + shellWord(t.dir) + " && exec " + strings.Join(words, " ")
	var b strings.Builder
	fmt.Fprintf(&b, "# %s, for `crontab -e`.\n", t.name)
	for _, name := range t.env {
		fmt.Fprintf(&b, "# %s=…    the experiment reads it\n", name)
	}
	if t.zone() != "" {
		fmt.Fprintf(&b, "# cronie (Fedora, RHEL, Arch) reads CRON_TZ; Debian's cron ignores it: there, set the times for the machine's zone.\nCRON_TZ=%s\n", t.zone())
	}
	// To cron a % is the end of the line.
	fmt.Fprintf(&b, "%s %s\n", t.s.Times.Crontab(), strings.ReplaceAll(line, "%", `\%`))
	return b.String(), nil
}

// shellWord writes a word for sh.
func shellWord(s string) string {
	if reWord.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
