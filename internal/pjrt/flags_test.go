package pjrt

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"
)

// TestKnows: a flag is known by the whole C string of its name, however it is asked for, and a file that can't be read knows none.
func TestKnows(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "xla_cuda_plugin.so")
	// The list of flags, then a description of the fields that options have: there the name of a flag that is gone may stay.
	text := "\x00xla_dump_to\x00xla_gpu_cuda_data_dir\x00tail_of_xla_a\x00\x0bxla_gpu_gone\x18\x05"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p := At(path)
	for flag, want := range map[string]bool{
		"--xla_gpu_cuda_data_dir": true, "xla_gpu_cuda_data_dir": true, "--xla_a": true,
		"--xla_gpu_gone": false, "--xla_gpu_cuda": false, "--xla_gpu_cuda_data_dir2": false, "-xla_dump_to": false,
	} {
		if got := p.Knows(flag); got != want {
			t.Errorf("%s: %v", flag, got)
		}
	}
	if !p.HasFlags() || At(filepath.Join(dir, "none.so")).HasFlags() {
		t.Error("where the list of flags is")
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if !p.Knows("--xla_gpu_cuda_data_dir") {
		t.Error("the file is read again")
	}
}

// TestContains: wherever in a file the bytes are, also across what is read at once.
func TestContains(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	rapid.Check(t, func(r *rapid.T) {
		what := append([]byte("flag"), bytes.Repeat([]byte{'s'}, rapid.IntRange(0, 40).Draw(r, "more"))...)
		before := rapid.SampledFrom([]int{0, 1, 1<<20 - 20, 1<<20 - 1, 1 << 20, 2<<20 - 30, 2<<20 - 4}).Draw(r, "before")
		before += rapid.IntRange(0, 25).Draw(r, "plus")
		text := append(bytes.Repeat([]byte{'f'}, before), what...)
		text = append(text, bytes.Repeat([]byte{'x'}, rapid.SampledFrom([]int{0, 1, 1 << 20}).Draw(r, "after"))...)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			r.Fatal(err)
		}
		if !contains(path, what) {
			r.Errorf("not found at %d", before)
		}
		if contains(path, append(what, 0)) {
			r.Errorf("found with a 0 behind it")
		}
	})
}
