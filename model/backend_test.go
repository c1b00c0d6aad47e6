package model

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fashionpipe/internal/gpu"
	"fashionpipe/internal/pjrt"
)

// plugins makes a folder with the named files and lets plugins be looked for only there.
func plugins(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, n := range names {
		if err := os.WriteFile(filepath.Join(dir, n), []byte(n), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv(pjrt.Variable, dir)
	return dir
}

func TestBackendClass(t *testing.T) {
	t.Setenv(flagsVariable, "")
	plugins(t)
	for setting, want := range map[string]string{"auto": "cpu:", "": "cpu:", "cpu": "cpu:", "go": "go:"} {
		c, err := BackendClass(setting)
		if err != nil || !strings.HasPrefix(c, want) {
			t.Errorf("%q without plugin: %q %v", setting, c, err)
		}
	}
	dir := plugins(t, "pjrt_c_api_cpu_v0.83.1_plugin.so", "other.so")
	if c, err := BackendClass("go"); err != nil || !strings.HasPrefix(c, "go:") {
		t.Errorf("go: %q %v", c, err)
	}
	if c, err := BackendClass("auto"); err != nil || !strings.HasPrefix(c, "cpu:") {
		t.Errorf("auto beside a plugin for processors: %q %v", c, err)
	}
	if !haveXLA {
		return
	}
	for _, setting := range []string{"xla", "xla:cpu", "xla:CPU", "xla:" + filepath.Join(dir, "pjrt_c_api_cpu_v0.83.1_plugin.so")} {
		if c, err := BackendClass(setting); err != nil || !strings.HasPrefix(c, "xla:cpu:0.83.1:") || !strings.HasSuffix(c, " cores") {
			t.Errorf("%q: %q %v", setting, c, err)
		}
	}
}

// TestXLAClass: the class changes with the plugin's code and with flags that change results, and with no others.
func TestXLAClass(t *testing.T) {
	dir := plugins(t, "pjrt_c_api_cpu_plugin.so")
	cudaPlugin := pluginWith(t, "pjrt_c_api_cuda_plugin.so", flagSame)
	class := func(name string) string {
		t.Helper()
		c, err := xlaClass(pjrt.At(filepath.Join(dir, name)))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	t.Setenv(flagsVariable, "")
	cpu := class("pjrt_c_api_cpu_plugin.so")
	cuda, err := xlaClass(cudaPlugin)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(cpu, "xla:cpu:sha-") || !strings.HasPrefix(cuda, "xla:cuda:sha-") {
		t.Error(cpu, cuda)
	}
	if !gpu.Driver() && !strings.HasSuffix(cuda, ":unknown GPU") {
		t.Error(cuda)
	}
	t.Setenv(flagsVariable, "--xla_gpu_cuda_data_dir=/x --xla_dump_to=/tmp")
	if c := class("pjrt_c_api_cpu_plugin.so"); c != cpu {
		t.Errorf("%s, not %s", c, cpu)
	}
	t.Setenv(flagsVariable, "--xla_a --xla_gpu_cuda_data_dir=/x --xla_b=1")
	one := class("pjrt_c_api_cpu_plugin.so")
	t.Setenv(flagsVariable, "--xla_b=1  --xla_a")
	if two := class("pjrt_c_api_cpu_plugin.so"); one != two || one == cpu {
		t.Error(one, two, cpu)
	}
	t.Setenv(optionsVariable, "xla_gpu_autotune_level: 0")
	if two := class("pjrt_c_api_cpu_plugin.so"); one == two {
		t.Error("other options have the same class", one)
	}
	if err := os.WriteFile(filepath.Join(dir, "pjrt_c_api_cpu_plugin.so"), []byte("another build"), 0o600); err != nil {
		t.Fatal(err)
	}
	if two := class("pjrt_c_api_cpu_plugin.so"); one == two {
		t.Error("another build has the same class", one)
	}
}

// TestNamedBackendIsNeverReplaced: what can't be had is an error, from the class as from Open.
func TestNamedBackendIsNeverReplaced(t *testing.T) {
	dir := plugins(t)
	want := map[string]string{
		"xla":                "no PJRT plugin was found",
		"xla:cuda":           "no PJRT plugin was found",
		"xla:/nowhere/p.so":  "no such file",
		"xla:./p.so":         "no such file",
		"xla:" + dir:         "not a file",
		"xla:cuda,tf32=true": "no PJRT plugin was found",
		"tpu":                `unknown backend "tpu"`,
		"xlacuda":            `unknown backend "xlacuda"`,
	}
	for setting, want := range want {
		if !haveXLA && strings.HasPrefix(setting, "xla") && setting != "xlacuda" {
			want = "built without cgo"
		}
		if _, err := BackendClass(setting); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("class of %q: %v, want %q", setting, err, want)
		}
		if _, err := Open(setting, F32); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("open %q: %v, want %q", setting, err, want)
		}
	}
}

// TestWhy: auto says why it took what it took, and a platform that isn't there what is.
func TestWhy(t *testing.T) {
	if !haveXLA {
		plugins(t, "pjrt_c_api_cpu_plugin.so")
		if c := automatic(); c.Name != "cpu" || !strings.Contains(c.Why, "without cgo") {
			t.Errorf("%+v", c)
		}
		return
	}
	plugins(t)
	if c := automatic(); c.Name != "cpu" || !strings.Contains(c.Why, "no PJRT plugin for GPUs found") {
		t.Errorf("%+v", c)
	}
	plugins(t, "pjrt_c_api_tpu_plugin.so")
	if c := automatic(); c.Name != "cpu" || !strings.Contains(c.Why, "no PJRT plugin for GPUs found") {
		t.Errorf("beside a plugin for a device that may not be here: %+v", c)
	}
	t.Setenv("CUDA_VISIBLE_DEVICES", "-1")
	dir := plugins(t, "pjrt_c_api_cuda_plugin.so")
	if c := automatic(); c.Name != "cpu" || !strings.Contains(c.Why, "for NVIDIA GPUs, and") {
		t.Errorf("%+v", c)
	}
	if c, err := Choose("xla:cuda"); err != nil || c.Plugin.Path != filepath.Join(dir, "pjrt_c_api_cuda_plugin.so") {
		t.Errorf("a plugin that was named by its platform: %+v, %v", c, err)
	}
	if _, err := Choose("xla:cpu"); err == nil || !strings.Contains(err.Error(), "there is "+dir+"/pjrt_c_api_cuda_plugin.so (cuda)") {
		t.Error(err)
	}
	plugins(t, "pjrt_c_api_cuda_plugin.so", "pjrt_c_api_cpu_plugin.so")
	if c := automatic(); c.Name != "cpu" || !strings.Contains(c.Why, "for NVIDIA GPUs, and") {
		t.Errorf("beside a plugin for processors: %+v", c)
	}
}

func TestPluginWithoutContentIsAnError(t *testing.T) {
	if !haveXLA {
		t.Skip("built without XLA")
	}
	dir := plugins(t, "pjrt_c_api_cpu_plugin.so")
	b, err := Open("xla", F32)
	if err == nil {
		t.Fatalf("opened an empty plugin as %s", b.Describe())
	}
	want := "backend xla: " + dir + "/pjrt_c_api_cpu_plugin.so: it can't be loaded: "
	if text := err.Error(); !strings.HasPrefix(text, want) || strings.Count(text, dir) > 1 || !strings.Contains(text, "`pipe doctor` with") {
		t.Error(text)
	}
}

func TestOpenIsOnce(t *testing.T) {
	a, b := open(t, "cpu"), open(t, "cpu")
	if a != b {
		t.Error("two backends of one kind in one process")
	}
	if text := a.Describe(); !strings.HasPrefix(text, "cpu (") || !strings.Contains(text, "; ") {
		t.Errorf("described as %q", text)
	}
}

// TestDescribeGPU: of a device what the driver says.
func TestDescribeGPU(t *testing.T) {
	t.Setenv(flagsVariable, "")
	p := pluginWith(t, "xla_cuda_plugin.so", flagChoices)
	p.CUDA, p.Version = "12", "0.10.2"
	b := &Backend{name: "xla", plugin: p, why: whyNamed, compute: open(t, "cpu").compute,
		gpus: []*gpu.GPU{{Name: "NVIDIA H100 80GB HBM3", Driver: "580.65.06", Total: 81559 << 20, Free: 80000 << 20}}}
	want := "XLA cuda 12, version 0.10.2 (NVIDIA H100 80GB HBM3, 79.6 GiB, driver 580.65.06) by " + p.Path + "; named by the setting backend; " + leftOut(p)
	if got := b.Describe(); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if total, free, known := b.Memory(); total != 81559<<20 || free != int64(0.9*float64(total)) || !known {
		t.Error(total, free, known)
	}
	b.gpus[0].Free = 1 << 30
	if _, free, _ := b.Memory(); free != 1<<30 {
		t.Error(free)
	}
	b.device = 1
	if _, _, known := b.Memory(); known {
		t.Error("memory of a device that is not known")
	}
}

func TestTry(t *testing.T) {
	for _, setting := range []string{"cpu", "go"} {
		if err := open(t, setting).Try(t.Context()); err != nil {
			t.Errorf("%s: %v", setting, err)
		}
	}
	f := &full{Backend: open(t, "cpu").compute, running: errors.New(saidOther)}
	if err := (&Backend{name: "xla", compute: f}).Try(t.Context()); err == nil {
		t.Error("a backend that can't run is fine")
	}
}
