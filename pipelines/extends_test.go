package pipelines

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestExtendsFiles reads files that extend others from the disk, by relative and absolute paths.
func TestExtendsFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	base := write("base.yaml", "name: base\nstages:\n  p: {uses: photos, with: {root: x}}\n")
	for _, c := range []struct{ name, text, want string }{
		{"near.yaml", "extends: base.yaml\n", ""},
		{"deep/er/up.yaml", "extends: ../../base.yaml\n", ""},
		{"absolute.yaml", "extends: " + base + "\n", ""},
		{"typo.yaml", "extends: bsae.yaml\n", "did you mean `base.yaml`?"},
		{"deep/typo.yaml", "extends: ../basee.yaml\n", "did you mean `../base.yaml`?"},
		{"folder.yaml", "extends: deep\n", "it is a folder"},
		{"big.yaml", "extends: toobig.yaml\n", "the file is too big"},
	} {
		write("toobig.yaml", strings.Repeat("# x\n", maxBytes/4+1))
		x, err := Load(write(c.name, c.text), fakeOptions())
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want == "":
			if want := strings.TrimSuffix(filepath.Base(c.name), ".yaml"); x.Name != want || len(x.Graph.Nodes) != 1 {
				t.Errorf("%s: name %s, %d stages", c.name, x.Name, len(x.Graph.Nodes))
			}
		case err == nil || !strings.Contains(strings.Join(strings.Fields(err.Error()), " "), c.want):
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// TestExtendsFromStdin looks for the other file from the working directory.
func TestExtendsFromStdin(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("base.yaml", []byte("stages:\n  p: {uses: photos, with: {root: x}}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	x, err := Parse("stdin", []byte("extends: base.yaml\nseed: 9\n"), fakeOptions())
	if err != nil || x.Seed != 9 {
		t.Errorf("%+v, %v", x, err)
	}
}

// TestExtendsTowers holds that aliases that make a mapping stand in very many places do not make merging slow.
func TestExtendsTowers(t *testing.T) {
	tower := "vars:\n  a0: &a0 {x: 1, y: 1}\n"
	for i := 1; i < 40; i++ {
		n, m := string(rune('a'+i/10))+string(rune('0'+i%10)), string(rune('a'+(i-1)/10))+string(rune('0'+(i-1)%10))
		tower += "  " + n + ": &" + n + " {x: *" + m + ", y: *" + m + "}\n"
	}
	o := fakeOptions()
	o.ReadFile = func(string) ([]byte, error) { return []byte(tower), nil }
	if _, err := Parse("x.yaml", []byte("extends: base.yaml\n"+tower), o); err == nil {
		t.Error("variables that hold mappings were taken")
	}
}

// What is read is told before it is, also where it has mistakes or is not there.
func TestReads(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.yaml": "extends: sub/b.yaml\n", "sub/b.yaml": "extends: c.yaml\nvars: {x: 1\n", "d.yaml": "extends: e.yaml\nvars: {unused: \"${env.NOT}\"}\n",
		"e.yaml": "vars: {n: \"${env.EPOCHS}\", r: \"${env.ROOT:-x}\"}\nstages:\n  p: {uses: photos, with: {root: \"${vars.r}\", limit: \"${vars.n}\", split: \"${env.AGAIN:-y}\"}}\n",
		"g.yaml": "extends: gone.yaml\n",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"a.yaml": "a.yaml sub/b.yaml", "d.yaml": "d.yaml e.yaml", "g.yaml": "g.yaml gone.yaml", "no.yaml": "no.yaml"} {
		var got []string
		o := fakeOptions("stages.p.with.split=${env.SET:-z}")
		o.Reads = func(path string) {
			rel, err := filepath.Rel(dir, path)
			if err != nil {
				t.Error(err)
			}
			got = append(got, rel)
		}
		x, err := Load(filepath.Join(dir, name), o)
		if (err == nil) != (name == "d.yaml") {
			t.Errorf("%s: %v", name, err)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: reads %s, want %s", name, got, want)
		}
		if err == nil && strings.Join(x.Env, " ") != "EPOCHS ROOT SET" {
			t.Errorf("%s looks up %s", name, x.Env)
		}
	}
}
