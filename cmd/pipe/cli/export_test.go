package cli

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sync/errgroup"
)

// TestLinksOfRunsAtOnce: runs that put their results into one folder at once don't get into each other's way.
func TestLinksOfRunsAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ours")
	targets := []string{"../.pipe/artifacts/aa/aa", "../.pipe/artifacts/bb/bb"}
	var g errgroup.Group
	for run := range 4 {
		g.Go(func() error {
			for i := range 200 {
				if err := setLink(targets[(run+i)%2], path); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	if is, err := os.Readlink(path); err != nil || is != targets[0] && is != targets[1] {
		t.Errorf("%q, %v", is, err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := setLink(targets[0], path); err == nil {
		t.Error("a file of a person's own was replaced")
	}
}
