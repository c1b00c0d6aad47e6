package cpu

import (
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/support/backendtest"
)

func open(t testing.TB) *Backend {
	t.Helper()
	b, err := New("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Finalize)
	return b.(*Backend)
}

// TestCompliance runs the suite that all backends of GoMLX must pass.
func TestCompliance(t *testing.T) { backendtest.RunAll(t, open(t), nil) }

func TestRegistered(t *testing.T) {
	b, err := compute.NewWithConfig(Name)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Finalize()
	if b.Name() != Name {
		t.Errorf("registered backend is called %q", b.Name())
	}
	if _, err := compute.NewWithConfig(Name + ":fast"); err == nil {
		t.Error("an unknown option was accepted")
	}
}
