package dag_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fashionpipe/dag"
)

// TestFailureLeavesOtherBranchesAlone has a failing stage, two that need it, and a branch that doesn't.
func TestFailureLeavesOtherBranchesAlone(t *testing.T) {
	tests := []struct{ how, message string }{
		{"error", "it went wrong"},
		{"panic", "panic: oh no"},
		{"nothing", "text: no such file"},
		{"full", "no space left on device: free some space where "},
		{"link", "text is no plain file"},
		{"unwhole", "what it wrote is not whole: the text is empty"},
	}
	for _, tt := range tests {
		t.Run(tt.how, func(t *testing.T) {
			l := newLab(t, t.TempDir())
			log := filepath.Join(t.TempDir(), "calls")
			g := graph(t,
				node(badKind, "bad", &bad{How: tt.how, Calls: log}),
				node(joinKind, "after", &join{}, "bad"),
				node(joinKind, "last", &join{}, "after"),
				node(textKind, "a", &text{Text: "x"}),
				node(joinKind, "j", &join{}, "a"),
			)
			sum, got := l.run(g, dag.RunOptions{})
			want(t, got, "bad failed, after skipped, last skipped, a ran, j ran")
			want(t, string(sum.Status), "failed")
			if err := sum.Err(); err == nil || !strings.Contains(err.Error(), "stage bad: ") || !strings.Contains(err.Error(), tt.message) {
				t.Errorf("error %v, wanted %q", err, tt.message)
			}
			last, _ := sum.Stage("last")
			want(t, last.Cause+" / "+last.Reason, "bad / bad failed")
			_, got = l.run(g, dag.RunOptions{}) // a failure is not remembered
			want(t, got, "bad failed, after skipped, last skipped, a cached, j cached")
			want(t, calls(t, log), "bad bad")
		})
	}
}

func TestPanicKeepsItsStack(t *testing.T) {
	l := newLab(t, t.TempDir())
	sum, _ := l.run(graph(t, node(badKind, "bad", &bad{How: "panic"})), dag.RunOptions{})
	var p *dag.PanicError
	if !errors.As(sum.Err(), &p) || !strings.Contains(p.Stack, "kinds_test.go") {
		t.Errorf("%v", sum.Err())
	}
	if log := read(t, filepath.Join(sum.RunDir, "log.jsonl")); !strings.Contains(log, "kinds_test.go") {
		t.Errorf("no stack in the log:\n%s", log)
	}
}

func TestFailFast(t *testing.T) {
	l := newLab(t, t.TempDir())
	g := graph(t,
		node(badKind, "bad", &bad{}),
		node(textKind, "slow", &text{Text: "x", Wait: filepath.Join(t.TempDir(), "never")}),
		node(joinKind, "j", &join{}, "slow"),
	)
	sum, got := l.run(g, dag.RunOptions{FailFast: true})
	want(t, got, "bad failed, slow skipped, j skipped")
	want(t, string(sum.Status), "failed")
	want(t, l.said(dag.Skipped), "slow: another stage failed\nj: another stage failed")
	if j, _ := sum.Stage("j"); j.Cause != "" {
		t.Errorf("j needs no stage that failed, yet its cause is %s", j.Cause)
	}
}

// late fails by itself: the first one once the other has begun, the other when it is told to stop.
type late struct {
	Text  string `param:"text" doc:"which it is"`
	begun chan struct{}
	cause bool // the other one gives what stopped it
}

func (s *late) Run(ctx context.Context, _ *dag.Task) error {
	if s.Text == "first" {
		<-s.begun
		return errBad
	}
	close(s.begun)
	<-ctx.Done()
	if s.cause {
		return fmt.Errorf("given up: %w", context.Cause(ctx))
	}
	return errors.New("no such luck")
}

// TestFailFastKeepsEveryError wants the error of a stage that fails right after the first one.
func TestFailFastKeepsEveryError(t *testing.T) {
	l := newLab(t, t.TempDir())
	l.Jobs = 2
	begun, lateKind := make(chan struct{}), kind("late", nil, func() dag.Stage { return &late{} })
	sum, got := l.run(graph(t,
		node(lateKind, "a", &late{Text: "first", begun: begun}),
		node(lateKind, "b", &late{Text: "other", begun: begun}),
		node(joinKind, "j", &join{}, "b"),
	), dag.RunOptions{FailFast: true})
	want(t, got, "a failed, b failed, j skipped")
	if b, _ := sum.Stage("b"); b.Err == nil || b.Err.Error() != "no such luck" {
		t.Errorf("its error is %v", b.Err)
	}
}

