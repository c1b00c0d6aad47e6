package pipelines

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"fashionpipe/dag"
	"github.com/rivo/uniseg"
	"pgregory.net/rapid"
)

func TestWrap(t *testing.T) {
	word := strings.Repeat("w", 90)
	for _, c := range []struct{ in, want string }{
		{"short", "  short"},
		{strings.Repeat("word ", 20), "  " + strings.TrimSpace(strings.Repeat("word ", 15)) + "\n  word word word word word"},
		{"a " + word + " b", "  a\n  " + word + "\n  b"},
		{"list:\n    a   b\n\n  c\n", "  list:\n      a   b\n\n    c"},
	} {
		if got := wrap(c.in, "  ", "  "); got != c.want {
			t.Errorf("%q: got\n%s\nwant\n%s", c.in, got, c.want)
		}
	}
}

// TestSnippet holds that the carets stand below what they mark, and nothing is wider than the terminal.
func TestSnippet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		runes := rapid.SliceOfN(rapid.SampledFrom([]rune("abc xyz写é\t😀")), 1, 200).Draw(t, "line")
		col := rapid.IntRange(1, len(runes)).Draw(t, "col")
		width := rapid.IntRange(1, len(runes)-col+1).Draw(t, "width")
		lines := strings.Split(snippet(7, col, width, string(runes)), "\n")
		if len(lines) != 2 {
			t.Fatalf("%d lines", len(lines))
		}
		for _, l := range lines {
			if uniseg.StringWidth(l) > columns {
				t.Fatalf("%d columns: %s", uniseg.StringWidth(l), l)
			}
		}
		first := strings.TrimLeft(strings.SplitN(lines[1], "|", 2)[1], " ")
		start := uniseg.StringWidth(lines[1]) - len(first)
		marked := string(visible(runes[col-1]))
		if marked != " " && !strings.HasPrefix(cellsFrom(lines[0], start), marked) {
			t.Fatalf("carets at %d do not mark %q:\n%s\n%s", start, marked, lines[0], lines[1])
		}
	})
}

// cellsFrom is what stands from a column on.
func cellsFrom(s string, col int) string {
	g := uniseg.NewGraphemes(s)
	for at := 0; at < col && g.Next(); {
		at += g.Width()
	}
	_, to := g.Positions()
	return s[to:]
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	good := filepath.Join(dir, "paper run.yaml")
	if err := os.WriteFile(good, []byte("stages:\n  p: {uses: photos, with: {root: x}}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	x, err := Load(good, fakeOptions())
	if err != nil || x.Name != "paper-run" || x.Seed != DefaultSeed {
		t.Errorf("%+v, %v", x, err)
	}
	_, err = Load(filepath.Join(dir, "paper run.yml"), fakeOptions())
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "did you mean "+good+"?") {
		t.Errorf("a missing file gives %v", err)
	}
	if _, err := Load(dir, fakeOptions()); err == nil || !strings.Contains(err.Error(), "is a folder") {
		t.Errorf("a folder gives %v", err)
	}
	if err := os.WriteFile(good, make([]byte, maxBytes+10), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(good, fakeOptions()); err == nil || !strings.Contains(err.Error(), "too big") {
		t.Errorf("a big file gives %v", err)
	}
}

func TestLoadStdin(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdin := os.Stdin
	os.Stdin = r
	defer func() { os.Stdin = stdin }()
	if _, err := w.WriteString("stages:\n  p: {uses: photos, with: {root: x}}\n"); err != nil {
		t.Fatal(err)
	}
	w.Close()
	x, err := Load("-", fakeOptions())
	if err != nil || x.Name != "stdin" {
		t.Errorf("%+v, %v", x, err)
	}
}

// TestBombs holds that files made to grow are refused, quickly.
func TestBombs(t *testing.T) {
	double, alias := "vars:\n  v0: xxxxxxxxxx\n", "vars:\n  a0: &a0 [x, x]\n"
	for i := 1; i < 40; i++ {
		n, m := strconv.Itoa(i), strconv.Itoa(i-1)
		double += "  v" + n + ": ${vars.v" + m + "}${vars.v" + m + "}\n"
		alias += "  a" + n + ": &a" + n + " [*a" + m + ", *a" + m + "]\n"
	}
	photos := "stages:\n  p: {uses: photos, with: {root: \"${vars.v39}\"}}\n"
	for name, src := range map[string]string{
		"text":  double + photos,
		"flow":  "stages: " + strings.Repeat("[", 250_000),
		"dash":  "stages:\n  " + strings.Repeat("- ", 120_000) + "x\n",
		"brace": "stages: " + strings.Repeat("{a: ", 60_000),
		"tags":  "stages: " + strings.Repeat("!a ", 80_000) + "\n",
		"keys":  strings.Repeat("? ", 120_000) + "\n",
		"steps": steps(700),
	} {
		if _, err := Parse(name, []byte(src), fakeOptions()); err == nil {
			t.Errorf("%s was taken", name)
		} else if len(err.Error()) > 20_000 {
			t.Errorf("%s: a message of %d bytes", name, len(err.Error()))
		}
	}
	// Aliases share what they stand for, so a tower of them costs nothing but its mistakes.
	for _, with := range []string{"root: *a39", "root: x}, in: {a: *a39", "root: x}}\nsweep: {matrix: {vars.a0: *a39, stages.p.with.limit: [*a39]"} {
		_, err := Parse("alias", []byte(alias+"stages:\n  p: {uses: photos, with: {"+with+"}}\n"), fakeOptions())
		if err == nil || len(err.Error()) > 20_000 {
			t.Errorf("%s: %v", with, err)
		}
	}
}

// steps is a mapping in a mapping in a mapping, each a space further right.
func steps(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

func TestMermaid(t *testing.T) {
	x, err := Load("testdata/good/paper.yaml", fakeOptions())
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/paper.mermaid", Mermaid(x.Graph))
	odd := &dag.Graph{Nodes: []*dag.Node{{Name: `a "b" <c> #d`, Kind: &dag.Kind{Name: "k"}}}}
	want := "flowchart TD\n    s1[\"a #quot;b#quot; #lt;c#gt; #35;d<br/><i>k</i>\"]\n"
	if got := Mermaid(odd); got != want {
		t.Errorf("got %s want %s", got, want)
	}
}
