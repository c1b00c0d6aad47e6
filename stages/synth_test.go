package stages

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"fashionpipe/dag"
)

// photoCounter is a Reporter that adds up what is done.
type photoCounter struct{ total, done atomic.Int64 }

func (c *photoCounter) Start(total int, _ string) { c.total.Store(int64(total)) }
func (c *photoCounter) Add(n int)                 { c.done.Add(int64(n)) }
func (c *photoCounter) Live(string)               {}
func (c *photoCounter) Note(dag.Note)             {}
func (c *photoCounter) Say(string)                {}

func TestSynthDrawsAWholeArtifact(t *testing.T) {
	k := synthKind()
	s := k.New().(*synthStage)
	s.Count, s.Width, s.Height, s.Test = 20, 60, 80, 0.1
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	var seen photoCounter
	dir := t.TempDir()
	if err := s.Run(t.Context(), &dag.Task{Out: dir, Seed: 7, Workers: 2, Report: &seen}); err != nil {
		t.Fatal(err)
	}
	if seen.total.Load() != 20 || seen.done.Load() != 20 {
		t.Errorf("reported %d of %d photos, want 20 of 20", seen.done.Load(), seen.total.Load())
	}
	if err := k.Check(dir); err != nil {
		t.Errorf("a whole artifact is refused: %v", err)
	}
	if err := os.Remove(filepath.Join(dir, "train", "annos", "000003.json")); err != nil {
		t.Fatal(err)
	}
	if k.Check(dir) == nil {
		t.Error("an artifact without one of its annotations is accepted")
	}
	if k.Check(t.TempDir()) == nil {
		t.Error("an empty folder is accepted")
	}
}

func TestSynthRefusesWhatCantBeDrawn(t *testing.T) {
	for name, spoil := range map[string]func(*synthStage){
		"count":       func(s *synthStage) { s.Count = 0 },
		"validation":  func(s *synthStage) { s.Validation = 1.5 },
		"test":        func(s *synthStage) { s.Test = 0.8 },
		"width":       func(s *synthStage) { s.Width = 3 },
		"height":      func(s *synthStage) { s.Height = 100000 },
		"quality":     func(s *synthStage) { s.Quality = 0 },
		"per_garment": func(s *synthStage) { s.PerGarment = 1 },
		"two_items":   func(s *synthStage) { s.TwoItems = -0.1 },
		"scenes":      func(s *synthStage) { s.Scenes = 1 },
	} {
		s := synthKind().New().(*synthStage)
		spoil(s)
		var bad *dag.ParamError
		if err := s.Validate(); !errors.As(err, &bad) || bad.Param != name {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// What would not be garments × scenes is refused, with what to change.
func TestSynthScenes(t *testing.T) {
	for _, c := range []struct {
		set  func(*synthStage)
		want string
	}{
		{func(s *synthStage) {}, ""},
		{func(s *synthStage) { s.PerGarment, s.TwoItems = 10, 0 }, ""},
		{func(s *synthStage) { s.PerGarment = 6 }, "per_garment: can't be 6 with scenes: 10"},
		{func(s *synthStage) { s.TwoItems = 0.5 }, "two_items: can't be 0.5 with scenes"},
		{func(s *synthStage) { s.Count = 104 }, "count: gives train 62 photos, which is no multiple of scenes: 10"},
		{func(s *synthStage) { s.Test = 0.05 }, "count: gives train 55 photos"},
	} {
		s := synthKind().New().(*synthStage)
		s.Count, s.Scenes = 100, 10
		c.set(s)
		got := ""
		if err := s.Validate(); err != nil {
			got = err.Error()
		}
		if !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
