//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && arm64))

package model

import (
	"context"
	"testing"

	"github.com/gomlx/go-xla/compute/xla"
)

// TestExactBesideRounding: distances are in float32 where networks may be rounded, on the same client.
func TestExactBesideRounding(t *testing.T) {
	b := xlaBackend(t)
	rounding := *b.compute.(*xla.Backend)
	rounding.DotGeneralUseTF32 = true
	e := exact(&rounding)
	if e == &rounding || e.(*xla.Backend).DotGeneralUseTF32 || !rounding.DotGeneralUseTF32 {
		t.Fatal("products are rounded")
	}
	if exact(b.compute) != b.compute {
		t.Error("another backend where nothing is rounded")
	}
	d := newDistances(&Backend{name: "xla", plugin: b.plugin, compute: e, precision: F32}, 32, 64)
	held, err := d.Hold(context.Background(), make([]float32, 64), 16, make([]float32, 4))
	if err != nil {
		t.Fatal(err)
	}
	held.Free()
}
