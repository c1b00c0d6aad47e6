package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
)

var reWord = regexp.MustCompile(`^[A-Za-z0-9_./:,=+@-]+$`)

// cron writes a line for crontab.
func (t *timer) cron() (string, error) {
	switch {
	case t.s.Overlap == "queue":
		return "", errors.New("cron can't let one run wait for another (overlap: queue): add --set schedule.overlap=skip")
	case t.s.CatchUp == "last":
		return "", errors.New("cron does not make up for times when the machine was off (catch_up: last): use --print systemd, or add --set schedule.catch_up=none")
	case t.s.OnFailure == "stop":
		return "", errors.New("cron goes on after a failure (on_failure: stop): add --set schedule.on_failure=continue")
	}
	// A run that goes on lets this one be. The file of the lock is not the experiment's: an editor may put another in its
	// place, and runs with other --set need not wait for each other.
	locks := shellWord(filepath.Join(t.store, "schedules"))
	words := []string{"flock", "-n", shellWord(filepath.Join(t.store, "schedules", t.id+".cron"))}
	if t.s.Limit > 0 {
		words = append(words, "timeout", "--signal=INT", fmt.Sprintf("--kill-after=%d", int(stopWithin.Seconds())), fmt.Sprint(int(t.s.Limit.Seconds())))
	}
	for _, word := range t.command {
		words = append(words, shellWord(word))
	}
	line := "cd " + shellWord(t.dir) + " && mkdir -p " + locks + " && exec " + strings.Join(words, " ")
	var b strings.Builder
	fmt.Fprintf(&b, "# %s, for `crontab -e`.\n", t.name)
	for _, name := range t.env {
		fmt.Fprintf(&b, "# The experiment reads %s: take out the # and set it, if it needs to be.\n# %s=…\n", name, name)
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
