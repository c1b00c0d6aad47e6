package store

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofrs/flock"
)

// TestNewRunWaitsForALook has another process ask whether a run's notes are locked just when the run is to lock them.
func TestNewRunWaitsForALook(t *testing.T) {
	s := open(t, t.TempDir())
	put(t, s.path("uses", "run"), "")
	look := flock.New(s.path("uses", "run"), flock.SetFlag(os.O_RDONLY))
	if ok, err := look.TryRLock(); err != nil || !ok {
		t.Fatal(ok, err)
	}
	go func() {
		time.Sleep(20 * time.Millisecond)
		_ = look.Close()
	}()
	if err := s.beginUses("run"); err != nil {
		t.Fatal(err)
	}
	if !held(s.path("uses", "run")) {
		t.Error("the notes are not locked")
	}
}

// TestRunsBesideLooks begins runs while others list them and read what they use, as a collection does, and wants every
// run that is listed to be alive.
func TestRunsBesideLooks(t *testing.T) {
	dir := t.TempDir()
	s, other := open(t, dir), open(t, dir)
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				ids, err := other.Runs()
				if err != nil {
					t.Error(err)
				}
				for _, id := range ids[max(0, len(ids)-3):] {
					if !other.RunAlive(id) {
						t.Errorf("run %s has just begun and looks as if it had ended", id)
					}
				}
				if _, err := other.readUses(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	begun, runs := time.Now(), []*Run{}
	for i := 0; i < 150 && !t.Failed(); i++ { // all stay open
		if i%20 == 0 { // another process, with notes of its own
			s = open(t, dir)
		}
		runs = append(runs, newRun(t, s, begun.Add(time.Duration(i)*time.Millisecond)))
	}
	close(done)
	wg.Wait()
	for _, r := range runs {
		_ = r.Close()
	}
}

// TestFailedBeginLeavesNothing wants no folder of a run that could not begin.
func TestFailedBeginLeavesNothing(t *testing.T) {
	s := open(t, t.TempDir())
	if err := os.Remove(s.path("uses")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.NewRun(time.Now()); err == nil || !strings.Contains(err.Error(), "noting what the run uses") {
		t.Fatal(err)
	}
	if left, err := filepath.Glob(s.path("runs", "*")); err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}
