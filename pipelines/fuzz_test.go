package pipelines

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// FuzzParse holds that no bytes make the parser panic, that every mistake has a place inside its file, and that what is
// right resolves to itself.
func FuzzParse(f *testing.F) {
	for _, folder := range []string{"good", "bad", "sweep"} {
		files, err := filepath.Glob("testdata/" + folder + "/*.yaml")
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			src, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(src, "", []byte{})
		}
	}
	minimal := []byte("vars: {x: 1}\nstages:\n  p: {uses: photos, with: {root: x}}\n")
	for _, set := range []string{"vars.x=2", "stages.p.with.limit=[", "seed", "name={", "stages.p.in.x='", "vars.x=&a *a", "sweep.x=1"} {
		f.Add(minimal, set, []byte{})
	}
	for _, over := range []string{"vars: {x: null, y: 2}", "stages: {p: null, q: {uses: photos}}", "stages: {p: {with: {root: ~, split: a}}}",
		"sweep: {matrix: {vars.x: [1, 2], stages.p.with.limit: [1, 2]}, exclude: [{x: 1, limit: 2}]}", "extends: fuzz.yaml", "stages: {p: {uses: loop}}"} {
		f.Add([]byte("extends: base.yaml\n"+over+"\n"), "", minimal)
		f.Add([]byte("extends: base.yaml\n"+over+"\n"), "vars.x=3", []byte("extends: fuzz.yaml\n"))
	}
	f.Fuzz(func(t *testing.T, src []byte, set string, base []byte) {
		o := fakeOptions()
		if set != "" {
			o.Set = []string{set}
		}
		o.ReadFile = func(path string) ([]byte, error) {
			if path == "base.yaml" {
				return base, nil
			}
			return nil, fs.ErrNotExist
		}
		if bytes.Count(src, []byte(",")) > 200 || bytes.Count(base, []byte(",")) > 200 {
			t.Skip("sweeps of many points are slow to check, and no more than few")
		}
		slow := time.AfterFunc(10*time.Second, func() { panic("reading takes too long") })
		defer slow.Stop()
		x, err := Parse("fuzz.yaml", src, o)
		if err != nil {
			checkErrors(t, err, "fuzz.yaml", src, o.ReadFile)
			return
		}
		checkResolved(t, x)
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
