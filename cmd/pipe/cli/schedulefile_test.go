package cli

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// An edit of any file of the chain shows, also while one of them has a mistake or is gone.
func TestWatchedFile(t *testing.T) {
	dir := t.TempDir()
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	write := func(name, text string) {
		t.Helper()
		at = at.Add(time.Hour)
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	const stages = "stages:\n  drawn: {uses: synth}\n"
	write("far.yaml", stages)
	write("base.yaml", "extends: far.yaml\nschedule: {cron: \"0 3 * * *\"}\n")
	write("main.yaml", "extends: base.yaml\n")
	w := &watchedFile{flags: &scheduleFlags{}, path: filepath.Join(dir, "main.yaml")}
	want := func(step, cron string) {
		t.Helper()
		switch p, err := w.load(); {
		case cron == "" && err == nil:
			t.Errorf("%s: no mistake", step)
		case cron != "" && err != nil:
			t.Errorf("%s: %v", step, err)
		case cron != "" && (p.Cron != cron || !p.Edited.Equal(at)):
			t.Errorf("%s: `%s` of %v, want `%s` of %v", step, p.Cron, p.Edited, cron, at)
		}
		if w.changed() {
			t.Errorf("%s: changed since it was read", step)
		}
	}
	edited := func(step, name, text, cron string) {
		t.Helper()
		if write(name, text); !w.changed() {
			t.Errorf("%s: does not show", step)
		}
		want(step, cron)
	}
	want("as it was", "0 3 * * *")
	edited("the file it extends", "base.yaml", "extends: far.yaml\nschedule: {cron: \"0 4 * * *\"}\n", "0 4 * * *")
	edited("the one farthest away", "far.yaml", stages+"vars: {x: 1}\n", "0 4 * * *")
	edited("a mistake there", "far.yaml", stages+"vars: {x: 1\n", "")
	edited("it is mended", "far.yaml", stages, "0 4 * * *")
	edited("a file that is not there", "main.yaml", "extends: new.yaml\n", "")
	edited("now it is", "new.yaml", "extends: far.yaml\nschedule: {cron: \"0 5 * * *\"}\n", "0 5 * * *")
	write("base.yaml", "none of it now")
	if w.changed() {
		t.Error("a file that is read no more counts")
	}
}
