package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// runs are what some runs of a command took.
type runs [][3]float64

// What is measured of a run: seconds, seconds of CPU, and the most megabytes resident of one process.
const (
	wall = iota
	cpu
	memory
)

func (r runs) median(what int) float64 {
	var all []float64
	for _, x := range r {
		all = append(all, x[what])
	}
	slices.Sort(all)
	return all[len(all)/2]
}

func (r runs) print(name string) {
	fmt.Printf("  %-46s %6.1f s   %6.1f s of CPU   %5.0f MB\n", name, r.median(wall), r.median(cpu), r.median(memory))
}

// add runs a command.
func (r *runs) add(dir string, args ...string) error {
	c := exec.Command(args[0], args[1:]...)
	c.Dir = dir
	start := time.Now()
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, out[max(0, len(out)-2000):])
	}
	took := time.Since(start).Seconds()
	used := c.ProcessState.SysUsage().(*syscall.Rusage)
	*r = append(*r, [3]float64{took, (c.ProcessState.UserTime() + c.ProcessState.SystemTime()).Seconds(), float64(used.Maxrss) / 1024})
	return nil
}

const experiment = `name: catalogue
stages:
  photos: {uses: photos, with: {root: %q, layout: deepfashion2, split: train}}
`

// turns runs pipe on an empty store, then again, and the peer, in turn. A round before them warms the file cache.
func turns(work, root, pipe, python string, rounds int) (ours, again, peer runs, err error) {
	if err := os.WriteFile(filepath.Join(work, "catalogue.yaml"), fmt.Appendf(nil, experiment, root), 0o644); err != nil {
		return nil, nil, nil, err
	}
	var warm runs
	for round := range rounds + 1 {
		first, second, other := &ours, &again, &peer
		if round == 0 {
			first, second, other = &warm, &warm, &warm
		}
		if err := os.RemoveAll(filepath.Join(work, ".pipe")); err != nil {
			return nil, nil, nil, err
		}
		script, err := filepath.Abs(filepath.Join("bench", "catalogue", "peer.py"))
		if err != nil {
			return nil, nil, nil, err
		}
		for _, run := range []struct {
			to   *runs
			args []string
		}{
			{first, []string{pipe, "run", "catalogue.yaml", "--only", "photos", "--jobs", "2"}},
			{second, []string{pipe, "run", "catalogue.yaml", "--only", "photos", "--jobs", "2"}},
			{other, []string{python, script, root, "2", filepath.Join(work, "peer.parquet")}},
		} {
			if err := run.to.add(work, run.args...); err != nil {
				return nil, nil, nil, err
			}
		}
	}
	return ours, again, peer, nil
}
