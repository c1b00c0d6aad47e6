package dag_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"fashionpipe/dag"
)

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		os.Exit(child())
	}
	goleak.VerifyTestMain(m)
}

// chain is a → j(a, b) → k(j).
func chain(t *testing.T, calls, a string) *dag.Graph {
	return graph(t, chainNodes(calls, a)...)
}

func chainNodes(calls, a string) []*dag.Node {
	return []*dag.Node{
		node(textKind, "a", &text{Text: a, Note: "said", Calls: calls}),
		node(textKind, "b", &text{Text: "b", Calls: calls}),
		node(joinKind, "j", &join{Upper: true, Calls: calls}, "a", "b"),
		node(joinKind, "k", &join{Calls: calls}, "j"),
	}
}

func TestSecondRunIsCached(t *testing.T) {
	l := newLab(t, t.TempDir())
	log := filepath.Join(t.TempDir(), "calls")
	first, got := l.run(chain(t, log, "x"), dag.RunOptions{})
	want(t, got, "a ran, b ran, j ran, k ran")
	want(t, output(t, first, "k"), "XB")

	l.events = nil
	second, got := l.run(chain(t, log, "x"), dag.RunOptions{})
	want(t, got, "a cached, b cached, j cached, k cached")
	want(t, output(t, second, "k"), "XB")
	want(t, l.said(dag.Started), "")
	want(t, string(second.Status), "ok")
	if n := len(strings.Fields(calls(t, log))); n != 4 {
		t.Errorf("%d calls of stages, not 4", n)
	}
	a, _ := second.Stage("a")
	if len(a.Notes) != 1 || a.Notes[0].Text != "said" || l.said(dag.Noted) != "a:" {
		t.Errorf("the note of a cached stage is not replayed: %v, %q", a.Notes, l.said(dag.Noted))
	}
	if a.Saved <= 0 || a.Bytes != 1 || a.Files != 1 {
		t.Errorf("cached stage: saved %v, %d bytes, %d files", a.Saved, a.Bytes, a.Files)
	}
}

func TestOneChangeRerunsWhatDependsOnIt(t *testing.T) {
	l := newLab(t, t.TempDir())
	l.run(chain(t, "", "x"), dag.RunOptions{})
	l.events = nil
	_, got := l.run(chain(t, "", "y"), dag.RunOptions{})
	want(t, got, "a ran, b cached, j ran, k ran")
	want(t, l.said(dag.Started), `a: with.text "x" → "y"`+"\nj: input texts changed (a)\nk: input texts changed")
}

func TestSameBytesLeaveWhatFollowsCached(t *testing.T) {
	l := newLab(t, t.TempDir())
	l.run(chain(t, "", "x"), dag.RunOptions{})
	_, got := l.run(chain(t, "", "X"), dag.RunOptions{}) // j writes upper case
	want(t, got, "a ran, b cached, j ran, k cached")
}

// TestSaid wants what a stage tells of one run in the log and the events of that run, and in no record.
func TestSaid(t *testing.T) {
	l := newLab(t, t.TempDir())
	g := graph(t, node(textKind, "a", &text{Text: "x", Note: "kept", Say: "a GPU"}))
	for _, said := range []string{"a: on a GPU", ""} {
		l.events = nil
		sum, _ := l.run(g, dag.RunOptions{})
		want(t, l.said(dag.Said), said)
		a, _ := sum.Stage("a")
		if len(a.Notes) != 1 || a.Notes[0].Text != "kept" {
			t.Errorf("notes: %v", a.Notes)
		}
		const line = `"event":"said","stage":"a","text":"on a GPU"`
		if logged := strings.Contains(read(t, filepath.Join(sum.RunDir, "log.jsonl")), line); logged != (said != "") {
			t.Errorf("in the log: %v", logged)
		}
	}
}