// TestFailFastKnowsWhomItStopped wants a stage that gives the cause of its stop to be skipped, not failed.
func TestFailFastKnowsWhomItStopped(t *testing.T) {
	l := newLab(t, t.TempDir())
	l.Jobs = 2
	begun, lateKind := make(chan struct{}), kind("late", nil, func() dag.Stage { return &late{} })
	sum, got := l.run(graph(t,
		node(lateKind, "a", &late{Text: "first", begun: begun}),
		node(lateKind, "b", &late{Text: "other", begun: begun, cause: true}),
	), dag.RunOptions{FailFast: true})
	want(t, got, "a failed, b skipped")
	if b, _ := sum.Stage("b"); b.Err != nil {
		t.Errorf("its error is %v", b.Err)
	}
}

func TestCancel(t *testing.T) {
	for _, how := range []string{"says so", "swallows it"} {
		t.Run(how, func(t *testing.T) {
			dir := t.TempDir()
			l := newLab(t, dir)
			n := node(textKind, "slow", &text{Text: "x", Wait: filepath.Join(dir, "never")})
			if how == "swallows it" {
				n = node(badKind, "slow", &bad{How: "swallow"})
			}
			g := graph(t, n, node(joinKind, "j", &join{}, "slow"))
			ctx, cancel := context.WithCancel(t.Context())
			started := make(chan struct{})
			l.Events = func(e dag.Event) {
				if e.What == dag.Started {
					close(started)
				}
			}
			go func() {
				<-started
				cancel()
			}()
			sum, err := l.Run(ctx, g, dag.RunOptions{})
			if err != nil {
				t.Fatal(err)
			}
			want(t, states(sum), "slow interrupted, j interrupted")
			want(t, string(sum.Status), "interrupted")
			want(t, leftovers(t, dir), "")
			rec, err := dag.ReadRun(l.Store, sum.RunID)
			if err != nil || rec.Status != dag.StatusInterrupted {
				t.Errorf("%v, %v", rec, err)
			}
		})
	}
}

func TestGates(t *testing.T) {
	l := newLab(t, t.TempDir())
	n := node(textKind, "a", &text{Text: "x", Gate: "collapse"})
	g := graph(t, n, node(joinKind, "j", &join{}, "a"))
	for _, state := range []string{"a ran, j ran", "a cached, j cached"} {
		sum, got := l.run(g, dag.RunOptions{})
		want(t, got, state)
		want(t, string(sum.Status), "gate")
		if len(sum.Gates) != 1 || sum.Gates[0].Stage != "a" || sum.Gates[0].Note.Name != "collapse" {
			t.Errorf("gates: %v", sum.Gates)
		}
	}
	n.Allow = []string{"collapse"}
	sum, got := l.run(g, dag.RunOptions{})
	want(t, got+" "+string(sum.Status), "a cached, j cached ok")
}

func TestOnly(t *testing.T) {
	l := newLab(t, t.TempDir())
	_, got := l.run(chain(t, "", "x"), dag.RunOptions{Only: []string{"j"}})
	want(t, got, "a ran, b ran, j ran")
	_, err := l.Run(t.Context(), chain(t, "", "x"), dag.RunOptions{Force: []string{"nope"}})
	var unknown *dag.UnknownStageError
	if !errors.As(err, &unknown) || unknown.Name != "nope" || len(unknown.Known) != 4 {
		t.Errorf("%v", err)
	}
}

// TestJobs wants no more stages at work than there are jobs, and GPU stages one after the other.
func TestJobs(t *testing.T) {
	for _, tt := range []struct{ jobs, gpus, gpu, most int }{{1, 0, 0, 1}, {3, 0, 0, 3}, {3, 1, 1, 1}, {4, 2, 1, 2}, {2, 1, 2, 1}, {2, 0, 1, 2}} {
		l := newLab(t, t.TempDir())
		l.Jobs, l.GPUs = tt.jobs, tt.gpus
		var m meter
		var nodes []*dag.Node
		for i := range 6 {
			n := node(kind("meter", nil, nil), string(rune('a'+i)), &metered{N: i, m: &m})
			n.GPU = tt.gpu
			nodes = append(nodes, n)
		}
		sum, _ := l.run(graph(t, nodes...), dag.RunOptions{})
		if err := sum.Err(); err != nil || m.most != tt.most {
			t.Errorf("%+v: %d at once, %v", tt, m.most, err)
		}
		if warned := l.said(dag.Warned) != ""; warned != (tt.gpu > tt.gpus) {
			t.Errorf("%+v: warnings %q", tt, l.said(dag.Warned))
		}
	}
}

