package dag_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fashionpipe/dag"
	"fashionpipe/dag/store"
)

// planned gives a plan as text: "a cached | j run: first time".
func planned(t *testing.T, e *dag.Engine, g *dag.Graph) string {
	t.Helper()
	p, err := e.Plan(t.Context(), g, dag.RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, s := range p.Stages {
		line := s.Node.Name + " " + string(s.Outlook)
		if s.Reason != "" {
			line += ": " + s.Reason
		}
		if s.Err != nil {
			line += ": " + s.Err.Error()
		}
		out = append(out, line)
	}
	return strings.Join(out, " | ")
}

func TestPlan(t *testing.T) {
	l := newLab(t, t.TempDir())
	want(t, planned(t, l.Engine, chain(t, "", "x")),
		"a run: first time | b run: first time | j may run: first time, after a, b | k may run: first time, after j")
	sum, _ := l.run(chain(t, "", "x"), dag.RunOptions{})
	want(t, planned(t, l.Engine, chain(t, "", "x")), "a cached | b cached | j cached | k cached")
	changed := chain(t, "", "y")
	changed.Nodes[3].Stage = &join{Upper: true}
	want(t, planned(t, l.Engine, changed),
		`a run: with.text "x" → "y" | b cached | j may run: after a | k may run: with.upper false → true, after j`)
	b, _ := sum.Stage("b")
	rewrite(t, filepath.Join(b.Artifact.Dir, "text"), func(b []byte) []byte { return []byte("B") })
	if got := planned(t, l.Engine, chain(t, "", "x")); !strings.Contains(got, "b run: damaged: artifact "+b.Artifact.Digest.Short()) {
		t.Error(got)
	}
}

// TestPlanWritesNothing compares the store, and the absence of one, before and after plans of all kinds.
func TestPlanWritesNothing(t *testing.T) {
	dir := t.TempDir()
	root := t.TempDir()
	write(t, filepath.Join(root, "a"), "a")
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(root, "a"), old, old); err != nil {
		t.Fatal(err)
	}
	withOutside := func(text string) *dag.Graph {
		g := chain(t, "", text)
		return graph(t, append(g.Nodes, node(outsideKind, "o", &outside{Root: root}))...)
	}
	l := newLab(t, dir)
	sum, _ := l.run(withOutside("x"), dag.RunOptions{})
	b, _ := sum.Stage("b")
	rewrite(t, filepath.Join(b.Artifact.Dir, "text"), func(b []byte) []byte { return b }) // must be read again
	k, _ := sum.Stage("k")
	remove(t, k.Artifact.Dir)

	before := listing(t, dir)
	ro, err := store.Open(dir, store.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	want(t, planned(t, &dag.Engine{Store: ro}, withOutside("x"))[:24], "a cached | b cached | j ")
	want(t, planned(t, l.Engine, withOutside("y"))[:7], "a run: ")
	if after := listing(t, dir); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}

	nowhere := filepath.Join(t.TempDir(), "no", "store")
	ro, err = store.Open(nowhere, store.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	want(t, planned(t, &dag.Engine{Store: ro}, graph(t, node(textKind, "a", &text{}))), "a run: first time")
	if _, err := os.Stat(filepath.Dir(nowhere)); !os.IsNotExist(err) {
		t.Errorf("the plan made a folder: %v", err)
	}
}

func TestPlanOfAMissingFolder(t *testing.T) {
	l := newLab(t, t.TempDir())
	g := graph(t, node(outsideKind, "o", &outside{Root: "/no/such/folder"}), node(joinKind, "j", &join{}, "o"))
	got := planned(t, l.Engine, g)
	if !strings.HasPrefix(got, "o can't run: ") || !strings.HasSuffix(got, "no such file or directory | j can't run: it needs o, which can't run") {
		t.Error(got)
	}
}

// TestPlanBeforeTheInputsAreThere wants a stage not asked for what needs its inputs.
func TestPlanBeforeTheInputsAreThere(t *testing.T) {
	l := newLab(t, t.TempDir())
	g := graph(t, node(textKind, "a", &text{Text: "x"}), node(outsideKind, "o", &outside{Root: t.TempDir()}, "a"))
	want(t, planned(t, l.Engine, g), "a run: first time | o may run: first time, after a")
}

// TestOutside changes files that a stage reads from outside, and moves them.
func TestOutside(t *testing.T) {
	l := newLab(t, t.TempDir())
	log := filepath.Join(t.TempDir(), "calls")
	root := filepath.Join(t.TempDir(), "photos")
	if err := os.Mkdir(root, 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(root, "a"), "1")
	g := func(always int) *dag.Graph {
		return graph(t, node(outsideKind, "o", &outside{Root: root, Calls: log}), node(locatedKind, "u", &located{Always: always}, "o"))
	}
	_, got := l.run(g(0), dag.RunOptions{})
	want(t, got, "o ran, u ran")
	_, got = l.run(g(1), dag.RunOptions{}) // u sees the source of a cached stage
	want(t, got, "o cached, u ran")

	write(t, filepath.Join(root, "a"), "2") // same size, moments later
	l.events = nil
	_, got = l.run(g(1), dag.RunOptions{})
	want(t, got, "o ran, u ran")
	want(t, l.said(dag.Started), "o: the files of root changed\nu: input texts changed")

	moved := filepath.Join(t.TempDir(), "elsewhere")
	if err := os.Rename(root, moved); err != nil {
		t.Fatal(err)
	}
	root = moved
	_, got = l.run(g(2), dag.RunOptions{})
	want(t, got, "o cached, u ran")
	want(t, calls(t, log), "outside outside")
}

// TestRunRecord reads back what a run leaves on disk.
func TestRunRecord(t *testing.T) {
	l := newLab(t, t.TempDir())
	g := graph(t, node(textKind, "a", &text{Text: "x", Note: "said"}), node(badKind, "bad", &bad{}), node(joinKind, "j", &join{}, "bad"))
	sum, _ := l.run(g, dag.RunOptions{Experiment: []byte("name: test\n")})
	want(t, read(t, filepath.Join(sum.RunDir, "experiment.yaml")), "name: test\n")
	rec, err := dag.ReadRun(l.Store, sum.RunID)
	if err != nil {
		t.Fatal(err)
	}
	a, bad, j := rec.Stages[0], rec.Stages[1], rec.Stages[2]
	if rec.Experiment != "test" || rec.Status != dag.StatusFailed || rec.Ended == nil || rec.Tool != "test" || rec.PID != os.Getpid() {
		t.Errorf("%+v", rec)
	}
	ran, _ := sum.Stage("a")
	if a.State != "ran" || a.Key != ran.Key || a.Digest != ran.Artifact.Digest || a.Bytes != 1 || len(a.Notes) != 1 || a.Reason != "first time" {
		t.Errorf("%+v", a)
	}
	if bad.Error != "it went wrong" || j.State != "skipped" || j.Reason != "bad failed" {
		t.Errorf("%+v, %+v", bad, j)
	}
	log := read(t, filepath.Join(sum.RunDir, "log.jsonl"))
	for _, line := range []string{`"event":"started","stage":"a","reason":"first time"`, `"event":"failed","stage":"bad"`, `"error":"it went wrong"`,
		`"event":"skipped","stage":"j","reason":"bad failed"`, `"note":{"level":"result","name":"note","text":"said"}`} {
		if !strings.Contains(log, line) {
			t.Errorf("the log lacks %s:\n%s", line, log)
		}
	}
}

// TestBrokenRunRecords reads runs that were killed before they wrote anything, damaged ones, and none.
func TestBrokenRunRecords(t *testing.T) {
	l := newLab(t, t.TempDir())
	sum, _ := l.run(graph(t, node(textKind, "a", &text{Text: "x"})), dag.RunOptions{})
	write(t, filepath.Join(sum.RunDir, "run.json"), "{")
	if err := os.Mkdir(l.Store.RunDir("20200101-000000.000-abcd"), 0o755); err != nil {
		t.Fatal(err)
	}
	runs, err := dag.ReadRuns(l.Store)
	if len(runs) != 1 || runs[0].Status != dag.StatusKilled || err == nil || !strings.Contains(err.Error(), "run "+sum.RunID+" is damaged") {
		t.Errorf("%+v, %v", runs, err)
	}
	if _, err := dag.ReadRun(l.Store, "none"); err == nil {
		t.Error("read a run that isn't there")
	}
}

// TestDamagedMemo wants it said by plans and runs, once the stage is done that it was noticed at, and no harm done.
func TestDamagedMemo(t *testing.T) {
	dir, root := t.TempDir(), t.TempDir()
	write(t, filepath.Join(root, "a"), "1")
	g := graph(t, node(outsideKind, "o", &outside{Root: root}), node(joinKind, "j", &join{}, "o"))
	newLab(t, dir)
	write(t, filepath.Join(dir, "memo", "files"), "garbage")

	l := newLab(t, dir)
	p, err := l.Plan(t.Context(), g, dag.RunOptions{})
	if err != nil || len(p.Warnings) != 1 || !strings.Contains(p.Warnings[0], "memo/files is damaged") {
		t.Errorf("warnings of the plan: %v, %v", p, err)
	}

	l = newLab(t, dir)
	_, got := l.run(g, dag.RunOptions{})
	want(t, got, "o ran, j ran")
	if w := l.said(dag.Warned); !strings.Contains(w, "memo/files is damaged") {
		t.Errorf("warnings: %q", w)
	}
	var order []dag.What
	for _, e := range l.events {
		if e.What == dag.Warned || e.What == dag.Finished {
			order = append(order, e.What)
		}
	}
	if !slices.Equal(order, []dag.What{dag.Finished, dag.Warned, dag.Finished}) {
		t.Errorf("order: %v", order)
	}
}

// TestPlanIsStopped wants the error to say so, wherever the context ends.
func TestPlanIsStopped(t *testing.T) {
	l := newLab(t, t.TempDir())
	root := t.TempDir()
	write(t, filepath.Join(root, "a"), "1")
	ctx, cancel := context.WithCancel(t.Context())
	s := &touchy{outside: outside{Root: root}, afterLook: cancel}
	g := graph(t, node(textKind, "a", &text{Text: "x"}), node(kind("touchy", nil, nil), "o", s), node(joinKind, "j", &join{}, "o"))
	for _, when := range []string{"while it plans", "before it plans"} {
		p, err := l.Plan(ctx, g, dag.RunOptions{})
		if p != nil || !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "planning stopped") {
			t.Errorf("%s: %v, %v", when, p, err)
		}
	}
}

