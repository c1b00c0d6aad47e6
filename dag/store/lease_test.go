package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestLeaseIsExclusive has many goroutines, each with a store of its own, take the same lease over and over.
func TestLeaseIsExclusive(t *testing.T) {
	dir := t.TempDir()
	var holders, taken atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		s := open(t, dir)
		wg.Go(func() {
			for n := 0; n < 20; {
				l, ok, err := s.TryLease(key('a'))
				if err != nil {
					t.Error(err)
					return
				}
				if !ok {
					if err := s.WaitLease(t.Context(), key('a')); err != nil {
						t.Error(err)
						return
					}
					continue
				}
				if holders.Add(1) != 1 {
					t.Error("two hold the lease")
				}
				n++
				taken.Add(1)
				holders.Add(-1)
				l.Release()
			}
		})
	}
	wg.Wait()
	if taken.Load() != 160 {
		t.Errorf("taken %d times", taken.Load())
	}
}

func TestWaitingForALeaseEndsWithItsContext(t *testing.T) {
	s := open(t, t.TempDir())
	l, _, err := s.TryLease(key('a'))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Release()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := s.WaitLease(ctx, key('a')); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

// TestOpeningLeavesLiveWorkAlone opens the store while another works in it.
func TestOpeningLeavesLiveWorkAlone(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	l, _, err := s.TryLease(key('a'))
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(l.Out, "x"), "1")
	put(t, filepath.Join(l.Scratch, "checkpoint"), "1")
	open(t, dir)
	if _, err := l.Publish(t.Context(), &Record{Preimage: []byte(`{}`)}); err != nil {
		t.Error(err)
	}
	l.Release()
}

// TestOpeningClearsDeadWork puts what killed processes leave: files that nobody locks.
func TestOpeningClearsDeadWork(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	a, b := string(key('a')), string(key('b'))
	for _, p := range []string{"leases/" + a, "artifacts/tmp-" + a + "/x", "records/aa/" + a + ".json.tmp", "leases/artifact-" + b, "artifacts/old-" + b + "/x"} {
		put(t, s.path(p), "left")
	}
	put(t, s.path("scratch", a, "checkpoint"), "kept")
	open(t, dir)
	for _, p := range []string{"leases/" + a, "artifacts/tmp-" + a, "records/aa/" + a + ".json.tmp", "leases/artifact-" + b, "artifacts/old-" + b} {
		if _, err := os.Stat(s.path(p)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is still there: %v", p, err)
		}
	}
	if _, err := os.Stat(s.path("scratch", a, "checkpoint")); err != nil {
		t.Error(err)
	}
}

// TestRepairBesideAnother has two processes repair the same damaged artifact under different keys at once.
func TestRepairBesideAnother(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	hit := publish(t, s, key('a'), map[string]string{"x": "1"})
	if err := os.Remove(filepath.Join(hit.Dir, "x")); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for _, k := range []Digest{key('a'), key('b'), key('c'), key('d')} {
		s := open(t, dir)
		wg.Go(func() {
			publish(t, s, k, map[string]string{"x": "1"})
			if _, err := s.Lookup(t.Context(), k); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestRuns(t *testing.T) {
	s := open(t, t.TempDir())
	start := time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC)
	var ids []string
	for i := range 3 {
		r, err := s.NewRun(start.Add(time.Duration(2-i) * time.Second))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, r.ID)
		if !s.RunAlive(r.ID) {
			t.Error("a run that lives is not alive")
		}
		if err := r.Close(); err != nil || s.RunAlive(r.ID) {
			t.Error("a run that ended is alive", err)
		}
	}
	got, err := s.Runs()
	if err != nil || len(got) != 3 || got[0] != ids[2] || got[2] != ids[0] || got[0][:19] != "20260102-030405.006" {
		t.Errorf("%v, %v", got, err)
	}
}

func TestLast(t *testing.T) {
	s := open(t, t.TempDir())
	if _, ok := s.Last("e", "s"); ok {
		t.Error("found before there is one")
	}
	l := Last{Experiment: "e", Stage: "s", Key: key('a'), Preimage: []byte(`{"kind":"k"}`)}
	if err := s.SetLast(l); err != nil {
		t.Fatal(err)
	}
	if got, ok := s.Last("e", "s"); !ok || got.Key != l.Key || string(got.Preimage) != string(l.Preimage) {
		t.Errorf("%+v", got)
	}
	put(t, s.lastPath("e", "s"), "{")
	if _, ok := s.Last("e", "s"); ok || len(s.Warnings()) != 1 {
		t.Error("a damaged note is found, or not spoken of")
	}
}
