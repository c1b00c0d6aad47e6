// Package machine says what this machine has that stages share: GPUs and memory. It only looks at files.
package machine

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// GPUs lists the GPUs that this process may use, as CUDA_VISIBLE_DEVICES names them: those of that variable where it is
// set (empty: none), else every NVIDIA GPU the system has a device file for.
func GPUs() []string { return gpus("/dev", os.LookupEnv) }

var reGPU = regexp.MustCompile(`^nvidia([0-9]+)$`)

func gpus(dev string, lookup func(string) (string, bool)) []string {
	var found []string
	if visible, ok := lookup("CUDA_VISIBLE_DEVICES"); ok {
		for _, id := range strings.Split(visible, ",") {
			id = strings.TrimSpace(id)
			if n, err := strconv.Atoi(id); id == "" || err == nil && n < 0 {
				break // CUDA stops at the first that names none
			}
			found = append(found, id)
		}
		return found
	}
	files, _ := filepath.Glob(filepath.Join(dev, "nvidia*")) // fails only for a bad pattern
	for _, f := range files {
		if reGPU.MatchString(filepath.Base(f)) {
			// CUDA counts from 0, whatever the files' numbers are where a container has only some of them.
			found = append(found, strconv.Itoa(len(found)))
		}
	}
	return found
}

// Memory gives how much memory this process may use, in bytes: the machine's, or less where a control group limits it;
// 0 where the system doesn't say.
func Memory() int64 { return memory("/proc/meminfo", "/sys/fs/cgroup/memory.max") }

func memory(meminfo, limit string) int64 {
	var all int64
	b, _ := os.ReadFile(meminfo) // not on every system
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "MemTotal:" && f[2] == "kB" {
			kb, _ := strconv.ParseInt(f[1], 10, 64)
			all = kb << 10
		}
	}
	b, _ = os.ReadFile(limit)
	most, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64) // "max" is no limit
	if err == nil && most > 0 && (all == 0 || most < all) {
		return most
	}
	return all
}
