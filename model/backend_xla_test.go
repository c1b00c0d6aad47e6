//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && arm64))

package model

import (
	"errors"
	"os"
	"strings"
	"testing"

	"fashionpipe/internal/gpu"
	"fashionpipe/internal/pjrt"
)

// TestFitPath: go-xla goes by the whole path, which must not lead it astray.
func TestFitPath(t *testing.T) {
	for path, want := range map[string]string{
		"/usr/lib/pjrt_c_api_cpu_plugin.so":                             "",
		"/venv/site-packages/jax_plugins/xla_cuda13/xla_cuda_plugin.so": "",
		"/home/cpu/jax_plugins/xla_cuda13/xla_cuda_plugin.so":           `"cpu"`,
		"/opt/CUDA/pjrt_c_api_cpu_plugin.so":                            `"cuda"`,
		"/opt/nvidia/pjrt_c_api_cpu_plugin.so":                          `"nvidia"`,
		"/a,b/pjrt_c_api_cpu_plugin.so":                                 `","`,
	} {
		err := fitPath(pjrt.At(path))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}

// TestLoadXLA: what is no plugin can't be loaded, as opening it says; and one that is can, without a device.
func TestLoadXLA(t *testing.T) {
	dir := plugins(t, "pjrt_c_api_cpu_plugin.so", "pjrt_c_api_cuda_plugin.so")
	t.Setenv("XDG_CACHE_HOME", t.TempDir()) // where loading one for CUDA makes a folder
	t.Setenv(flagsVariable, "")             // which it sets
	for _, p := range pjrt.Find() {
		if err := loadXLA(p); err == nil || !strings.HasPrefix(err.Error(), p.Path+": it can't be loaded: ") {
			t.Errorf("%s: %v", strings.TrimPrefix(p.Path, dir), err)
		}
	}
	if path := os.Getenv("PIPE_TEST_PLUGIN"); path != "" {
		if err := loadXLA(pjrt.At(path)); err != nil {
			t.Error(err)
		}
	}
}

// TestExplainXLA: what XLA says where no GPU is, as it is, with what to do.
func TestExplainXLA(t *testing.T) {
	p := pjrt.At("/venv/jax_plugins/xla_cuda13/xla_cuda_plugin.so")
	said := errors.New(`while creating plugin /venv/jax_plugins/xla_cuda13/xla_cuda_plugin.so for backend "xla": PJRT error (code=9): No visible GPU devices.`)
	t.Setenv("CUDA_VISIBLE_DEVICES", "")
	want := p.Path + ": No visible GPU devices: CUDA_VISIBLE_DEVICES hides every GPU"
	if !gpu.Driver() {
		want = p.Path + ": No visible GPU devices: this machine has no NVIDIA driver"
	}
	if got := explainXLA(p, said).Error(); !strings.HasPrefix(got, want) {
		t.Errorf("%s\nwant %s", got, want)
	}
}
