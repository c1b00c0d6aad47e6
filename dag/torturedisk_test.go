package dag_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
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
	turn func(dir string) (back func()) // makes the disk bad at some moment of a run; nil if it is from the start
	said func(out string) bool          // whether the run told what is wrong, and a remedy
}

// TestTortureOnBadDisks kills runs at random moments while the disk is full, or turns read-only, and wants those that are not
// killed to say so; and then a run to give what an undisturbed one gives, byte by byte, with no word of damage.
func TestTortureOnBadDisks(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 1))
	for _, d := range []badDisk{
		{"full", nil, func(out string) bool {
			return strings.Contains(out, "no space left on device: free some space where ")
		}},
		{"read-only", faulty.ReadOnly, func(out string) bool {
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
		rights, err := faulty.AsNobody(dir)
		if err != nil {
			t.Fatal(err)
		}
		for range 6 {
			// What was done is there for the next, which so needs less room.
			env := append([]string{"DAG_TEST_FILE=" + salt}, rights...)
			if d.name == "full" {
				env = append(env, fmt.Sprint("TEST_ROOM=", random.IntN(needs)))
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
	cmd, said := startChild(t, "torture", dir, env...)
	back, ended := func() {}, make(chan struct{})
	go func() {
		time.Sleep(kill)
		_ = cmd.Process.Kill() // it may have ended
	}()
	go func() {
		defer close(ended)
		time.Sleep(turn)
		if d.turn != nil {
			back = d.turn(dir)
		}
	}()
	err := cmd.Wait()
	<-ended
	back()
	w := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if w.Signaled() && w.Signal() == syscall.SIGKILL {
		return true, ""
	}
	if err != nil && !d.said(said.String()) {
		t.Fatalf("%v: %s", err, said)
	}
	return false, said.String()
}
