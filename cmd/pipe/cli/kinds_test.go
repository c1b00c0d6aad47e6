package cli

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"fashionpipe/dag"
	"fashionpipe/pipelines"
	"fashionpipe/stages"
)

// The example of every kind is right but for the stages it takes its inputs from, which it doesn't show.
func TestExamplesOfKindsAreRight(t *testing.T) {
	for _, k := range stages.All().Kinds() {
		src := "stages:\n" + indent(strings.Trim(k.Example, "\n"), "  ") + "\n"
		_, err := pipelines.Parse(k.Name, []byte(src), pipelines.Options{Registry: stages.All()})
		if err == nil {
			continue
		}
		mistakes, ok := pipelines.AsErrors(err)
		if !ok {
			t.Errorf("%s: %v", k.Name, err)
		}
		for _, m := range mistakes {
			if !strings.HasPrefix(m.Problem, "there is no stage") {
				t.Errorf("the example of %s: %v", k.Name, m)
			}
		}
	}
}

// Every kind says what it is for, and so does each of its ports and parameters.
func TestKindsAreDescribed(t *testing.T) {
	for _, k := range stages.All().Kinds() {
		if k.Summary == "" || k.Doc == "" || k.Example == "" || k.Check == nil || k.Version < 1 {
			t.Errorf("%s lacks a summary, doc, example, check or version", k.Name)
		}
		for _, p := range k.In {
			if p.Doc == "" {
				t.Errorf("port %s of %s has no doc", p.Name, k.Name)
			}
		}
		dag.Params(k.New()) // panics on a parameter without a doc
	}
}

// TestKindsFit wants what is printed of each kind in 80 columns.
func TestKindsFit(t *testing.T) {
	for _, k := range stages.All().Kinds() {
		var b strings.Builder
		if err := describeKind(&b, k); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(b.String(), "\n") {
			if n := utf8.RuneCountInString(line); n > 80 {
				t.Errorf("%s: %d columns: %s", k.Name, n, line)
			}
		}
	}
}

func TestWrap(t *testing.T) {
	long := strings.Repeat("word ", 20)
	filled := strings.TrimSpace(strings.Repeat("word ", 16)) + "\n" + strings.TrimSpace(strings.Repeat("word ", 4))
	for text, want := range map[string]string{
		long:                            filled,
		"a\nb\n\nc":                     "a b\n\nc",
		"a\nb\n  c\n  d\ne\nf":          "a b\n  c\n  d\ne f",
		"a\n  - b\n    c\n  - d\ne":     "a\n  - b c\n  - d\ne",
		"a\n\n  x  y\n     z\n\n- b\nc": "a\n\n  x  y\n     z\n\n- b\nc",
		"- " + long + "\n  more":        "- " + strings.TrimSpace(strings.Repeat("word ", 15)) + "\n  " + strings.Repeat("word ", 5) + "more",
	} {
		if got := wrap(text, ""); got != want {
			t.Errorf("%q:\n%s\nwant\n%s", text, got, want)
		}
	}
	if got := wrap("a\n  - "+long, "      "); got != "      a\n        - "+strings.TrimSpace(strings.Repeat("word ", 14))+"\n          "+strings.TrimSpace(strings.Repeat("word ", 6)) {
		t.Errorf("behind an indent:\n%s", got)
	}
}

// TestPage: a text that is longer than the terminal goes to the pager, any other to the terminal, as does all where there is
// no pager.
func TestPage(t *testing.T) {
	long := strings.Repeat("a line\n", 30)
	for _, c := range []struct {
		pager, text, paged, shown string
	}{
		{"cat >paged", long, long, ""},
		{"cat >paged", "a line\n", "", "a line\n"},
		{"no-such-pager", long, "", long},
	} {
		t.Chdir(t.TempDir())
		t.Setenv("PAGER", c.pager)
		far, near := openTerminal(t, 80)
		if err := page(near, c.text); err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(near, "end")
		var shown []byte
		for buf := make([]byte, 4096); !strings.HasSuffix(string(shown), "end"); {
			n, err := far.Read(buf)
			if err != nil {
				t.Fatal(err)
			}
			shown = append(shown, buf[:n]...)
		}
		paged, _ := os.ReadFile("paged")
		if got := strings.ReplaceAll(string(shown), "\r", ""); string(paged) != c.paged || got != c.shown+"end" {
			t.Errorf("%s: paged %q, shown %q", c.pager, paged, got)
		}
	}
}
