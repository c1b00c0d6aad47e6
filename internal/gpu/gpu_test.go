package gpu

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// two are lines as nvidia-smi prints them; N/A are those of machines whose GPU shares the system's memory.
const two = `0, NVIDIA H100 80GB HBM3, GPU-8932f937-d72c-4106-c12f-20bd9faed9f6, 580.65.06, 81559, 81079, Disabled
1, NVIDIA A100-SXM4-40GB, GPU-1b2f937a-0000-4106-c12f-20bd9faed9f6, 580.65.06, 40960, 512, Enabled
`

func TestParse(t *testing.T) {
	h100 := GPU{0, "NVIDIA H100 80GB HBM3", "GPU-8932f937-d72c-4106-c12f-20bd9faed9f6", "580.65.06", 81559 << 20, 81079 << 20, false}
	a100 := GPU{1, "NVIDIA A100-SXM4-40GB", "GPU-1b2f937a-0000-4106-c12f-20bd9faed9f6", "580.65.06", 40960 << 20, 512 << 20, true}
	for _, tt := range []struct {
		text string
		want []GPU
		err  string
	}{
		{two, []GPU{h100, a100}, ""},
		{"", nil, ""},
		{"0, NVIDIA GB10, GPU-1, 580.95.05, [N/A], [N/A], [N/A]\n", []GPU{{0, "NVIDIA GB10", "GPU-1", "580.95.05", 0, 0, false}}, ""},
		{"0, Quadro \"K\", GPU-1, 390.1, 4000, 4001, [Not Supported]\r\n", []GPU{{0, `Quadro "K"`, "GPU-1", "390.1", 4000 << 20, 4000 << 20, false}}, ""},
		{"No devices were found\n", nil, "wrong number of fields"},
		{"x, a, b, c, 1, 1, d\n", nil, "no GPU"},
		{"0, , b, c, 1, 1, d\n", nil, "no GPU"},
	} {
		got, err := Parse(tt.text)
		if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
			t.Errorf("%q: %v, want %q", tt.text, err, tt.err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q: %s", tt.text, diff)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(two)
	f.Add("0, NVIDIA GB10, GPU-1, 580, [N/A], [N/A], [N/A]\n")
	f.Fuzz(func(t *testing.T, text string) {
		all, err := Parse(text)
		for _, g := range all {
			if err != nil || g.Name == "" || g.Total < 0 || g.Free < 0 || g.Free > g.Total {
				t.Errorf("%q: %+v, %v", text, g, err)
			}
		}
	})
}

func TestMemory(t *testing.T) {
	all, err := Parse(two)
	if err != nil {
		t.Fatal(err)
	}
	if total, free, known := all[0].Memory(); total != 81559<<20 || free != 81079<<20 || !known {
		t.Error(total, free, known)
	}
	if total, free, known := all[1].Memory(); total != 0 || free != 0 || known {
		t.Error("memory of a GPU that is cut into instances:", total, free, known)
	}
}

func TestVisible(t *testing.T) {
	same := []GPU{{Name: "H100", UUID: "GPU-ab1"}, {Name: "H100", UUID: "GPU-ab2"}, {Name: "H100", UUID: "GPU-c"}}
	mixed := []GPU{{Name: "T400", UUID: "GPU-ab1"}, {Name: "H100", UUID: "GPU-c"}}
	for _, tt := range []struct {
		all  []GPU
		env  string // of CUDA_VISIBLE_DEVICES, after = where it is set; then CUDA_DEVICE_ORDER
		want string // UUIDs, ? for one that can't be told
	}{
		{same, "", "GPU-ab1 GPU-ab2 GPU-c"},
		{same, "=", ""},
		{same, "=2,0", "GPU-c GPU-ab1"},
		{same, "= 1 ,-1,0", "GPU-ab2"},
		{same, "=1,7,0", "GPU-ab2"},
		{same, "=GPU-c,GPU-ab2", "GPU-c GPU-ab2"},
		{same, "=GPU-ab,MIG-1", "? ?"},
		{mixed, "", "? ?"},
		{mixed, "=1", "?"},
		{mixed, "=GPU-c", "GPU-c"},
		{mixed, "=1 PCI_BUS_ID", "GPU-c"},
		{nil, "=0", ""},
	} {
		got := Visible(tt.all, func(name string) (string, bool) {
			visible, order, _ := strings.Cut(tt.env, " PCI")
			if name == "CUDA_DEVICE_ORDER" {
				return "PCI" + order, order != ""
			}
			return strings.CutPrefix(visible, "=")
		})
		var ids []string
		for _, g := range got {
			if g == nil {
				g = &GPU{UUID: "?"}
			}
			ids = append(ids, g.UUID)
		}
		if !slices.Equal(ids, strings.Fields(tt.want)) {
			t.Errorf("%v, %q: %v, not %q", tt.all, tt.env, ids, tt.want)
		}
	}
}

func TestProc(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"0000:01:00.0": "Model: \t\t NVIDIA H100 80GB HBM3\nIRQ:   \t\t 210\nGPU UUID: \t GPU-8932f937-d72c-4106-c12f-20bd9faed9f6\nVideo BIOS: \t 96.00\n",
		"0000:02:00.0": "Model: \t\t Unknown\nGPU UUID: \t GPU-????????-????-????-????-????????????\n",
		"0000:03:00.0": "Model: \t\t Tesla T4\nGPU UUID: \t GPU-????????-????-????-????-????????????\n",
	} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name, "information"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want := []GPU{{Index: 0, Name: "NVIDIA H100 80GB HBM3", UUID: "GPU-8932f937-d72c-4106-c12f-20bd9faed9f6"}, {Index: 1, Name: "Tesla T4"}}
	if diff := cmp.Diff(want, proc(dir)); diff != "" {
		t.Error(diff)
	}
	if got := proc(filepath.Join(dir, "none")); got != nil {
		t.Error(got)
	}
}

// smi puts a script in nvidia-smi's place.
func smi(t *testing.T, script string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "nvidia-smi"), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":/bin:/usr/bin")
}