// TestExpect: a stage is expected to take what it took, told apart where that was with other parameters; of one whose
// record is gone nothing is expected.
func TestExpect(t *testing.T) {
	l := newLab(t, t.TempDir())
	sum, _ := l.run(chain(t, "", "x"), dag.RunOptions{})
	expected := func(g *dag.Graph, o dag.RunOptions) string {
		t.Helper()
		p, err := l.Plan(t.Context(), g, o)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, s := range p.Stages {
			what := "unknown"
			switch {
			case s.Outlook == dag.IsCached:
				what = "cached"
			case s.ExpectOther && s.Expect > 0:
				what = "other"
			case s.Expect > 0:
				what = "known"
			}
			out = append(out, s.Node.Name+" "+what)
		}
		return strings.Join(out, ", ")
	}
	changed := chain(t, "", "y")
	changed.Nodes[3].Stage = &join{Upper: true}
	want(t, expected(changed, dag.RunOptions{}), "a other, b cached, j known, k other")
	want(t, expected(chain(t, "", "x"), dag.RunOptions{Force: []string{"a"}}), "a known, b cached, j known, k known")
	j, _ := sum.Stage("j")
	remove(t, filepath.Join(l.Store.Dir(), "records", string(j.Key[:2]), string(j.Key)+".json"))
	want(t, expected(changed, dag.RunOptions{}), "a other, b cached, j unknown, k other")
}
