package cli

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fashionpipe/dag/store"
)

const drawn = `name: drawn
vars: {count: 6}
stages:
  drawn: {uses: synth, with: {count: "${vars.count}", width: 48, height: 64}}
  photos: {uses: photos, in: {files: drawn}, with: {layout: deepfashion2, split: train}}
  images: {uses: decode, in: {photos: photos}, with: {size: 16}}
`

// TestCollectingBesideRuns has collections that keep nothing run in a loop beside runs of three variants, each a process,
// and wants every run to end well, with the digests of an undisturbed one, and the store whole at the end. It goes on
// for a while, and until there were enough of both.
func TestCollectingBesideRuns(t *testing.T) {
	long := 2 * time.Second
	if testing.Short() {
		long = time.Second / 2
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "drawn.yaml"), []byte(drawn), 0o644); err != nil {
		t.Fatal(err)
	}
	variants := []string{"6", "8", "10"}
	runOf := func(count, store string) *exec.Cmd {
		cmd := exec.Command("pipe", "run", "drawn.yaml", "--log", "json", "--set", "vars.count="+count, "--store", store, "--out", "out/"+store+count)
		cmd.Dir = dir
		return cmd
	}
	want := map[string]map[string]string{}
	for _, v := range variants {
		want[v] = finished(t, runOf(v, "quiet").Output).digests
	}
	collect := func() *exec.Cmd {
		cmd := exec.Command("pipe", "store", "gc", "--apply", "--keep-runs", "0", "--keep-days", "0", "--keep-last=false", "--store", "busy", "--log", "json")
		cmd.Dir = dir
		return cmd
	}
	finished(t, runOf(variants[0], "busy").Output) // there is a store
	end, late := time.Now().Add(long), time.Now().Add(time.Minute)
	var wg sync.WaitGroup
	var freed atomic.Int64
	runs := make([]atomic.Int64, len(variants))
	goesOn := func() bool {
		enough := freed.Load() > 0
		for i := range runs {
			enough = enough && runs[i].Load() > 1
		}
		return !t.Failed() && (time.Now().Before(end) || !enough && time.Now().Before(late))
	}
	for i, v := range variants {
		wg.Go(func() {
			for goesOn() {
				cmd := runOf(v, "busy")
				var errOut bytes.Buffer
				cmd.Stderr = &errOut
				out, err := cmd.Output()
				if err != nil {
					t.Errorf("a run beside a collection: %v\n%s%s", err, out, errOut.String())
					return
				}
				got := finished(t, func() ([]byte, error) { return out, nil })
				if !maps.Equal(got.digests, want[v]) || got.warned != "" {
					t.Errorf("digests %v, wanted %v; warnings: %s", got.digests, want[v], got.warned)
				}
				runs[i].Add(1)
			}
		})
	}
	wg.Go(func() {
		for goesOn() {
			out, err := collect().CombinedOutput()
			if err != nil {
				t.Errorf("a collection beside runs: %v\n%s", err, out)
				return
			}
			freed.Add(int64(strings.Count(string(out), `"event":"garbage",`)))
		}
	})
	wg.Wait()
	t.Logf("%d, %d, %d runs, %d artifacts collected", runs[0].Load(), runs[1].Load(), runs[2].Load(), freed.Load())
	if freed.Load() == 0 {
		t.Error("nothing was collected: the test proves nothing")
	}
	verify := exec.Command("pipe", "store", "verify", "--store", "busy")
	verify.Dir = dir
	if out, err := verify.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// plant puts artifacts into the store below dir that no record names. A collection takes them last, and so is at work
// for long enough to be killed.
func plant(t *testing.T, dir string, salt int) {
	t.Helper()
	const many = 200
	tmp := filepath.Join(dir, "planted")
	for i := range many {
		if err := os.Mkdir(tmp, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(tmp, "x"), fmt.Append(nil, salt, i), 0o644); err != nil {
			t.Fatal(err)
		}
		d, err := store.DigestFolder(t.Context(), tmp)
		if err != nil {
			t.Fatal(err)
		}
		below := filepath.Join(dir, ".pipe", "artifacts", string(d[:2]))
		if err := errors.Join(os.MkdirAll(below, 0o755), os.Rename(tmp, filepath.Join(below, string(d)))); err != nil {
			t.Fatal(err)
		}
	}
}

// TestKilledCollectionLeavesAWholeStore kills collections at different moments, and wants nothing damaged after any, and
// the next runs to give what undisturbed ones do.
func TestKilledCollectionLeavesAWholeStore(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "drawn.yaml"), []byte(drawn), 0o644); err != nil {
		t.Fatal(err)
	}
	pipe := func(args ...string) *exec.Cmd {
		cmd := exec.Command("pipe", args...)
		cmd.Dir = dir
		return cmd
	}
	run := func(count string) map[string]string {
		return finished(t, pipe("run", "drawn.yaml", "--log", "json", "--set", "vars.count="+count).Output).digests
	}
	want := run("6")
	records := func() int {
		found, err := filepath.Glob(filepath.Join(dir, ".pipe", "records", "*", "*.json"))
		if err != nil {
			t.Fatal(err)
		}
		return len(found)
	}
	const enough, most = 4, 30
	killed, tries := 0, 0
	for ; killed < enough && tries < most; tries++ {
		run("8")
		plant(t, dir, tries)
		gc := pipe("store", "gc", "--apply", "--keep-runs", "0", "--keep-days", "0", "--keep-last=false")
		before, began := records(), time.Now()
		if err := gc.Start(); err != nil {
			t.Fatal(err)
		}
		for records() == before && time.Since(began) < time.Second { // until it has begun to delete
			time.Sleep(100 * time.Microsecond)
		}
		time.Sleep(time.Duration(tries%5) * 300 * time.Microsecond)
		_ = gc.Process.Kill() // it may have ended
		if err := gc.Wait(); err != nil {
			killed++
		}
		if out, err := pipe("store", "verify").CombinedOutput(); err != nil {
			t.Fatalf("after a collection killed in its try %d: %v\n%s", tries, err, out)
		}
		if got := run("6"); !maps.Equal(got, want) {
			t.Errorf("digests %v, wanted %v", got, want)
		}
	}
	if killed < enough {
		t.Error("too few collections were killed in time: the test proves nothing")
	}
	t.Logf("%d of %d killed", killed, tries)
}
