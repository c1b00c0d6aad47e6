package dag_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fashionpipe/dag"
)

// TestDamageIsRepaired damages the store after a run in all the ways a disk or a person may, and wants the stage to run
// again, what follows to stay cached, and everything cached after that.
func TestDamageIsRepaired(t *testing.T) {
	artifact := func(_ *lab, sum *dag.Summary) string {
		a, _ := sum.Stage("a")
		return filepath.Join(a.Artifact.Dir, "text")
	}
	record := func(l *lab, sum *dag.Summary) string {
		a, _ := sum.Stage("a")
		return filepath.Join(l.Store.Dir(), "records", string(a.Key[:2]), string(a.Key)+".json")
	}
	tests := []struct {
		name    string
		file    func(*lab, *dag.Summary) string
		damage  func(t *testing.T, file string)
		states  string
		warning string
	}{
		{"another byte", artifact, func(t *testing.T, f string) { rewrite(t, f, func(b []byte) []byte { b[0] ^= 1; return b }) },
			"a ran, j cached", "file text has other bytes than were written"},
		{"cut short", artifact, func(t *testing.T, f string) { rewrite(t, f, func(b []byte) []byte { return nil }) },
			"a ran, j cached", "file text has other bytes than were written"},
		{"file deleted", artifact, remove, "a ran, j cached", "no such file"},
		{"artifact deleted", func(l *lab, s *dag.Summary) string { return filepath.Dir(artifact(l, s)) }, remove,
			"a ran, j cached", "no such file"},
		{"file added", artifact, func(t *testing.T, f string) { write(t, filepath.Join(filepath.Dir(f), "more"), "x") },
			"a ran, j cached", "it holds 2 files instead of 1"},
		{"only touched", artifact, func(t *testing.T, f string) { rewrite(t, f, func(b []byte) []byte { return b }) },
			"a cached, j cached", ""},
		{"record cut short", record, func(t *testing.T, f string) { rewrite(t, f, func(b []byte) []byte { return b[:len(b)/2] }) },
			"a ran, j cached", "is damaged"},
		{"record with another note", record, func(t *testing.T, f string) {
			rewrite(t, f, func(b []byte) []byte { return []byte(strings.Replace(string(b), "said", "sang", 1)) })
		}, "a ran, j cached", "not those that were written"},
		{"record deleted", record, remove, "a ran, j cached", ""},
		{"memo deleted", func(l *lab, _ *dag.Summary) string { return filepath.Join(l.Store.Dir(), "memo") }, remove,
			"a cached, j cached", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newLab(t, t.TempDir())
			g := graph(t, node(textKind, "a", &text{Text: "x", Note: "said"}), node(joinKind, "j", &join{}, "a"))
			first, _ := l.run(g, dag.RunOptions{})
			tt.damage(t, tt.file(l, first))
			l.events = nil
			second, got := l.run(g, dag.RunOptions{})
			want(t, got, tt.states)
			want(t, output(t, second, "a"), "x")
			if w := l.said(dag.Warned); !strings.Contains(w, tt.warning) || (tt.warning == "") != (w == "") {
				t.Errorf("warning %q, wanted %q", w, tt.warning)
			}
			_, got = l.run(g, dag.RunOptions{})
			want(t, got, "a cached, j cached")
		})
	}
}

func rewrite(t *testing.T, file string, change func([]byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	write(t, file, string(change(b)))
}

func write(t *testing.T, file, s string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(s), 0o644); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}

// TestNotReproducible wants a word said when the same work gives other bytes.
func TestNotReproducible(t *testing.T) {
	l := newLab(t, t.TempDir())
	g := graph(t, node(randomKind, "r", &random{Chance: true}))
	l.run(g, dag.RunOptions{})
	l.run(g, dag.RunOptions{Force: []string{"r"}})
	if w := l.said(dag.Warned); !strings.Contains(w, "not reproducible") {
		t.Errorf("warnings: %q", w)
	}
}

func TestForcedRunOfTheSameBytes(t *testing.T) {
	l := newLab(t, t.TempDir())
	first, _ := l.run(chain(t, "", "x"), dag.RunOptions{})
	l.events = nil
	second, got := l.run(chain(t, "", "x"), dag.RunOptions{Force: []string{"j"}})
	want(t, got, "a cached, b cached, j ran, k cached")
	want(t, l.said(dag.Started), "j: forced")
	want(t, l.said(dag.Warned), "")
	a, _ := first.Stage("j")
	b, _ := second.Stage("j")
	if a.Artifact != b.Artifact {
		t.Errorf("%v and %v", a.Artifact, b.Artifact)
	}
}
