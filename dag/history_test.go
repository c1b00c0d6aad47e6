package dag_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fashionpipe/dag"
	"fashionpipe/dag/store"
)

// differ joins what its port gets now and what it got before.
type differ struct{}

func (*differ) Run(_ context.Context, t *dag.Task) error {
	now, _ := t.In.One("now")
	is, err := readText(now.Dir)
	if before, ok := t.In.One("before"); ok && err == nil {
		var was string
		was, err = readText(before.Dir)
		is += " after " + was
	}
	if err != nil {
		return err
	}
	return writeText(t, is)
}

var differKind = kind("differ", []dag.Port{
	{Name: "now", Type: textType}, {Name: "before", Type: textType, Optional: true, Previous: "now"},
}, func() dag.Stage { return &differ{} })

func nightly(t *testing.T, text_ string) *dag.Graph {
	return graph(t, node(textKind, "a", &text{Text: text_}),
		&dag.Node{Name: "d", Kind: differKind, Stage: &differ{}, In: map[string][]string{"now": {"a"}}})
}

// TestBefore runs an experiment night after night: what is compared with is the last other result, and the same night
// again is cached.
func TestBefore(t *testing.T) {
	l := newLab(t, t.TempDir())
	for _, night := range []struct{ text, states, out, plan string }{
		{"one", "a ran, d ran", "one", "first time, after a"},
		{"one", "a cached, d cached", "one", ""},
		{"two", "a ran, d ran", "two after one", "after a"},
		{"two", "a cached, d cached", "two after one", ""},
		{"one", "a cached, d ran", "one after two", "input now changed, the last text (before) changed"},
		{"one", "a cached, d cached", "one after two", ""},
	} {
		g := nightly(t, night.text)
		before := listing(t, l.Store.Dir())
		p, err := l.Plan(context.Background(), g, dag.RunOptions{})
		if err != nil {
			t.Fatal(err)
		}
		want(t, p.Stages[1].Reason, night.plan)
		want(t, listing(t, l.Store.Dir()), before)
		sum, got := l.run(g, dag.RunOptions{})
		want(t, got, night.states)
		want(t, output(t, sum, "d"), night.out)
	}
	other := graph(t, node(textKind, "a", &text{Text: "other"}), node(joinKind, "j", &join{}, "a"))
	l.run(other, dag.RunOptions{}) // nobody asks for the earlier results of this a
	if h := l.Store.History("test", "a"); len(h) != 3 || h[0].Artifact != h[2].Artifact {
		t.Errorf("history %v", h)
	}
	all, err := l.Store.HistoryArtifacts()
	if err != nil || len(all) != 2 {
		t.Errorf("%v is remembered (%v), and two texts were made", all, err)
	}
}

// TestBeforeIsGone: an earlier result that is damaged is passed over, and a damaged history begins anew.
func TestBeforeIsGone(t *testing.T) {
	l := newLab(t, t.TempDir())
	var two dag.Digest
	for _, s := range []string{"one", "two"} {
		sum, _ := l.run(nightly(t, s), dag.RunOptions{})
		r, _ := sum.Stage("a")
		two = r.Artifact.Digest
	}
	file := filepath.Join(l.Store.ArtifactDir(two), "text")
	rewrite(t, file, func(b []byte) []byte { return []byte("TWO") })
	sum, _ := l.run(nightly(t, "three"), dag.RunOptions{})
	want(t, output(t, sum, "d"), "three after one")
	if said := l.said(dag.Warned); !strings.Contains(said, "d: what a gave before is passed over: artifact "+two.Short()+" is damaged") {
		t.Errorf("said %q", said)
	}

	files, _ := filepath.Glob(filepath.Join(l.Store.Dir(), "history", "*.json"))
	if len(files) != 1 {
		t.Fatalf("%d histories", len(files))
	}
	rewrite(t, files[0], func(b []byte) []byte { return b[:len(b)/2] })
	sum, _ = l.run(nightly(t, "four"), dag.RunOptions{})
	want(t, output(t, sum, "d"), "four")
	if said := l.said(dag.Warned); !strings.Contains(said, "what a gave before can't be read, and begins anew") {
		t.Errorf("said %q", said)
	}
	sum, _ = l.run(nightly(t, "five"), dag.RunOptions{})
	want(t, output(t, sum, "d"), "five after four")
}

