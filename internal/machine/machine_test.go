package machine

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestGPUs(t *testing.T) {
	dev := t.TempDir()
	for _, name := range []string{"nvidia0", "nvidia3", "nvidiactl", "nvidia-uvm", "null"} {
		if err := os.WriteFile(filepath.Join(dev, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		visible string // "unset", or the value of CUDA_VISIBLE_DEVICES
		want    string
	}{
		{"unset", "0 1"}, {"", ""}, {"-1", ""}, {"3", "3"}, {"3, 5", "3 5"}, {"2,-1,4", "2"}, {"GPU-8932f937,MIG-1", "GPU-8932f937 MIG-1"},
	}
	for _, tt := range tests {
		got := gpus(dev, func(string) (string, bool) { return tt.visible, tt.visible != "unset" })
		if !slices.Equal(got, strings.Fields(tt.want)) {
			t.Errorf("%q: %q, not %q", tt.visible, got, tt.want)
		}
	}
}

func TestMemory(t *testing.T) {
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	info := file("MemTotal:       16384 kB\nMemFree:          100 kB\n")
	none := filepath.Join(t.TempDir(), "none")
	for _, tt := range []struct {
		info, limit string
		want        int64
	}{
		{info, none, 16 << 20}, {info, file("max\n"), 16 << 20}, {info, file("1048576\n"), 1 << 20}, {info, file("1099511627776\n"), 16 << 20},
		{none, none, 0}, {none, file("1048576\n"), 1 << 20}, {file("nonsense"), none, 0},
	} {
		if got := memory(tt.info, tt.limit); got != tt.want {
			t.Errorf("%d, not %d", got, tt.want)
		}
	}
}

func TestProcessor(t *testing.T) {
	for text, want := range map[string]string{
		"processor\t: 0\nmodel\t\t: 1\nmodel name\t: AMD EPYC 9R14\nflags: a\n": "AMD EPYC 9R14", "processor: 0\nModel\t: Raspberry Pi 5\n": "Raspberry Pi 5", "": "",
	} {
		path := filepath.Join(t.TempDir(), "cpuinfo")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := processor(path); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}
