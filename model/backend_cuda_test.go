//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && arm64))

package model

import (
	"os"
	"strings"
	"testing"

	"fashionpipe/internal/pjrt"
)

// TestCUDAFlags: ours are added once, behind those that people gave, whose word counts.
func TestCUDAFlags(t *testing.T) {
	all := func(string) bool { return true }
	const same, choices = " --xla_gpu_exclude_nondeterministic_ops=true", " --xla_gpu_per_fusion_autotune_cache_dir=/c"
	for given, want := range map[string]string{
		"":                              "--xla_gpu_cuda_data_dir=/r" + same + choices,
		"--xla_a  --xla_b=1":            "--xla_a --xla_b=1 --xla_gpu_cuda_data_dir=/r" + same + choices,
		"--xla_gpu_cuda_data_dir=/mine": "--xla_gpu_cuda_data_dir=/mine" + same + choices,
		"--xla_gpu_exclude_nondeterministic_ops=false": "--xla_gpu_exclude_nondeterministic_ops=false --xla_gpu_cuda_data_dir=/r" + choices,
		"--xla_gpu_exclude_nondeterministic_ops":       "--xla_gpu_exclude_nondeterministic_ops --xla_gpu_cuda_data_dir=/r" + choices,
	} {
		got := cudaFlags(given, "/r", "/c", all)
		if got != want || cudaFlags(got, "/r", "/c", all) != got {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
		if before, after := xlaFlags(given), xlaFlags(got); before != after {
			t.Errorf("%q: ours change the class: %q, then %q", given, before, after)
		}
	}
	if got := cudaFlags("", "/r", "/c", func(flag string) bool { return flag != flagSame }); got != "--xla_gpu_cuda_data_dir=/r"+choices {
		t.Errorf("for a plugin that doesn't know one: %q", got)
	}
	if got := cudaFlags("", "/with space", "", all); got != strings.TrimSpace(same) {
		t.Errorf("%q", got)
	}
}

// TestChoicesDir: each plugin's code has a folder of its own, and where none can be made there is none.
func TestChoicesDir(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("HOME", cache)
	dir := plugins(t, "one.so", "two.so")
	one, two := choicesDir(pjrt.At(dir+"/one.so")), choicesDir(pjrt.At(dir+"/two.so"))
	if one == two || !strings.HasPrefix(one, cache) {
		t.Error(one, two)
	}
	if st, err := os.Stat(one); err != nil || !st.IsDir() {
		t.Error(err)
	}
	t.Setenv("XDG_CACHE_HOME", dir+"/one.so")
	t.Setenv("HOME", dir+"/one.so")
	if none := choicesDir(pjrt.At(dir + "/two.so")); none != "" {
		t.Error(none)
	}
}