// TestBeforeConnected: a stage that is connected is what the port gets.
func TestBeforeConnected(t *testing.T) {
	l := newLab(t, t.TempDir())
	l.run(nightly(t, "one"), dag.RunOptions{})
	g := graph(t, node(textKind, "a", &text{Text: "two"}), node(textKind, "b", &text{Text: "mine"}),
		&dag.Node{Name: "d", Kind: differKind, Stage: &differ{}, In: map[string][]string{"now": {"a"}, "before": {"b"}}})
	sum, _ := l.run(g, dag.RunOptions{})
	want(t, output(t, sum, "d"), "two after mine")
}

// twoPorts joins what its four ports get.
type twoPorts struct{}

func (*twoPorts) Run(_ context.Context, t *dag.Task) error {
	all := ""
	for _, port := range []string{"a", "a_before", "b", "b_before"} {
		if in, ok := t.In.One(port); ok {
			s, err := readText(in.Dir)
			if err != nil {
				return err
			}
			all += port + "=" + s + " "
		}
	}
	return writeText(t, all)
}

// TestBeforeOfOneRun: several ports look back to the same run, which the first decides.
func TestBeforeOfOneRun(t *testing.T) {
	k := kind("two", []dag.Port{
		{Name: "a", Type: textType}, {Name: "b", Type: textType},
		{Name: "a_before", Type: textType, Optional: true, Previous: "a"}, {Name: "b_before", Type: textType, Optional: true, Previous: "b"},
	}, func() dag.Stage { return &twoPorts{} })
	l := newLab(t, t.TempDir())
	for _, night := range []struct{ a, b, out string }{
		{"1", "1", "a=1 b=1 "},
		{"1", "2", "a=1 b=2 "},
		{"2", "3", "a=2 a_before=1 b=3 b_before=1 "},
		{"3", "3", "a=3 a_before=2 b=3 b_before=3 "},
		{"3", "3", "a=3 a_before=2 b=3 b_before=3 "},
	} {
		g := graph(t, node(textKind, "x", &text{Text: night.a}), node(textKind, "y", &text{Text: night.b}),
			&dag.Node{Name: "d", Kind: k, Stage: &twoPorts{}, In: map[string][]string{"a": {"x"}, "b": {"y"}}})
		sum, _ := l.run(g, dag.RunOptions{})
		want(t, output(t, sum, "d"), night.out)
	}
}

// chained joins what it gets with what it gave the last time.
type chained struct {
	Warm bool `param:"warm" doc:"look back"`
}

func (s *chained) WantsPrevious(string) bool { return s.Warm }

func (*chained) Run(_ context.Context, t *dag.Task) error {
	now, _ := t.In.One("now")
	is, err := readText(now.Dir)
	if last, ok := t.In.One("last"); ok && err == nil {
		var was string
		was, err = readText(last.Dir)
		is = was + is
	}
	if err != nil {
		return err
	}
	return writeText(t, is)
}

