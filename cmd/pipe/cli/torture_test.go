package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"fashionpipe/internal/pace"
)

// TestKilledAnywhereEndsTheSame kills runs of the whole chain, from drawing photographs to the report, at random moments,
// and wants the end to be that of an undisturbed run.
func TestKilledAnywhereEndsTheSame(t *testing.T) {
	kills := 30
	if testing.Short() {
		kills = 3
	}
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 1))
	start := time.Now()
	undisturbed := run(t, t.TempDir())
	whole := time.Since(start)
	dir, killed := t.TempDir(), 0
	for killed < kills {
		cmd := pipeRun(t, dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(time.Duration(random.Int64N(int64(whole))), func() { _ = cmd.Process.Kill() })
		err := cmd.Wait()
		timer.Stop()
		if w := cmd.ProcessState.Sys().(syscall.WaitStatus); err != nil && (!w.Signaled() || w.Signal() != syscall.SIGKILL) {
			t.Fatalf("seed %d: after %d kills a run ended by itself with %v", seed, killed, err)
		}
		if err == nil { // all done: begin anew, in a store where nothing is
			wantSame(t, dir, undisturbed, seed, killed)
			dir = t.TempDir()
			continue
		}
		killed++
	}
	again := run(t, dir)
	if again.warned != "" {
		t.Errorf("seed %d: %s", seed, again.warned)
	}
	wantSame(t, dir, undisturbed, seed, killed)
}

// wantSame wants everything to be there, whole, and the same as in another run.
func wantSame(t *testing.T, dir string, undisturbed seen, seed uint64, killed int) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(dir, ".pipe", "memo")); err != nil { // so that every byte is read
		t.Fatal(err)
	}
	again := run(t, dir)
	if !maps.Equal(again.digests, undisturbed.digests) || len(again.ran) > 0 || again.warned != "" {
		t.Fatalf("seed %d: after %d kills the store holds other results, or not all, or damaged ones: ran %v, %s\n%v\n%v",
			seed, killed, again.ran, again.warned, again.digests, undisturbed.digests)
	}
}

// mount mounts something at dir until the test ends, or skips the test where that isn't allowed.
func mount(t *testing.T, dir string, args ...string) {
	t.Helper()
	if out, err := exec.Command("mount", append(args, dir)...).CombinedOutput(); err != nil {
		t.Skipf("mount %v: %v %s", args, err, out)
	}
	t.Cleanup(func() { _ = exec.Command("umount", "-l", dir).Run() })
}

// TestFullDisk runs on disks that are too small, by what the store takes where there is room, and again on a larger one.
func TestFullDisk(t *testing.T) {
	roomy := t.TempDir()
	mountStore(t, roomy)
	undisturbed := run(t, roomy)
	needs := usedBytes(t, filepath.Join(roomy, ".pipe"))
	dir := t.TempDir()
	store := mountStore(t, dir)
	for _, percent := range []int64{25, 50, 70, 85} {
		remount(t, store, needs*percent/100)
		cmd := pipeRun(t, dir)
		var said strings.Builder
		cmd.Stdout, cmd.Stderr = &said, &said
		err := cmd.Run()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != exitStageFailed && exit.ExitCode() != exitWrong ||
			!strings.Contains(said.String(), "no space left on device") || !strings.Contains(said.String(), "free some space where "+store+" is") {
			t.Errorf("%d %% of %d bytes: %v: %s", percent, needs, err, said.String())
		}
	}
	remount(t, store, 100<<20)
	again := run(t, dir)
	if !maps.Equal(again.digests, undisturbed.digests) || again.warned != "" {
		t.Errorf("with enough room the results are others: %s\n%v\n%v", again.warned, again.digests, undisturbed.digests)
	}
}

// mountStore puts the store of a folder on a disk of its own, of 100 MB.
func mountStore(t *testing.T, dir string) (store string) {
	t.Helper()
	store = filepath.Join(dir, ".pipe")
	if err := os.Mkdir(store, 0o755); err != nil {
		t.Fatal(err)
	}
	mount(t, store, "-t", "tmpfs", "-o", "size=100m", "tmpfs")
	return store
}

func remount(t *testing.T, dir string, bytes int64) {
	t.Helper()
	if out, err := exec.Command("mount", "-o", fmt.Sprint("remount,size=", bytes), dir).CombinedOutput(); err != nil {
		t.Skipf("remount: %v %s", err, out)
	}
}

// usedBytes is how much of the disk at dir is taken.
func usedBytes(t *testing.T, dir string) int64 {
	t.Helper()
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		t.Fatal(err)
	}
	used := int64(fs.Blocks-fs.Bfree) * fs.Bsize
	t.Logf("the store takes %d bytes", used)
	return used
}

// TestSecondInterruptEndsAtOnce interrupts a run whose stage takes its time to stop, twice.
func TestSecondInterruptEndsAtOnce(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "slow.yaml")
	const text = `stages: {slow: {uses: exec, with: {command: [sh, -c, "trap '' TERM; echo ready; while :; do sleep 1; done"]}}}`
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, interrupts := range []int{1, 2} {
		cmd := exec.Command("pipe", "run", file, "--log", "json")
		cmd.Dir = dir
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		waitLine(t, out, `"text":"ready"`)
		watch := pace.Start()
		interruptUntilEnd(t, cmd, interrupts > 1)
		took, slow := watch.Check(stopLimit)
		w := cmd.ProcessState.Sys().(syscall.WaitStatus)
		switch {
		case interrupts == 1 && (cmd.ProcessState.ExitCode() != exitInterrupted || slow != nil):
			t.Errorf("interrupted once: %v after %s, %v", cmd.ProcessState, took, slow)
		case interrupts == 2 && (!w.Signaled() || w.Signal() != syscall.SIGINT):
			t.Errorf("interrupted twice: %v after %s", cmd.ProcessState, took)
		}
	}
}

// interruptUntilEnd interrupts a process once, or again and again, and waits for its end. Two signals that come before the
// process looks are one to it, so there is no knowing how many it takes to be interrupted twice.
func interruptUntilEnd(t *testing.T, cmd *exec.Cmd, again bool) {
	t.Helper()
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // how it ended is looked at by the caller
	}()
	for {
		select {
		case <-ended:
			return
		case <-time.After(20 * time.Millisecond):
			if again {
				_ = cmd.Process.Signal(os.Interrupt) // it may have ended
			}
		}
	}
}

// waitLine reads until a line holds a text, and lets the rest run into nothing.
func waitLine(t *testing.T, r io.Reader, text string) {
	t.Helper()
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if strings.Contains(lines.Text(), text) {
			go func() { _, _ = io.Copy(io.Discard, r) }()
			return
		}
	}
	t.Fatalf("the run ended without saying %s", text)
}
