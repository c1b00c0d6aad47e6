package model

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// plugins makes a folder with the named files and lets plugins be looked for only there.
func plugins(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, n := range names {
		if err := os.WriteFile(filepath.Join(dir, n), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PJRT_PLUGIN_LIBRARY_PATH", dir)
	return dir
}

func TestBackendClass(t *testing.T) {
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
	if !haveXLA {
		if c, err := BackendClass("auto"); err != nil || !strings.HasPrefix(c, "cpu:") {
			t.Errorf("auto without cgo: %q %v", c, err)
		}
		return
	}
	for _, setting := range []string{"auto", "xla", "xla:" + filepath.Join(dir, "pjrt_c_api_cpu_v0.83.1_plugin.so")} {
		if c, err := BackendClass(setting); err != nil || c != "xla:cpu" {
			t.Errorf("%q: %q %v", setting, c, err)
		}
	}
}

// TestNamedBackendIsNeverReplaced: what can't be had is an error, from the class as from Open.
func TestNamedBackendIsNeverReplaced(t *testing.T) {
	plugins(t)
	none := "no PJRT plugin in"
	missing := "no such file"
	if !haveXLA {
		none, missing = "built without cgo", "built without cgo"
	}
	for setting, want := range map[string]string{
		"xla":                none,
		"xla:/nowhere/p.so":  missing,
		"tpu":                `unknown backend "tpu"`,
		"xla:cuda,tf32=true": missing,
	} {
		if _, err := BackendClass(setting); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("class of %q: %v, want %q", setting, err, want)
		}
		if _, err := Open(setting); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("open %q: %v, want %q", setting, err, want)
		}
	}
}

func TestPluginWithoutContentIsAnError(t *testing.T) {
	if !haveXLA {
		t.Skip("built without XLA")
	}
	plugins(t, "pjrt_c_api_cpu_plugin.so")
	if b, err := Open("auto"); err == nil {
		t.Errorf("opened an empty plugin as %s", b.Describe())
	}
}

func TestOpenIsOnce(t *testing.T) {
	a, b := open(t, "cpu"), open(t, "cpu")
	if a != b {
		t.Error("two backends of one kind in one process")
	}
	if !strings.Contains(a.Describe(), "cpu (") {
		t.Errorf("described as %q", a.Describe())
	}
}
