package model

import (
	"os"
	"strings"
	"testing"
)

// xlaBackend is the PJRT plugin that PIPE_TEST_PLUGIN names; a test that needs one is skipped without.
func xlaBackend(t testing.TB) *Backend {
	t.Helper()
	path := os.Getenv("PIPE_TEST_PLUGIN")
	switch {
	case !haveXLA:
		t.Skip("needs XLA: build with CGO_ENABLED=1, and let PIPE_TEST_PLUGIN be the path of a PJRT plugin")
	case path == "":
		t.Skip("needs XLA: let PIPE_TEST_PLUGIN be the path of a PJRT plugin")
	}
	return open(t, "xla:"+path)
}

// TestXLAOpens: the plugin that tests use is one.
func TestXLAOpens(t *testing.T) {
	b := xlaBackend(t)
	if b.name != "xla" || b.compute.NumDevices() < 1 {
		t.Errorf("%q has %d devices", b.Describe(), b.compute.NumDevices())
	}
}

func TestXLADescribes(t *testing.T) {
	b := xlaBackend(t)
	text := b.Describe()
	for _, want := range []string{"XLA ", b.plugin.Path, " cores", "; "} {
		if !strings.Contains(text, want) && b.plugin.Platform == "cpu" {
			t.Errorf("%s: without %q", text, want)
		}
	}
	if _, _, known := b.Memory(); known && b.plugin.Platform == "cpu" {
		t.Error("a processor has memory of its own")
	}
}

func TestXLATry(t *testing.T) {
	if err := xlaBackend(t).Try(t.Context()); err != nil {
		t.Error(err)
	}
}
