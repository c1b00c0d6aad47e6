package store

import (
	"os"
	"testing"
	"time"
)

func gave(s *Store, stage string) string {
	text := ""
	for _, e := range s.History("e", stage) {
		text += string(e.Artifact[:1])
	}
	return text
}

func addHistory(t *testing.T, s *Store, stage string, artifacts ...Digest) {
	t.Helper()
	for _, d := range artifacts {
		if err := s.AddHistory(t.Context(), "e", stage, Gave{Artifact: d, Run: "r"}); err != nil {
			t.Fatal(err)
		}
	}
}

// TestGoneIsForgotten wants histories without what is gone, or goes, and with what a run is about to make again.
func TestGoneIsForgotten(t *testing.T) {
	s := open(t, t.TempDir())
	stays := publish(t, s, key('a'), map[string]string{"x": "1"}).Record.Artifact
	goes := publish(t, s, key('b'), map[string]string{"x": "2"}).Record.Artifact
	if err := s.Pin(t.Context(), Pin{Digest: stays}); err != nil {
		t.Fatal(err)
	}
	addHistory(t, s, "mixed", key('c'), stays, goes, stays)
	addHistory(t, s, "gone", key('c'), goes)
	addHistory(t, s, "again", key('d'))
	run := newRun(t, s, time.Now())
	if err := s.Use(t.Context(), key('d')); err != nil {
		t.Fatal(err)
	}
	if f, _ := collect(t, s, KeepOptions{}); f.Others != 2 || f.Artifacts != 1 {
		t.Errorf("%+v", f)
	}
	one := string(stays[:1])
	if got := gave(s, "mixed") + "," + gave(s, "gone") + "," + gave(s, "again"); got != one+one+",,d" {
		t.Errorf("remembers %s", got)
	}
	if exists(s.historyPath("e", "gone")) {
		t.Error("an empty history is left")
	}
	if err := run.Close(); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if f, _ := collect(t, s, KeepOptions{}); f.Others != 1 || gave(s, "again") != "" {
		t.Errorf("once the run ended: %+v, %q", f, gave(s, "again"))
	}
	if w := s.Warnings(); len(w) > 0 {
		t.Errorf("warns of %v", w)
	}
}

// TestOldLastIsForgotten wants the note of a stage's last result gone a while after the result itself.
func TestOldLastIsForgotten(t *testing.T) {
	s := open(t, t.TempDir())
	publish(t, s, key('a'), map[string]string{"x": "1"})
	publish(t, s, key('c'), map[string]string{"x": "2"})
	long := time.Now().Add(-2 * lastAge)
	for stage, k := range map[string]Digest{"there": key('a'), "gone": key('b'), "goes": key('c'), "gone lately": key('b')} {
		if err := s.SetLast(Last{Experiment: "e", Stage: stage, Key: k, Preimage: []byte(`{}`)}); err != nil {
			t.Fatal(err)
		}
		if stage == "gone lately" {
			continue
		}
		if err := os.Chtimes(s.lastPath("e", stage), long, long); err != nil {
			t.Fatal(err)
		}
	}
	r, err := s.Record(key('a'))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Pin(t.Context(), Pin{Digest: r.Artifact}); err != nil {
		t.Fatal(err)
	}
	collect(t, s, KeepOptions{})
	for stage, want := range map[string]bool{"there": true, "gone": false, "goes": false, "gone lately": true} {
		if s.HasLast("e", stage) != want {
			t.Errorf("the note of %q: there %v, wanted %v", stage, !want, want)
		}
	}
}
