package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

type programs struct{ pipe, snakemake, dvc string }

// tool is one of the programs compared, in a folder of its own.
type tool struct {
	name string
	dir  string
	run  []string
	took []time.Duration
}

// newTool makes the tool's folder with the files given, and begins DVC's project in it.
func newTool(base, name string, files map[string]string, run ...string) (*tool, error) {
	t := &tool{name: name, dir: filepath.Join(base, name), run: run}
	if err := os.MkdirAll(t.dir, 0o755); err != nil {
		return nil, err
	}
	for path, text := range files {
		if err := os.WriteFile(filepath.Join(t.dir, path), []byte(text), 0o644); err != nil {
			return nil, err
		}
	}
	if name == "dvc" {
		if err := t.command(run[0], "init", "--no-scm", "-q"); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// once runs the tool and notes what it took.
func (t *tool) once() error {
	start := time.Now()
	if err := t.command(t.run...); err != nil {
		return err
	}
	t.took = append(t.took, time.Since(start))
	return nil
}

func (t *tool) command(args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, args[0], args[1:]...)
	c.Dir = t.dir
	c.Env = append(os.Environ(), "DVC_NO_ANALYTICS=1")
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", t.name, err, out[max(0, len(out)-2000):])
	}
	return nil
}

func (t *tool) median() time.Duration {
	s := slices.Sorted(slices.Values(t.took))
	return s[len(s)/2]
}

// turns runs each tool in turn, so that what else the machine does meets all of them.
func turns(n int, tools []*tool) error {
	for range n {
		for _, t := range tools {
			if err := t.once(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *tool) print(first *tool) {
	fmt.Printf("  %-28s %10.1f ms   %6.1f× pipe's time\n", t.name, ms(t.median()), float64(t.median())/float64(first.median()))
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
