package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// systemd writes a service and a timer.
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
		fmt.Fprintf(&b, "# The experiment reads %s: take out the # and set it, if it needs to be.\n# Environment=%s=…\n", name, name)
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

// unitWord writes a word of a command into a unit.
func unitWord(s string) string {
	if reWord.MatchString(s) {
		return s
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "%", "%%", "$", "$$", "\n", `\n`, "\t", `\t`).Replace(s) + `"`
}
