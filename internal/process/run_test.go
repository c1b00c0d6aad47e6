package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"fashionpipe/internal/pace"
)

const childEnv = "PROCESS_TEST_CHILD"

func TestMain(m *testing.M) {
	if script := os.Getenv(childEnv); script != "" {
		fmt.Println(Run(context.Background(), shell(os.TempDir(), script)))
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

func shell(dir, script string) Command {
	return Command{Args: []string{"sh", "-c", script}, Dir: dir, Env: []string{"PATH=" + os.Getenv("PATH"), "NAME=value"}, Grace: time.Second}
}

// run runs a shell's script and gives what it printed.
func run(t *testing.T, ctx context.Context, c Command) ([]string, error) {
	t.Helper()
	var lines []string
	c.Line = func(s string) { lines = append(lines, s) }
	err := Run(ctx, c)
	return lines, err
}

func TestOutputAndEnvironment(t *testing.T) {
	dir := t.TempDir()
	lines, err := run(t, t.Context(), shell(dir, `echo one; echo two >&2; printf '1%%\r2%%\r3%%\n\033[31mred\033[0m\tx\n\nlast'; env >&2; pwd`))
	if err != nil {
		t.Fatal(err)
	}
	if head := lines[:4]; !slices.Equal(head, []string{"one", "two", "3%", "red    x"}) {
		t.Errorf("%q", head)
	}
	var env []string
	for _, l := range lines[4 : len(lines)-1] {
		name, _, _ := strings.Cut(strings.TrimPrefix(l, "last"), "=")
		env = append(env, name)
	}
	slices.Sort(env)
	// The shell adds PWD and the like by itself.
	env = slices.DeleteFunc(env, func(s string) bool { return s == "PWD" || s == "_" || s == "SHLVL" || s == "OLDPWD" })
	if !slices.Equal(env, []string{"NAME", "PATH"}) {
		t.Errorf("environment: %q", env)
	}
	if at, err := filepath.EvalSymlinks(dir); err != nil || lines[len(lines)-1] != at {
		t.Errorf("it worked in %s, not in %s (%v)", lines[len(lines)-1], at, err)
	}
}

func TestErrorsOfCommands(t *testing.T) {
	tests := []struct {
		name string
		c    Command
		want string
	}{
		{"exit code", shell("/", "echo no luck; exit 3"), "sh ended with exit code 3. The end of what it printed:\n  no luck"},
		{"silent", shell("/", "exit 1"), "sh ended with exit code 1, and printed nothing"},
		{"signal", shell("/", "kill -SEGV $$"), "sh ended with signal 11 (segmentation fault), and printed nothing"},
		{"no program", Command{Args: []string{"no-such-program"}, Env: []string{"PATH=/a:/b"}}, `there is no program "no-such-program" on the PATH (/a:/b): install it, or write its whole path`},
		{"no file", Command{Args: []string{"./run.sh"}, Dir: "/"}, "./run.sh can't be run: no such file or directory"},
		{"no permission", Command{Args: []string{"etc/passwd"}, Dir: "/"}, "etc/passwd can't be run: permission denied"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := run(t, t.Context(), tt.c)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestOnlyTheLastLinesAreInTheError(t *testing.T) {
	n := 0
	c := shell("/", "i=0; while [ $i -lt 10100 ]; do echo $i; i=$((i+1)); done; exit 1")
	c.Line = func(s string) { n++ }
	var exit *ExitError
	if err := Run(t.Context(), c); !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if len(exit.Last) != keptLines || exit.Last[keptLines-1] != "10099" || n != mostLines {
		t.Errorf("%d lines passed on; the error has %q", n, exit.Last)
	}
}

// TestStop stops commands in several ways, and wants nothing of them to be left soon after.
func TestStop(t *testing.T) {
	background := func(t *testing.T, _ string) context.Context { return t.Context() }
	cancelled := func(t *testing.T, dir string) context.Context { // once the script has said who it is
		ctx, cancel := context.WithCancel(t.Context())
		var said sync.WaitGroup
		t.Cleanup(said.Wait)
		said.Go(func() {
			defer cancel()
			for ctx.Err() == nil {
				if b, _ := os.ReadFile(filepath.Join(dir, "pid2")); len(b) > 0 {
					return
				}
				time.Sleep(5 * time.Millisecond)
			}
		})
		return ctx
	}
	tests := []struct {
		name, script string
		timeout      time.Duration
		ctx          func(t *testing.T, dir string) context.Context
		atLeast      time.Duration
		want         string // of the output
	}{
		{"cancel", "echo $$ >pid; sleep 100 & echo $! >pid2; wait", 0, cancelled, 0, ""},
		{"cancel one that says goodbye", "trap 'sleep 0.1; echo bye; exit' TERM; echo $$ >pid; sleep 100 & echo $! >pid2; wait", 0, cancelled, 0, "bye"},
		{"cancel one that doesn't care", "trap '' TERM; echo $$ >pid; sleep 100 & echo $! >pid2; while :; do sleep 1; done", 0, cancelled, time.Second, ""},
		{"timeout", "echo $$ >pid; sleep 100 & echo $! >pid2; wait", time.Second, background, time.Second, ""},
		{"leaves one behind", "echo $$ >pid; sleep 100 & echo $! >pid2", 0, background, 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			c := shell(dir, tt.script)
			c.Timeout = tt.timeout
			start, watch := time.Now(), pace.Start()
			lines, err := run(t, tt.ctx(t, dir), c)
			if took := time.Since(start); took < tt.atLeast {
				t.Errorf("took %v", took)
			}
			// Half a second beside the grace it uses, and the start of a shell.
			if _, err := watch.Check(tt.atLeast + 500*time.Millisecond); err != nil {
				t.Error(err)
			}
			var timeout *TimeoutError
			switch {
			case tt.timeout > 0:
				if !errors.As(err, &timeout) || err.Error() != "sh was stopped: it was still running after the timeout of 1s" {
					t.Error(err)
				}
			case strings.HasPrefix(tt.name, "cancel"):
				if !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
			case err != nil:
				t.Error(err)
			}
			if got := strings.Join(lines, " "); got != tt.want {
				t.Errorf("it said %q, not %q", got, tt.want)
			}
			wantGone(t, dir)
		})
	}
}

// wantGone wants the processes whose numbers are in dir/pid and dir/pid2 to be gone.
func wantGone(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{"pid", "pid2"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
		if err != nil {
			t.Fatal(err)
		}
		// One that was killed while its parent was may still wait for the system to take note of it.
		for end := time.Now().Add(5 * time.Second); running(pid); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("process %d of %s still runs", pid, name)
			}
		}
	}
}

// running says whether a process runs; one that has ended and was not waited for does not.
func running(pid int) bool {
	if stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil {
		_, state, _ := bytes.Cut(stat, []byte(") "))
		return !bytes.HasPrefix(state, []byte("Z"))
	}
	return syscall.Kill(pid, 0) == nil
}

// TestKilledParentTakesAllAlong kills the process that runs a command, and wants nothing of the command to be left.
func TestKilledParentTakesAllAlong(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"=cd '"+dir+"'; trap '' TERM HUP; echo $$ >pid; sleep 100 & echo $! >pid2; touch ready; while :; do sleep 1; done")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(dir, "ready")); err == nil {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the command did not start")
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	wantGone(t, dir)
}
