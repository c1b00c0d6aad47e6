package dag_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fashionpipe/dag"
	"fashionpipe/dag/store"
)

// startChild runs this test binary as another process that runs a stage on the store.
func startChild(t *testing.T, what, dir string, env ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	var out bytes.Buffer
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), append(env, childEnv+"="+what, "DAG_TEST_STORE="+dir)...)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return cmd, &out
}

// TestTwoProcessesWorkOnce starts the same work in two processes and in this one, and wants it done once.
func TestTwoProcessesWorkOnce(t *testing.T) {
	dir := t.TempDir()
	log, gate := filepath.Join(t.TempDir(), "calls"), filepath.Join(t.TempDir(), "gate")
	one, oneOut := startChild(t, "text", dir, "DAG_TEST_FILE="+log, "DAG_TEST_WAIT="+gate)
	two, twoOut := startChild(t, "text", dir, "DAG_TEST_FILE="+log, "DAG_TEST_WAIT="+gate)
	if err := waitFor(t.Context(), log); err != nil {
		t.Fatal(err)
	}
	l := newLab(t, dir)
	var once sync.Once
	keep := l.Events
	l.Events = func(e dag.Event) {
		keep(e)
		if e.What == dag.Waiting {
			once.Do(func() { write(t, gate, "") })
		}
	}
	_, got := l.run(graph(t, node(textKind, "t", &text{Text: "x", Calls: log, Wait: gate})), dag.RunOptions{})
	want(t, got, "t cached")
	if w := l.said(dag.Waiting); !strings.Contains(w, "does the same work") {
		t.Errorf("waiting: %q", w)
	}
	for _, cmd := range []*exec.Cmd{one, two} {
		if err := cmd.Wait(); err != nil {
			t.Error(err, oneOut, twoOut)
		}
	}
	both := []string{oneOut.String(), twoOut.String()}
	if both[0] > both[1] {
		both[0], both[1] = both[1], both[0]
	}
	want(t, strings.Join(both, " / "), "t cached / t ran")
	want(t, calls(t, log), "text")
	want(t, leftovers(t, dir), "")
}

// TestTwoEnginesWorkOnce is the same with goroutines, and with two stages of one graph that are the same work.
func TestTwoEnginesWorkOnce(t *testing.T) {
	dir, log := t.TempDir(), filepath.Join(t.TempDir(), "calls")
	var wg sync.WaitGroup
	for range 4 {
		l := newLab(t, dir)
		g := graph(t,
			node(textKind, "a", &text{Text: "x", Calls: log}),
			node(textKind, "b", &text{Text: "x", Calls: log}),
			node(joinKind, "j", &join{Calls: log}, "a", "b"),
		)
		wg.Go(func() {
			sum, err := l.Run(t.Context(), g, dag.RunOptions{})
			if err != nil || sum.Status != dag.StatusOK {
				t.Error(sum, err)
			}
		})
	}
	wg.Wait()
	want(t, calls(t, log), "text join")
	want(t, leftovers(t, dir), "")
}

