package cli

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// everything gives a line for every file and folder below dir: name, mode, size, time of the last write, digest.
func everything(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		line := fmt.Sprintln(p, info.Mode(), info.Size(), info.ModTime().UnixNano())
		if info.Mode().IsRegular() {
			b, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			line += fmt.Sprintf("%x", sha256.Sum256(b))
		}
		out = append(out, line)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

const looks = `name: looks
stages:
  mine: {uses: photos, with: {root: mine, layout: folder}}
  drawn: {uses: synth, with: {count: 6, width: 48, height: 64}}
  photos: {uses: photos, in: {files: drawn}, with: {layout: deepfashion2, split: train}}
  images: {uses: decode, in: {photos: photos}, with: {size: 16}}
`

// TestLookingWritesNothing compares the whole working folder, store and all, before and after every command that only
// looks, in all kinds of states.
func TestLookingWritesNothing(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	pipe := func(args ...string) string {
		cmd := exec.Command("pipe", args...)
		cmd.Dir = dir
		out, _ := cmd.CombinedOutput() // some of them must fail
		return string(out)
	}
	file("looks.yaml", looks)
	file("mine/hat/a.jpg", "a")
	file("mine/hat/b.jpg", "b")
	key := strings.Repeat("ab", 32)
	states := []struct {
		name string
		make func()
	}{
		{"no store", func() {}},
		{"all cached", func() { pipe("run", "looks.yaml") }},
		{"another file outside", func() { file("mine/hat/c.jpg", "c") }},
		{"a damaged memo", func() { file(".pipe/memo/files", "damaged") }},
		{"what killed runs leave", func() {
			file(".pipe/leases/"+key, "pid 1 on nowhere")
			file(".pipe/artifacts/tmp-"+key+"/half", "x")
			file(".pipe/artifacts/old-"+key+"/half", "x")
			file(".pipe/uses/20200101-000000.000-dead", key+"\n")
			file(".pipe/runs/20200101-000000.000-dead/run.json", "{")
			file(".pipe/records/ab/"+key+".json.tmp", "x")
		}},
		{"damaged records", func() {
			records, err := filepath.Glob(filepath.Join(dir, ".pipe/records/*/*.json"))
			if err != nil || len(records) < 4 {
				t.Fatal(records, err)
			}
			if err := os.WriteFile(records[0], []byte("{}"), 0o644); err != nil {
				t.Fatal(err)
			}
		}},
		{"artifacts gone", func() {
			arts, err := filepath.Glob(filepath.Join(dir, ".pipe/artifacts/*/*"))
			if err != nil || len(arts) < 4 {
				t.Fatal(arts, err)
			}
			if err := os.RemoveAll(arts[0]); err != nil {
				t.Fatal(err)
			}
		}},
	}
	commands := [][]string{
		{"plan", "looks.yaml"}, {"plan", "looks.yaml", "--set", "stages.drawn.with.count=7"}, {"plan", "looks.yaml", "--force", "drawn", "--only", "photos"},
		{"plan", "looks.yaml", "--log", "json"}, {"lint", "looks.yaml"}, {"graph", "looks.yaml"},
		{"store", "ls"}, {"store", "du"}, {"store", "verify"}, {"store", "gc"}, {"store", "gc", "--keep-runs", "0", "--keep-days", "0"},
		{"runs", "ls"}, {"runs", "show"}, {"runs", "diff", "last", "last~1"},
	}
	for _, state := range states {
		state.make()
		before := everything(t, dir)
		for _, c := range commands {
			out := pipe(c...)
			if after := everything(t, dir); !slices.Equal(before, after) {
				t.Fatalf("%s: %v wrote something:\n%s\nbefore: %d entries, after: %d", state.name, c, out, len(before), len(after))
			}
		}
	}
	if out := pipe("plan", "looks.yaml"); !strings.Contains(out, "the files of root changed (1 added)") || !strings.Contains(out, "damaged") {
		t.Errorf("the states are not what they should be:\n%s", out)
	}
}