func TestAsk(t *testing.T) {
	for script, want := range map[string]string{
		"echo 'Failed to initialize NVML: Driver/library version mismatch'; echo more; exit 18": "nvidia-smi says: Failed to initialize NVML: Driver/library version mismatch",
		"exit 9": "exit status 9",
	} {
		smi(t, script)
		if _, err := Ask(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", script, err)
		}
	}
	smi(t, `[ "$2" = --format=csv,noheader,nounits ] && echo "0, T4, GPU-1, 580, 100, 90, Disabled"`)
	all, err := Ask(t.Context())
	if want := []GPU{{0, "T4", "GPU-1", "580", 100 << 20, 90 << 20, false}}; err != nil || !slices.Equal(all, want) {
		t.Error(all, err)
	}
}

func TestHangingNvidiaSMI(t *testing.T) {
	smi(t, "exec sleep 60")
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := Ask(ctx); err == nil || !strings.Contains(err.Error(), "has not answered") {
		t.Error(err)
	}
	if took := time.Since(start); took > 30*time.Second {
		t.Error("waited for", took)
	}
}

func TestDriverMajor(t *testing.T) {
	for text, want := range map[string]int{
		"NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.65.06  Sun Jul 27 2025\nGCC version:  gcc version 12.3.0\n": 580,
		"NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.86.15  Release Build\n":                            570,
		"": 0, "GCC version:\ngcc 580.1": 0,
	} {
		path := filepath.Join(t.TempDir(), "version")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := driverMajor(path); got != want {
			t.Errorf("%q: %d, not %d", text, got, want)
		}
	}
}

func TestAllowed(t *testing.T) {
	for env, want := range map[string]bool{"": true, "=": false, "=-1": false, "=0": true, "=-1,0": false, "=GPU-5": true, "= 1": true} {
		got := Allowed(func(string) (string, bool) { return strings.CutPrefix(env, "=") })
		if got != want {
			t.Errorf("%q: %v", env, got)
		}
	}
}

func TestKinds(t *testing.T) {
	mixed := []GPU{{Name: "T400", UUID: "GPU-ab1"}, {Name: "H100", UUID: "GPU-c"}, {Name: "H100", UUID: "GPU-d"}}
	for _, tt := range []struct {
		all       []GPU
		env, want string
	}{
		{mixed[1:], "", "H100"}, {mixed[1:], "=0", "H100"}, {mixed[1:], "=-1", ""}, {nil, "", ""},
		{mixed, "", "H100+T400 ()"}, {mixed, "=1", "H100+T400 (1)"}, {mixed, "=GPU-c", "H100"}, {mixed, "=GPU-ab1", "T400"}, {mixed, "=MIG-5", "H100+T400 (MIG-5)"},
		{mixed[1:], "=MIG-5", "H100 (MIG-5)"},
	} {
		got := kinds(tt.all, func(name string) (string, bool) {
			if name != "CUDA_VISIBLE_DEVICES" {
				return "", false
			}
			return strings.CutPrefix(tt.env, "=")
		})
		if got != tt.want {
			t.Errorf("%v, %q: %q, not %q", tt.all, tt.env, got, tt.want)
		}
	}
}