// TestOwn: a stage gets what it gave itself before its input came, the same all night.
func TestOwn(t *testing.T) {
	k := kind("chained", []dag.Port{
		{Name: "now", Type: textType}, {Name: "last", Type: textType, Optional: true, Previous: "now", Own: true},
	}, func() dag.Stage { return &chained{} })
	for _, warm := range []bool{true, false} {
		l := newLab(t, t.TempDir())
		for _, night := range []struct{ text, states, out string }{
			{"a", "x ran, c ran", "a"},
			{"a", "x cached, c cached", "a"},
			{"b", "x ran, c ran", "ab"},
			{"b", "x cached, c cached", "ab"},
			{"a", "x cached, c ran", "aba"},
			{"a", "x cached, c cached", "aba"},
		} {
			g := graph(t, node(textKind, "x", &text{Text: night.text}),
				&dag.Node{Name: "c", Kind: k, Stage: &chained{Warm: warm}, In: map[string][]string{"now": {"x"}}})
			plan, err := l.Plan(context.Background(), g, dag.RunOptions{})
			if err != nil {
				t.Fatal(err)
			}
			sum, got := l.run(g, dag.RunOptions{})
			if !warm {
				want(t, output(t, sum, "c"), night.text)
				if l.Store.History("test", "c") != nil || l.Store.History("test", "x") != nil {
					t.Error("what nobody asks for is remembered")
				}
				continue
			}
			want(t, got, night.states)
			want(t, output(t, sum, "c"), night.out)
			if cached := plan.Stages[1].Outlook == dag.IsCached; cached != strings.Contains(got, "c cached") {
				t.Errorf("%s: planned %s, and it was %s", night.text, plan.Stages[1].Outlook, got)
			}
		}
		if said := l.said(dag.Started); warm && !strings.Contains(said, "c: input now changed, the last text (last) is new\n") {
			t.Errorf("reasons:\n%s", said)
		}
	}
}

// TestOwnWhenTheClockIsPutBack: what a stage gave before is found though the runs that gave it have later names.
func TestOwnWhenTheClockIsPutBack(t *testing.T) {
	k := kind("chained", []dag.Port{
		{Name: "now", Type: textType}, {Name: "last", Type: textType, Optional: true, Previous: "now", Own: true},
	}, func() dag.Stage { return &chained{} })
	l := newLab(t, t.TempDir())
	for _, night := range []struct{ text, out string }{{"a", "a"}, {"b", "ab"}, {"b", "ab"}, {"c", "abc"}} {
		g := graph(t, node(textKind, "x", &text{Text: night.text}),
			&dag.Node{Name: "c", Kind: k, Stage: &chained{Warm: true}, In: map[string][]string{"now": {"x"}}})
		sum, _ := l.run(g, dag.RunOptions{})
		want(t, output(t, sum, "c"), night.out)
		for _, stage := range []string{"x", "c"} { // as if all that was until now were of the year 9999, each run before the last
			gave := l.Store.History("test", stage)
			removeHistory(t, l, stage)
			for _, h := range gave {
				h.Run = fmt.Sprintf("9999-%04d", 1000-h.Turn)
				if err := l.Store.AddHistory(context.Background(), "test", stage, h); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// removeHistory forgets what a stage gave: of the files there are, that which holds its name.
func removeHistory(t *testing.T, l *lab, stage string) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(l.Store.Dir(), "history", "*.json"))
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), fmt.Sprintf(`"stage":%q`, stage)) {
			if err := os.Remove(f); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestOwnAfterCollection has a collection take all results away. The stage then gives, from nothing, what it gave a
// while ago: that is no start for the work that gave it.
func TestOwnAfterCollection(t *testing.T) {
	k := kind("chained", []dag.Port{
		{Name: "now", Type: textType}, {Name: "last", Type: textType, Optional: true, Previous: "now", Own: true},
	}, func() dag.Stage { return &chained{} })
	l := newLab(t, t.TempDir())
	night := func(s string) *dag.Graph {
		return graph(t, node(textKind, "x", &text{Text: s}),
			&dag.Node{Name: "c", Kind: k, Stage: &chained{Warm: true}, In: map[string][]string{"now": {"x"}}})
	}
	for _, s := range []string{"b", "a", "b"} {
		l.run(night(s), dag.RunOptions{})
	}
	l.Store.Close()
	g, err := dag.PlanGC(context.Background(), l.Store, store.KeepOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Store.Apply(context.Background(), g, nil); err != nil {
		t.Fatal(err)
	}
	sum, states := l.run(night("b"), dag.RunOptions{})
	want(t, states, "x ran, c ran")
	want(t, output(t, sum, "c"), "b")
	want(t, planned(t, l.Engine, night("b")), "x cached | c cached")
	want(t, l.said(dag.Warned), "")
	sum, _ = l.run(night("a"), dag.RunOptions{})
	want(t, output(t, sum, "c"), "ba")
}
