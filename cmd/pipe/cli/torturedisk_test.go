package cli

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"fashionpipe/internal/disk/faulty"
)

// openDir is a new folder that any user finds.
func openDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "pipe-test-")
	if err == nil {
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// asNobody makes a folder and the commands run there those of a user whom the rights of files bind.
func asNobody(t *testing.T, dir string, cmds ...*exec.Cmd) {
	t.Helper()
	env, err := faulty.AsNobody(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, cmd := range cmds {
		cmd.Env = append(append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir), env...)
	}
}

// TestReadOnlyStore wants a run on a store that can't be written to say so, and to leave it as it is.
func TestReadOnlyStore(t *testing.T) {
	dir := openDir(t)
	first := run(t, dir)
	store := filepath.Join(dir, ".pipe")
	back := faulty.ReadOnly(store)
	defer back()
	again, plan := pipeRun(t, dir), pipeRun(t, dir)
	asNobody(t, dir, again, plan)
	again.Args = append(again.Args, "--out", "again") // the first run's is root's
	out, err := again.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitWrong || !strings.Contains(string(out), "make "+store+" writable, or put the store elsewhere with --store") {
		t.Errorf("%v: %s", err, out)
	}
	plan.Args = []string{"pipe", "plan", plan.Args[2]}
	if out, err := plan.CombinedOutput(); err != nil || !strings.Contains(string(out), "11 cached") {
		t.Errorf("plan: %v: %s", err, out)
	}
	back()
	wantSame(t, dir, first, 0, 0)
}

// TestUnwritableResults wants a run to say before it begins that nothing can be put into the folder for results.
func TestUnwritableResults(t *testing.T) {
	dir := openDir(t)
	locked := filepath.Join(dir, "locked")
	if err := os.Mkdir(locked, 0o555); err != nil {
		t.Fatal(err)
	}
	cmd := pipeRun(t, dir)
	asNobody(t, dir, cmd)
	cmd.Args = append(cmd.Args, "--out", "locked/below")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitWrong ||
		!strings.Contains(string(out), "results go into locked/below: permission denied: make locked writable, or name another folder with --out") {
		t.Errorf("%v: %s", err, out)
	}
	if _, err := os.Stat(filepath.Join(dir, ".pipe")); err == nil {
		t.Error("a run began")
	}
}

// TestKilledOnBadDisks kills runs of the whole chain at random moments on a disk that is full, where no file may be larger
// than so many blocks, and where the store turns read-only; and wants the end to be that of an undisturbed run.
func TestKilledOnBadDisks(t *testing.T) {
	kills := 8
	if testing.Short() {
		kills = 1
	}
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 1))
	start := time.Now()
	undisturbed := run(t, t.TempDir())
	whole := time.Since(start)
	for disk, says := range map[string]string{
		"full": "free some space where ", "limited": "file too large", "read-only": "permission denied: make ",
	} {
		dir, killed, told := openDir(t), 0, 0
		for tries := 0; killed < kills && tries < 10*kills; tries++ {
			cmd := pipeRun(t, dir)
			asNobody(t, dir, cmd)
			back := func() {}
			switch disk {
			case "full": // for what the store itself writes; its mebibyte of artifacts the stages write
				cmd.Env = append(cmd.Env, fmt.Sprint("TEST_ROOM=", random.IntN(100_000)))
			case "limited":
				cmd.Args = append([]string{"sh", "-c", `ulimit -f "$0"; exec "$@"`, fmt.Sprint(random.IntN(600))}, cmd.Args...)
				cmd.Path = "/bin/sh"
			}
			said, was := killSoon(t, cmd, time.Duration(random.Int64N(int64(whole))), func() {
				if disk == "read-only" {
					time.Sleep(time.Duration(random.Int64N(int64(whole / 2))))
					back = faulty.ReadOnly(filepath.Join(dir, ".pipe"))
				}
			})
			back()
			switch {
			case was:
				killed++
			case strings.Contains(said, says):
				told++
			case cmd.ProcessState.ExitCode() != 0:
				t.Fatalf("seed %d: %s: it didn't say what is wrong: %s", seed, disk, said)
			}
		}
		t.Logf("%s: %d killed, %d told what is wrong", disk, killed, told)
		again := run(t, dir)
		if !maps.Equal(again.digests, undisturbed.digests) || again.warned != "" {
			t.Errorf("seed %d: %s: then the results are others: %s\n%v\n%v", seed, disk, again.warned, again.digests, undisturbed.digests)
		}
		wantSame(t, dir, undisturbed, seed, killed)
	}
}

// killSoon starts a command, does something beside it, and kills it after a while, if it has not ended by itself.
func killSoon(t *testing.T, cmd *exec.Cmd, after time.Duration, beside func()) (said string, killed bool) {
	t.Helper()
	var b strings.Builder
	cmd.Stdout, cmd.Stderr = &b, &b
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	beside()
	_ = cmd.Wait() // how it ended is looked at
	timer.Stop()
	w := cmd.ProcessState.Sys().(syscall.WaitStatus)
	return b.String(), w.Signaled() && w.Signal() == syscall.SIGKILL
}
