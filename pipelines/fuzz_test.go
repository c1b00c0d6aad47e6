package pipelines

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// FuzzParse holds that no bytes make the parser panic, that every mistake has a place inside the file, and that what
// is right resolves to itself.
func FuzzParse(f *testing.F) {
	for _, folder := range []string{"good", "bad"} {
		files, err := filepath.Glob("testdata/" + folder + "/*.yaml")
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			src, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(src, "")
		}
	}
	minimal := []byte("vars: {x: 1}\nstages:\n  p: {uses: photos, with: {root: x}}\n")
	for _, set := range []string{"vars.x=2", "stages.p.with.limit=[", "seed", "name={", "stages.p.in.x='", "vars.x=&a *a"} {
		f.Add(minimal, set)
	}
	f.Fuzz(func(t *testing.T, src []byte, set string) {
		o := fakeOptions()
		if set != "" {
			o.Set = []string{set}
		}
		x, err := Parse("fuzz.yaml", src, o)
		if err != nil {
			checkErrors(t, err, bytes.TrimPrefix(src, []byte("\xef\xbb\xbf")))
			return
		}
		again, err := Parse("again.yaml", x.Resolved, fakeOptions())
		if err != nil {
			t.Fatalf("%v\n%s", err, x.Resolved)
		}
		sameGraph(t, x.Graph, again.Graph)
		if !bytes.Equal(x.Resolved, again.Resolved) {
			t.Fatalf("%s\nresolves to\n%s", x.Resolved, again.Resolved)
		}
	})
}

// FuzzSplit holds that a text without references is kept, and that escaping keeps any text.
func FuzzSplit(f *testing.F) {
	for _, s := range []string{"", "a${vars.b}c", "$${x}", "$$${", "${env.A:-b}", "${", "}", "$"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if _, bad := split(s); bad != nil && (bad.problem == "" || bad.raw == "") {
			t.Errorf("%q: a mistake without words: %+v", s, bad)
		}
		pieces, bad := split(escapeRefs(s))
		if bad != nil {
			t.Fatalf("%q: %+v", s, bad)
		}
		switch {
		case s == "" && len(pieces) == 0:
		case len(pieces) != 1 || pieces[0].text != s:
			t.Errorf("%q comes back as %+v", s, pieces)
		}
	})
}