func TestBackendClass(t *testing.T) {
	l := newLab(t, t.TempDir())
	asked := 0
	l.BackendClass = func() (string, error) { asked++; return "go", nil }
	l.run(graph(t, node(textKind, "a", &text{Text: "x"})), dag.RunOptions{})
	if asked != 0 {
		t.Error("asked for the backend though no stage uses one")
	}
	g := graph(t, node(randomKind, "r", &random{Fixed: true}), node(randomKind, "s", &random{Fixed: true}))
	l.run(g, dag.RunOptions{})
	if asked != 1 {
		t.Errorf("asked %d times for the backend", asked)
	}
	l.events = nil
	l.BackendClass = func() (string, error) { return "xla:cuda", nil }
	l.run(g, dag.RunOptions{Only: []string{"r"}})
	want(t, l.said(dag.Started), "r: backend go → xla:cuda")
	l.GPUs, l.events = 2, nil
	shared := node(randomKind, "r", &random{Fixed: true})
	shared.GPU = 4
	l.run(graph(t, shared), dag.RunOptions{})
	want(t, l.said(dag.Started), "r: backend xla:cuda → xla:cuda:2 devices")
	l.Backend, l.events = "one", nil
	l.run(graph(t, shared), dag.RunOptions{})
	want(t, l.said(dag.Cached), "r:")
	l.Backend = ""
	l.BackendClass = func() (string, error) { return "", errBad }
	sum, _ := l.run(g, dag.RunOptions{})
	if !errors.Is(sum.Err(), errBad) {
		t.Errorf("%v", sum.Err())
	}
}

// TestOffloading: a stage may let the backend work without that being in the key.
func TestOffloading(t *testing.T) {
	l := newLab(t, t.TempDir())
	l.Backend = "xla"
	l.BackendClass = func() (string, error) { t.Error("asked for the class of the backend"); return "", nil }
	k := kind("offloading", nil, func() dag.Stage { return &offloading{} })
	g := graph(t, node(k, "o", &offloading{}))
	sum, _ := l.run(g, dag.RunOptions{})
	if err := sum.Err(); err != nil {
		t.Fatal(err)
	}
	if text, err := readText(sum.Stages[0].Artifact.Dir); text != "xla" || err != nil {
		t.Errorf("the stage was given the backend %q (%v)", text, err)
	}
}

type offloading struct{}

func (*offloading) Offloads() bool                           { return true }
func (*offloading) Run(_ context.Context, t *dag.Task) error { return writeText(t, t.Backend) }

func TestSeed(t *testing.T) {
	l := newLab(t, t.TempDir())
	n, fixed := node(randomKind, "r", &random{}), node(textKind, "f", &text{Text: "x"})
	g := graph(t, n, fixed)
	l.run(g, dag.RunOptions{})
	l.events = nil
	n.Seed, fixed.Seed = 2, 2
	_, got := l.run(g, dag.RunOptions{})
	want(t, got, "r ran, f cached")
	want(t, l.said(dag.Started), "r: seed 1 → 2")
}

// TestProgressIsThrottled calls Add far more often than events may come, and wants the last state to come out.
func TestProgressIsThrottled(t *testing.T) {
	l := newLab(t, t.TempDir())
	var m meter
	start := time.Now()
	l.run(graph(t, node(kind("meter", nil, nil), "a", &metered{m: &m, Adds: 200_000})), dag.RunOptions{})
	var progress []dag.Event
	for _, e := range l.events {
		if e.What == dag.Progress {
			progress = append(progress, e)
		}
	}
	if most := int(time.Since(start)/(50*time.Millisecond)) + 2; len(progress) > most || len(progress) == 0 {
		t.Fatalf("%d events of progress, not 1 to %d", len(progress), most)
	}
	if last := progress[len(progress)-1]; last.Done != 200_000 || last.Total != 200_000 || last.Unit != "adds" || last.Live != "done" {
		t.Errorf("the last progress: %+v", last)
	}
}