// TestKilled kills a process in the middle of a stage, and wants the next run to take over: its scratch folder is
// there, its half-written artifact is not, and its run is known as killed.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	ready := filepath.Join(t.TempDir(), "ready")
	cmd, out := startChild(t, "resume", dir, "DAG_TEST_FILE="+ready)
	if err := waitFor(t.Context(), ready); err != nil {
		t.Fatal(err)
	}
	ro, err := store.Open(dir, store.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if runs, err := dag.ReadRuns(ro); err != nil || len(runs) != 1 || runs[0].Status != dag.StatusRunning {
		t.Fatalf("before the kill: %+v, %v", runs, err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	if left := leftovers(t, dir); !strings.Contains(left, "leases/") || !strings.Contains(left, "artifacts/tmp-") {
		t.Fatalf("the killed process left nothing to clear: %q, it said %q", left, out)
	}

	l := newLab(t, dir)
	if runs, err := dag.ReadRuns(l.Store); err != nil || len(runs) != 1 || runs[0].Status != dag.StatusKilled {
		t.Errorf("after the kill: %+v, %v", runs, err)
	}
	if left := leftovers(t, dir); strings.Contains(left, "leases/") || strings.Contains(left, "artifacts/tmp-") {
		t.Errorf("opening the store left %q", left)
	}
	g := graph(t, node(resumeKind, "r", &resume{}))
	want(t, planned(t, l.Engine, g), "r run: first time, goes on from a checkpoint")
	p, err := l.Plan(t.Context(), g, dag.RunOptions{Force: []string{"r"}})
	if err != nil || p.Stages[0].Reason != "forced" {
		t.Errorf("forced, the reason is %q (%v): it would not go on", p.Stages[0].Reason, err)
	}
	sum, got := l.run(g, dag.RunOptions{})
	want(t, got, "r ran")
	want(t, output(t, sum, "r"), "resumed from step 1")
	want(t, l.said(dag.Started), "r: first time, goes on from a checkpoint")
	if found, _ := filepath.Glob(filepath.Join(dir, "scratch", "*")); len(found) != 0 {
		t.Errorf("scratch folders stay after publishing: %v", found)
	}
}

// TestForceStartsFromNothing wants a forced stage not to resume.
func TestForceStartsFromNothing(t *testing.T) {
	l := newLab(t, t.TempDir())
	g := graph(t, node(resumeKind, "r", &resume{}))
	sum, _ := l.run(g, dag.RunOptions{})
	r, _ := sum.Stage("r")
	scratch := filepath.Join(l.Store.Dir(), "scratch", string(r.Key))
	if err := os.MkdirAll(scratch, 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(scratch, "checkpoint"), "step 9")
	sum, _ = l.run(g, dag.RunOptions{Force: []string{"r"}})
	want(t, output(t, sum, "r"), "from the start")
}

// TestTakeOver kills the holder of a lease while this process waits for it.
func TestTakeOver(t *testing.T) {
	dir, log := t.TempDir(), filepath.Join(t.TempDir(), "calls")
	cmd, _ := startChild(t, "text", dir, "DAG_TEST_FILE="+log, "DAG_TEST_WAIT="+filepath.Join(dir, "never"))
	if err := waitFor(t.Context(), log); err != nil {
		t.Fatal(err)
	}
	l := newLab(t, dir)
	keep := l.Events
	l.Events = func(e dag.Event) {
		keep(e)
		if e.What == dag.Waiting {
			time.AfterFunc(10*time.Millisecond, func() { _ = cmd.Process.Kill() })
		}
	}
	_, got := l.run(graph(t, node(textKind, "t", &text{Text: "x", Calls: log})), dag.RunOptions{})
	want(t, got, "t ran")
	if l.said(dag.Waiting) == "" {
		t.Error("it did not wait")
	}
	_ = cmd.Wait() // it was killed
}

// TestKilledAnywhere kills processes after various times, wherever they are, and wants the store to stay sound.
func TestKilledAnywhere(t *testing.T) {
	dir := t.TempDir()
	for i := range 10 {
		cmd, _ := startChild(t, "chain", dir, "DAG_TEST_FILE="+fmt.Sprint(i))
		if err := waitFor(t.Context(), filepath.Join(dir, "version")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(7*i) * time.Millisecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // mostly killed
		l := newLab(t, dir)
		sum, _ := l.run(chain(t, "", fmt.Sprint(i)), dag.RunOptions{})
		want(t, string(sum.Status), "ok")
		want(t, output(t, sum, "k"), fmt.Sprint(i, "B"))
		want(t, l.said(dag.Warned), "")
		_, got := l.run(chain(t, "", fmt.Sprint(i)), dag.RunOptions{})
		want(t, got, "a cached, b cached, j cached, k cached")
	}
}
