package dag_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fashionpipe/dag"
)

// told is an outside stage that says what is different outside.
type told struct {
	outside
	Fail bool `param:"fail,exec" doc:"can't tell"`
}

func (s *told) Compare(ctx context.Context, files dag.Files, oldDir string) (map[string]string, error) {
	if s.Fail {
		panic("it can't tell")
	}
	old, err := readText(oldDir)
	if err != nil {
		return nil, err
	}
	list, err := files.Tree(ctx, s.Root, nil)
	return map[string]string{"root": fmt.Sprintf("%d files instead of %d", len(list), strings.Count(old, "\n"))}, err
}

// TestReasonsOfContent wants a stage and a kind asked what is different, and their failures to do no harm.
func TestReasonsOfContent(t *testing.T) {
	toldKind := kind("told", nil, func() dag.Stage { return &told{} })
	broken := false
	toldKind.Diff = func(oldDir, newDir string) (string, error) {
		if broken {
			return "", errors.New("it can't tell")
		}
		a, errA := readText(oldDir)
		b, errB := readText(newDir)
		return fmt.Sprintf("%d bytes more", len(b)-len(a)), errors.Join(errA, errB)
	}
	l := newLab(t, t.TempDir())
	root := t.TempDir()
	write(t, filepath.Join(root, "a"), "1")
	g := func(fail bool) *dag.Graph {
		return graph(t, node(toldKind, "o", &told{outside: outside{Root: root}, Fail: fail}), node(textKind, "t", &text{Text: "x"}),
			node(joinKind, "j", &join{}, "o"), node(joinKind, "both", &join{}, "t", "o"))
	}
	l.run(g(false), dag.RunOptions{})
	write(t, filepath.Join(root, "bb"), "1")
	want(t, planned(t, l.Engine, g(false)),
		"o run: the files of root changed (2 files instead of 1) | t cached | j may run: after o | both may run: after o")
	l.run(g(false), dag.RunOptions{Only: []string{"o"}})
	want(t, planned(t, l.Engine, g(false)), "o cached | t cached | j run: input texts changed (68 bytes more) | both run: input texts changed (o: 68 bytes more)")
	broken = true
	want(t, planned(t, l.Engine, g(false)), "o cached | t cached | j run: input texts changed | both run: input texts changed (o)")
	write(t, filepath.Join(root, "c"), "1")
	want(t, planned(t, l.Engine, g(true))[:34], "o run: the files of root changed |")
}

// TestReasonsOfVariants wants a variant that never ran compared with the nearest that did.
func TestReasonsOfVariants(t *testing.T) {
	l := newLab(t, t.TempDir())
	variant := func(name, text1 string, files int) *dag.Node {
		n := node(textKind, name, &text{Text: text1, Files: files})
		n.Base = "t"
		return n
	}
	l.run(graph(t, node(textKind, "t", &text{Text: "plain"})), dag.RunOptions{})
	want(t, planned(t, l.Engine, graph(t, variant("t@text=x,files=1", "x", 1))), `t@text=x,files=1 run: new variant: with.files 0 → 1, with.text "plain" → "x"`)

	some := []*dag.Node{variant("t@text=x,files=1", "x", 1), variant("t@text=y,files=2", "y", 2)}
	l.run(graph(t, some...), dag.RunOptions{})
	more := slices.Concat(some, []*dag.Node{variant("t@text=y,files=1", "y", 1), variant("t@text=y,files=3", "y", 3), node(joinKind, "j", &join{}, "t@text=y,files=3")})
	got := planned(t, l.Engine, graph(t, more...))
	want(t, got, `t@text=x,files=1 cached | t@text=y,files=2 cached | t@text=y,files=1 run: new variant: with.text "x" → "y" | `+
		`t@text=y,files=3 run: new variant: with.files 2 → 3 | j may run: first time, after t`)
}

// TestReasonAfterCollection wants a result that was cleared away told as that.
func TestReasonAfterCollection(t *testing.T) {
	l := newLab(t, t.TempDir())
	g := graph(t, node(textKind, "a", &text{Text: "x"}))
	sum, _ := l.run(g, dag.RunOptions{})
	if err := os.RemoveAll(filepath.Join(l.Store.Dir(), "records")); err != nil {
		t.Fatal(err)
	}
	want(t, planned(t, l.Engine, g), "a run: its result is no longer in the store")
	digests, err := dag.UsedBy(l.Store, sum.RunID)
	if err != nil || len(digests) != 1 || digests[0] != sum.Stages[0].Artifact.Digest {
		t.Errorf("the run used %v, %v", digests, err)
	}
}
