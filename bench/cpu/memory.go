package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// peakMemory is the most memory that a process of its own takes for the work, in bytes: 0 where the system does not tell.
func peakMemory(ctx context.Context, w work) (int64, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	cmd := exec.CommandContext(ctx, self, "-memory", w.name)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("measure memory: %w", err)
	}
	return strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
}

// printMemory does the work a few times and prints the most memory that this process has had.
func printMemory(ctx context.Context, name string) error {
	for _, w := range works {
		if w.name != name {
			continue
		}
		if _, err := w.ours(ctx, w, 1, func() error { return nil }); err != nil {
			return err
		}
		fmt.Println(mostResident())
		return nil
	}
	return fmt.Errorf("no row is called %q", name)
}

// mostResident is the peak of this process's resident memory, by Linux; 0 elsewhere.
func mostResident() int64 {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return 0
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if text, ok := strings.CutPrefix(s.Text(), "VmHWM:"); ok {
			kB, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(text, "kB")), 10, 64)
			return kB << 10
		}
	}
	return 0
}
