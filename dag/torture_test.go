package dag_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"fashionpipe/dag"
	"fashionpipe/internal/disk"
)

// slow writes many files a little at a time and keeps how far it is in its scratch folder, as a training does. What it
// writes doesn't tell whether it was cut off.
type slow struct {
	Text  string `param:"text" doc:"what to write"`
	Files int    `param:"files" doc:"how many files"`
	Calls string `param:"calls,exec" doc:"where calls are counted"`
}

func (s *slow) Run(ctx context.Context, t *dag.Task) error {
	count(s.Calls, "slow")
	checkpoint := filepath.Join(t.Scratch, "done")
	b, err := os.ReadFile(checkpoint)
	done := len(b)
	if err != nil {
		done = 0
	}
	if done > 0 {
		t.Sayf("resumed")
	}
	all := s.Text
	for _, a := range t.In["texts"] {
		text, err := readText(a.Dir)
		if err != nil {
			return err
		}
		all += "," + text
	}
	for i := range s.Files {
		if err := ctx.Err(); err != nil {
			return err
		}
		data := bytes.Repeat([]byte(fmt.Sprint(all, i, "\n")), 2000)
		if err := disk.WriteFile(filepath.Join(t.Out, fmt.Sprint(i)), data, 0o644); err != nil {
			return err
		}
		if i < done {
			continue
		}
		time.Sleep(2 * time.Millisecond)
		if err := disk.WriteFile(checkpoint+".tmp", make([]byte, i+1), 0o644); err != nil {
			return err
		}
		if err := os.Rename(checkpoint+".tmp", checkpoint); err != nil {
			return err
		}
	}
	t.Resultf("files", "%d", s.Files)
	return writeText(t, all)
}

var slowKind = kind("slow", many, func() dag.Stage { return &slow{} })

// tortured is a graph of eleven stages with two branches that meet, all of whose work is new for another salt.
func tortured(salt, calls string) []*dag.Node {
	var nodes []*dag.Node
	add := func(name string, in ...string) {
		nodes = append(nodes, node(slowKind, name, &slow{Text: name + salt, Files: 3, Calls: calls}, in...))
	}
	add("a")
	add("b")
	for i := range 4 {
		left, right := "a", "b"
		if i > 0 {
			left, right = fmt.Sprint("l", i-1), fmt.Sprint("r", i-1)
		}
		add(fmt.Sprint("l", i), left)
		add(fmt.Sprint("r", i), right, left)
	}
	add("end", "l3", "r3")
	return nodes
}

func digests(sum *dag.Summary) map[string]dag.Digest {
	out := map[string]dag.Digest{}
	for _, s := range sum.Stages {
		out[s.Node.Name] = s.Artifact.Digest
	}
	return out
}

// TestTorture kills a run at random moments, again and again, until it comes to its end; and so on with new work until
// it has killed 200 times. Each time the end must be that of an undisturbed run, byte by byte, with no word of damage.
func TestTorture(t *testing.T) {
	kills := 200
	if testing.Short() {
		kills = 20
	}
	dir, seed := t.TempDir(), uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 1))
	where := map[string]int{} // what the killed runs last said
	killed, rounds := 0, 0
	for ; killed < kills; rounds++ {
		salt := fmt.Sprint("-", rounds)
		clean := newLab(t, t.TempDir())
		start := time.Now()
		undisturbed, got := clean.run(graph(t, tortured(salt, "")...), dag.RunOptions{})
		whole := time.Since(start) + 30*time.Millisecond // and the start of a process
		if undisturbed.Status != dag.StatusOK {
			t.Fatal(got)
		}
		for try := 0; ; try++ {
			cmd, out := startChild(t, "torture", dir, "DAG_TEST_FILE="+salt)
			// What a killed run has done is there for the next, which is done sooner and so killed in a later part.
			timer := time.AfterFunc(time.Duration(random.Int64N(int64(whole/2))), func() { _ = cmd.Process.Kill() })
			err := cmd.Wait()
			timer.Stop()
			if err == nil {
				break // it came to its end before it could be killed
			}
			if w := cmd.ProcessState.Sys().(syscall.WaitStatus); !w.Signaled() || w.Signal() != syscall.SIGKILL {
				t.Fatalf("seed %d, round %d: %v: %s", seed, rounds, err, out)
			}
			if out.Len() > 0 {
				break // it had told its end already; whether that was a good one is looked at below
			}
			killed++
			where[lastWord(t, dir)]++
		}
		l := newLab(t, dir)
		remove(t, filepath.Join(dir, "memo")) // so that every byte is read
		sum, got := l.run(graph(t, tortured(salt, "")...), dag.RunOptions{})
		if !maps.Equal(digests(sum), digests(undisturbed)) || sum.Count(dag.StateCached) != len(sum.Stages) {
			t.Fatalf("seed %d, round %d: not what an undisturbed run gives: %s", seed, rounds, got)
		}
		if w := l.said(dag.Warned); w != "" {
			t.Fatalf("seed %d, round %d: %s", seed, rounds, w)
		}
	}
	want(t, unfinished(t, dir), "")
	t.Logf("%d kills in %d rounds; the last word of those killed: %v", killed, rounds, where)
	if !testing.Short() && len(where) < 4 {
		t.Errorf("the kills were not spread over the run: %v", where)
	}
}

