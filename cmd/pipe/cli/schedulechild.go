package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"fashionpipe/internal/schedule"
)

// child is `pipe run` as a process of its own: it gives its memory back, can't take the schedule with it whatever
// happens to it, and can be ended for certain.
type child struct {
	exe      string
	args     []string
	out, err io.Writer
}

func newChild(cmd *cobra.Command, s *settings, f *scheduleFlags, path string) (*child, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding the program to run: %w", err)
	}
	return &child{exe: exe, args: append(runArgs(s, f, path), "--stop-at-eof"), out: cmd.OutOrStdout(), err: cmd.ErrOrStderr()}, nil
}

// runArgs is the command line of a run with the settings and flags of this process.
func runArgs(s *settings, f *scheduleFlags, path string) []string {
	args := []string{"run", path}
	for _, name := range settingNames {
		args = append(args, "--"+name, s.v.GetString(name))
	}
	for _, set := range f.set {
		args = append(args, "--set", set)
	}
	if s.file != "" {
		args = append(args, "--config", s.file)
	}
	if f.out != "" {
		args = append(args, "--out", f.out)
	}
	if f.failFast {
		args = append(args, "--fail-fast")
	}
	return args
}

// stopWithin is how long a run has to stop at a safe point; its stages take two seconds.
const stopWithin = 30 * time.Second

// run runs the experiment and says how it ended. When ctx ends the run is interrupted, and killed if it does not stop.
// If this process is killed, the run's standard input ends, and so it stops by itself.
func (c *child) run(ctx context.Context) schedule.Outcome {
	stdin, alive, err := os.Pipe()
	if err != nil {
		return c.notStarted(err)
	}
	defer stdin.Close()
	defer alive.Close()
	cmd := exec.CommandContext(ctx, c.exe, c.args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, c.out, c.err
	// A group of its own: the terminal's Ctrl-C would interrupt the run beside us, and it is to be interrupted once.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = stopWithin
	err = cmd.Run()
	if cmd.ProcessState == nil {
		return c.notStarted(err)
	}
	if ctx.Err() != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // what the run may have started and left; mostly nothing
	}
	return outcome(cmd.ProcessState)
}

func (c *child) notStarted(err error) schedule.Outcome {
	fmt.Fprintln(c.err, "pipe: the run could not be started:", err)
	return schedule.Wrong
}

// untilEOF is a context that ends when r does.
func untilEOF(ctx context.Context, r io.Reader) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		_, _ = io.Copy(io.Discard, r) // an error is an end too
		cancel()
	}()
	return ctx, cancel
}

func outcome(p *os.ProcessState) schedule.Outcome {
	switch p.ExitCode() {
	case exitFine:
		return schedule.OK
	case exitStageFailed:
		return schedule.Failed
	case exitGate:
		return schedule.Gate
	case exitInterrupted:
		return schedule.Interrupted
	case -1:
		return schedule.Killed
	}
	return schedule.Wrong
}

// scheduleName names the state of a schedule: readable, and another one for another file or other --set. It stays when
// the store is moved together with the file.
func scheduleName(dir, path string, set []string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if rel, err := filepath.Rel(dir, abs); err == nil {
		abs = rel
	}
	sum := sha256.Sum256([]byte(filepath.ToSlash(abs) + "\x00" + strings.Join(set, "\x00")))
	return baseName(path) + "-" + hex.EncodeToString(sum[:4]), nil
}

// baseName is the name of a file in letters that every file system and systemd take.
func baseName(path string) string {
	base := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(path), ".yml"), ".yaml")
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, base[:min(len(base), 80)])
}
