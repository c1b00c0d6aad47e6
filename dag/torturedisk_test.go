package dag_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"fashionpipe/dag"
	"fashionpipe/internal/disk/faulty"
)

// badDisk is a way for a disk to be of no use to a run.
type badDisk struct {
	name string
	env  []string                       // of the run
	turn func(dir string) (back func()) // makes the disk bad at some moment of the run
	said func(out string) bool          // whether the run told what is wrong, and a remedy
}

// TestTortureOnBadDisks kills runs at random moments while the disk is full, or turns read-only, and wants those that are not
// killed to say so; and then a run to give what an undisturbed one gives, byte by byte, with no word of damage.
func TestTortureOnBadDisks(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 1))
	for _, d := range []badDisk{
		{"full", nil, func(string) func() { return func() {} }, func(out string) bool {
			return strings.Contains(out, "no space left on device: free some space where ")
		}},
		{"read-only", []string{"DAG_TEST_NOBODY=yes"}, readOnly, func(out string) bool {
			return strings.Contains(out, "permission denied: make ")
		}},
	} {
		t.Run(d.name, func(t *testing.T) {
			t.Logf("seed %d", seed)
			d.torture(t, random)
		})
	}
}

func (d *badDisk) torture(t *testing.T, random *rand.Rand) {
	kills := 40
	if testing.Short() {
		kills = 6
	}
	killed, told := 0, 0
	for round := 0; killed < kills; round++ {
		salt := fmt.Sprint("-", d.name, round)
		needs, undisturbed, whole := needed(t, salt)
		dir := memoryDir(t)
		if err := os.Chown(dir, nobody, nobody); err != nil && os.Geteuid() == 0 {
			t.Fatal(err)
		}
		for range 6 {
			// What was done is there for the next, which so needs less room.
			env := append([]string{"DAG_TEST_FILE=" + salt}, d.env...)
			if d.name == "full" {
				env = append(env, fmt.Sprint("DAG_TEST_ROOM=", random.IntN(needs)))
			}
			if os.Geteuid() != 0 {
				env = append(env, "DAG_TEST_NOBODY=") // it has no rights to lose
			}
			was, out := d.run(t, dir, env, random, whole)
			switch {
			case was:
				killed++
			case d.said(out):
				told++
			case !strings.HasSuffix(out, "end ran") && !strings.HasSuffix(out, "end cached"):
				t.Fatalf("it neither came to its end nor said what is wrong: %s", out)
			}
		}
		l := newLab(t, dir)
		sum, got := l.run(graph(t, tortured(salt, "")...), dag.RunOptions{})
		if !maps.Equal(digests(sum), undisturbed) {
			t.Fatalf("round %d: not what an undisturbed run gives: %s: %v", round, got, sum.Err())
		}
		if w := l.said(dag.Warned); w != "" {
			t.Fatalf("round %d: %s", round, w)
		}
		want(t, unfinished(t, dir), "")
		remove(t, dir)
	}
	t.Logf("%d runs killed, %d told that the disk is %s", killed, told, d.name)
	if !testing.Short() && told == 0 {
		t.Errorf("no run told that the disk is %s", d.name)
	}
}

// needed gives what an undisturbed run writes, makes and takes.
func needed(t *testing.T, salt string) (bytes int, gives map[string]dag.Digest, took time.Duration) {
	t.Helper()
	var w watch
	restore := faulty.Install(func(o faulty.Op) (int, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		bytes += o.Size
		return 0, nil
	})
	defer restore()
	l := newLab(t, memoryDir(t))
	start := time.Now()
	sum, got := l.run(graph(t, tortured(salt, "")...), dag.RunOptions{})
	if sum.Status != dag.StatusOK {
		t.Fatal(got)
	}
	return bytes, digests(sum), time.Since(start) + 30*time.Millisecond // and the start of a process
}

// run runs a process that is killed at a random moment, if it didn't end before, and whose disk turns bad at another.
func (d *badDisk) run(t *testing.T, dir string, env []string, random *rand.Rand, whole time.Duration) (killed bool, out string) {
	t.Helper()
	turn, kill := time.Duration(random.Int64N(int64(whole/2))), time.Duration(random.Int64N(int64(whole)))
	var cmdOut *bytes.Buffer
	cmd, cmdOut := startChild(t, "torture", dir, env...)
	ended := make(chan struct{})
	go func() {
		time.Sleep(kill)
		_ = cmd.Process.Kill() // it may have ended
	}()
	backs := make(chan func(), 1)
	go func() {
		defer close(ended)
		time.Sleep(turn)
		backs <- d.turn(dir)
	}()
	err := cmd.Wait()
	<-ended
	(<-backs)()
	w := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if w.Signaled() && w.Signal() == syscall.SIGKILL {
		return true, ""
	}
	if err != nil && !d.said(cmdOut.String()) {
		t.Fatalf("%v: %s", err, cmdOut)
	}
	return false, cmdOut.String()
}

// readOnly takes the right to write away from every folder of a store, in the middle of what a run does.
func readOnly(dir string) (back func()) {
	set := func(mode fs.FileMode) {
		_ = filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
			if err == nil && e.IsDir() {
				_ = os.Chmod(p, mode) // it may be gone
			}
			return nil // folders come and go
		})
	}
	set(0o555)
	return func() { set(0o755) }
}
