package pipelines

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rivo/uniseg"
)

var update = flag.Bool("update", false, "write the golden files anew; review the difference")

// options reads what a test file says about itself in comments: "# set: path=value" for each --set.
func options(src []byte) Options {
	var set []string
	for line := range strings.Lines(string(src)) {
		if arg, ok := strings.CutPrefix(strings.TrimRight(line, "\r\n"), "# set: "); ok {
			set = append(set, arg)
		}
	}
	return fakeOptions(set...)
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", path, got, want)
	}
}

func testFiles(t *testing.T, folder string, atLeast int) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/" + folder + "/*.yaml")
	if err != nil || !*update && len(files) < atLeast {
		t.Fatalf("%d files in testdata/%s (%v), want at least %d", len(files), folder, err, atLeast)
	}
	return files
}

func TestGood(t *testing.T) {
	for _, file := range testFiles(t, "good", 8) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			x, err := Parse(file, src, options(src))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(x.Source, src) {
				t.Error("Source is not what was read")
			}
			golden(t, strings.TrimSuffix(file, ".yaml")+".resolved", string(x.Resolved))
			again, err := Parse("again.yaml", x.Resolved, Options{Registry: fakeRegistry(), Getenv: func(string) (string, bool) { return "", false }})
			if err != nil {
				t.Fatalf("the resolved file is wrong: %v\n%s", err, x.Resolved)
			}
			sameGraph(t, x.Graph, again.Graph)
			if !bytes.Equal(again.Resolved, x.Resolved) {
				t.Errorf("the resolved file resolves to\n%s", again.Resolved)
			}
		})
	}
}

func TestBad(t *testing.T) {
	for _, file := range testFiles(t, "bad", 179) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			o := options(src)
			o.ReadFile = func(path string) ([]byte, error) { return os.ReadFile(filepath.Join("testdata/bad", path)) }
			_, err = Parse(filepath.Base(file), src, o)
			if err == nil {
				t.Fatal("no mistake found")
			}
			checkErrors(t, err, filepath.Base(file), src, o.ReadFile)
			golden(t, strings.TrimSuffix(file, ".yaml")+".txt", err.Error()+"\n")
		})
	}
}

// checkErrors holds every message to the rules: a place inside the file, and lines that fit the terminal.
func checkErrors(t *testing.T, err error, name string, src []byte, read func(string) ([]byte, error)) {
	t.Helper()
	es, ok := AsErrors(err)
	if !ok || len(es) == 0 {
		t.Fatalf("%T is not Errors", err)
	}
	for _, e := range es {
		if strings.HasPrefix(e.File, "--set ") {
			continue
		}
		text := src
		if e.File != name {
			if text, err = read(e.File); err != nil {
				t.Fatal(err)
			}
		}
		lines := strings.Split(string(text), "\n")
		if e.Line < 1 || e.Line > len(lines) || e.Column < 1 || e.Column > len([]rune(lines[e.Line-1]))+1 {
			t.Errorf("place %d:%d is outside the file: %v", e.Line, e.Column, e)
		}
	}
	for _, line := range strings.Split(es.Error(), "\n") {
		if uniseg.StringWidth(line) > columns && len(strings.Fields(line)) > 1 && !strings.Contains(strings.TrimSpace(line), "|") && longestWord(line) < 40 {
			t.Errorf("wider than %d columns: %s", columns, line)
		}
	}
}

func longestWord(s string) int {
	n := 0
	for _, w := range strings.Fields(s) {
		n = max(n, len(w))
	}
	return n
}
