package dag_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"fashionpipe/dag"
)

// remote reads a file that must be fetched first.
type remote struct {
	outside
	file    string
	never   error // why it can't be brought
	fetched int
	begun   chan struct{} // not nil: Fetch says on it that it begins, and goes on until ctx ends or the next is taken
}

func (s *remote) Missing() (string, error) {
	if _, err := os.Stat(s.file); err == nil {
		return "", nil
	}
	return "far:x", s.never
}

func (s *remote) Fetch(ctx context.Context, r dag.Reporter) error {
	s.fetched++
	if s.begun != nil {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case s.begun <- struct{}{}:
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case s.begun <- struct{}{}:
		}
	}
	r.Start(2, "kB")
	r.Add(2)
	if s.Root == "" {
		return errors.New("no way there")
	}
	if err := os.WriteFile(s.file, []byte("far"), 0o644); err != nil {
		return err
	}
	return ctx.Err()
}

func TestFetch(t *testing.T) {
	l := newLab(t, t.TempDir())
	root := t.TempDir()
	s := &remote{outside: outside{Root: root}, file: root + "/a"}
	g := graph(t, node(kind("remote", nil, nil), "o", s))
	p, err := l.Plan(t.Context(), g, dag.RunOptions{})
	if err != nil || p.Stages[0].Outlook != dag.MayRun || p.Stages[0].Reason != "far:x is to be downloaded" || s.fetched != 0 {
		t.Errorf("%+v, %v", p, err)
	}
	for range 2 {
		sum, states := l.run(g, dag.RunOptions{})
		if sum.Err() != nil || s.fetched != 1 {
			t.Fatalf("%s, fetched %d times", states, s.fetched)
		}
	}
	bad := &remote{file: root + "/b"}
	g = graph(t, node(kind("remote", nil, nil), "bad", bad))
	sum, _ := l.run(g, dag.RunOptions{})
	if r, _ := sum.Stage("bad"); r.State != dag.StateFailed || !strings.Contains(r.Err.Error(), "no way there") {
		t.Errorf("%+v", r)
	}
	bad.never = errors.New("no network")
	if p, err = l.Plan(t.Context(), g, dag.RunOptions{}); err != nil || p.Stages[0].Outlook != dag.CannotRun {
		t.Errorf("%+v, %v", p, err)
	}
}

// TestFetchOnce: what several stages need is brought once, and all of them go on, or end, with it.
func TestFetchOnce(t *testing.T) {
	for _, interrupt := range []bool{false, true} {
		l := newLab(t, t.TempDir())
		root, begun := t.TempDir(), make(chan struct{})
		all := make([]*remote, 8)
		var nodes []*dag.Node
		for i := range all {
			all[i] = &remote{outside: outside{Root: root}, file: root + "/a", begun: begun}
			nodes = append(nodes, node(kind("remote", nil, nil), fmt.Sprintf("o%d", i), all[i]))
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() {
			<-begun
			if interrupt {
				cancel()
			} else {
				time.Sleep(50 * time.Millisecond) // so that the others come meanwhile; later they find the file
				<-begun
			}
		}()
		sum, err := l.Run(ctx, graph(t, nodes...), dag.RunOptions{})
		if err != nil {
			t.Fatal(err)
		}
		fetched := 0
		for _, s := range all {
			fetched += s.fetched
		}
		if fetched != 1 || (sum.Status == dag.StatusInterrupted) != interrupt || (sum.Status == dag.StatusOK) == interrupt {
			t.Errorf("interrupt %v: fetched %d times, %s: %v", interrupt, fetched, sum.Status, sum.Err())
		}
	}
}
