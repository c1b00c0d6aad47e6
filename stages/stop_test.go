package stages

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"fashionpipe/dag"
	"fashionpipe/internal/pace"
)

// manyFiles are so many files that the rest of a stage's work takes seconds. What listed them calls listed.
type manyFiles struct {
	plainFiles
	n      int
	listed func()
}

func (m manyFiles) Tree(context.Context, string, func(string) bool) ([]dag.File, error) {
	files := make([]dag.File, m.n)
	for i := range files {
		files[i] = dag.File{Path: fmt.Sprintf("%03d/%06d.jpg", i/1000, i), Size: 1, SHA256: [32]byte{byte(i), byte(i >> 8), byte(i >> 16)}}
	}
	m.listed()
	return files, nil
}

// TestChoosingAmongManyStops stops a catalogue while it chooses among a million files.
func TestChoosingAmongManyStops(t *testing.T) {
	if testing.Short() {
		t.Skip("a million files")
	}
	ctx, cancel := context.WithCancel(t.Context())
	asked := make(chan *pace.Watch, 1)
	listed := func() { time.AfterFunc(time.Second, func() { asked <- pace.Start(); cancel() }) }
	out := t.TempDir()
	s := &photos{Root: t.TempDir(), Layout: "folder", Limit: 400_000}
	err := s.Run(ctx, &dag.Task{Out: out, Seed: 1, Files: manyFiles{n: 1_000_000, listed: listed}, Report: &noteTaker{}})
	took, slow := (<-asked).Check(500 * time.Millisecond)
	t.Log(took)
	if left, _ := os.ReadDir(out); !errors.Is(err, context.Canceled) || slow != nil || len(left) > 0 {
		t.Errorf("%v, %v, left %v", err, slow, left)
	}
}
