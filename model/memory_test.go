package model

import (
	"testing"

	"github.com/gomlx/compute"
)

// kept is a backend that keeps what it compiles.
type kept struct {
	compute.Backend
	made []compute.Executable
}

func (k *kept) Builder(name string) compute.Builder { return keptBuilder{k.Backend.Builder(name), k} }

type keptBuilder struct {
	compute.Builder
	k *kept
}

func (b keptBuilder) Compile() (compute.Executable, error) {
	e, err := b.Builder.Compile()
	b.k.made = append(b.k.made, e)
	return e, err
}

// TestTrainingFits: a training step of ResNet18 on two views of 32 photos of 224 pixels is planned to take less than 3 GB,
// weights, their moments and photos included. It is compiled, not run.
func TestTrainingFits(t *testing.T) {
	k := &kept{Backend: open(t, "cpu").compute}
	cfg := smallConfig("mse")
	cfg.Width, cfg.Batch = 64, 32
	stepperOn(t, &Backend{name: "cpu", compute: k}, cfg, newFakeImages(2, 16, 16), 224)
	if len(k.made) != 1 {
		t.Fatalf("%d graphs, want one", len(k.made))
	}
	const limit, activations = 3e9, 1e9
	bytes := k.made[0].(interface{ Memory() int64 }).Memory()
	t.Logf("%.2f GB", float64(bytes)/1e9)
	if bytes > limit || bytes < activations {
		t.Errorf("%.2f GB are planned: it should be more than 1, the activations kept for the gradients, and at most 3", float64(bytes)/1e9)
	}
}
