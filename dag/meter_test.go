package dag_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fashionpipe/dag"
)

// meter counts stages that work at the same time.
type meter struct {
	mu        sync.Mutex
	now, most int
}

type metered struct {
	N    int `param:"n" doc:"makes the key"`
	Adds int `param:"adds" doc:"calls of Add"`
	m    *meter
}

func (s *metered) Run(ctx context.Context, t *dag.Task) error {
	s.m.enter(1)
	time.Sleep(30 * time.Millisecond)
	t.Report.Start(s.Adds, "adds")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range s.Adds / 4 {
				t.Report.Add(1)
			}
		})
	}
	wg.Wait()
	t.Report.Live("done")
	s.m.enter(-1)
	return writeText(t, "metered")
}

func (m *meter) enter(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now += n
	m.most = max(m.most, m.now)
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// leftovers lists what a store should not hold when nothing runs.
func leftovers(t *testing.T, dir string) string {
	t.Helper()
	return found(t, dir, "leases/*", "artifacts/tmp-*", "artifacts/old-*", "records/*/*.tmp", "runs/*/*.tmp", "runs/*/lock", "last/*.tmp", "memo/*.tmp")
}

func found(t *testing.T, dir string, patterns ...string) string {
	t.Helper()
	var out []string
	for _, pattern := range patterns {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, found...)
	}
	return strings.Join(out, " ")
}

// listing gives every path below dir with its size and times.
func listing(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		b.WriteString(strings.Join([]string{p, info.Mode().String(), info.ModTime().String()}, " ") + "\n")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