// unfinished lists what killed runs leave that the next run finishes or clears away.
func unfinished(t *testing.T, dir string) string {
	return found(t, dir, "leases/*", "artifacts/tmp-*", "artifacts/old-*", "records/*/*.tmp", "scratch/*")
}

// lastWord says what the newest run last wrote into its log.
func lastWord(t *testing.T, dir string) string {
	t.Helper()
	logs, err := filepath.Glob(filepath.Join(dir, "runs", "*"))
	if err != nil || len(logs) == 0 {
		return "nothing yet"
	}
	b, err := os.ReadFile(filepath.Join(slices.Max(logs), "log.jsonl"))
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	var e struct{ Event string }
	if err != nil || json.Unmarshal([]byte(lines[len(lines)-1]), &e) != nil {
		return "no log yet"
	}
	return e.Event
}

// TestManyProcessesOnOneStore starts two and eight processes with the same work at once, and wants each stage done once.
func TestManyProcessesOnOneStore(t *testing.T) {
	for _, n := range []int{2, 8, 8, 8} {
		dir, log := t.TempDir(), filepath.Join(t.TempDir(), "calls")
		var outs []*bytes.Buffer
		var waits []func() error
		for range n {
			cmd, out := startChild(t, "torture", dir, "DAG_TEST_FILE=x", "DAG_TEST_CALLS="+log)
			outs, waits = append(outs, out), append(waits, cmd.Wait)
		}
		for i, wait := range waits {
			if err := wait(); err != nil {
				t.Errorf("%d processes: %v: %s", n, err, outs[i])
			}
		}
		if did := len(strings.Fields(calls(t, log))); did != len(tortured("", "")) {
			t.Errorf("%d processes: %d stages were worked on, not %d", n, did, len(tortured("", "")))
		}
		want(t, leftovers(t, dir), "")
	}
}

// TestSlowHolderKeepsItsLease has one process work for longer than another has patience to look, and wants no second
// worker: only the end of a process ends its lease, however long it is silent.
func TestSlowHolderKeepsItsLease(t *testing.T) {
	dir, log, gate := t.TempDir(), filepath.Join(t.TempDir(), "calls"), filepath.Join(t.TempDir(), "gate")
	one, oneOut := startChild(t, "text", dir, "DAG_TEST_FILE="+log, "DAG_TEST_WAIT="+gate)
	if err := waitFor(t.Context(), log); err != nil {
		t.Fatal(err)
	}
	two, twoOut := startChild(t, "text", dir, "DAG_TEST_FILE="+log, "DAG_TEST_WAIT="+gate)
	time.Sleep(1500 * time.Millisecond) // several of the waiter's looks, which come every 200 ms
	want(t, calls(t, log), "text")
	write(t, gate, "")
	for _, cmd := range []func() error{one.Wait, two.Wait} {
		if err := cmd(); err != nil {
			t.Error(err, oneOut, twoOut)
		}
	}
	want(t, oneOut.String()+" / "+twoOut.String(), "t ran / t cached")
	want(t, calls(t, log), "text")
}
