package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"

	"fashionpipe/formats"
	"fashionpipe/model"
)

// pair is an image table of views of their own.
type pair struct {
	spec  formats.ImageSpec
	views [2][]byte
}

func (p *pair) image() int                { return 3 * p.spec.Size * p.spec.Size }
func (p *pair) Len() int                  { return len(p.views[0]) / p.image() }
func (p *pair) Spec() formats.ImageSpec   { return p.spec }
func (p *pair) Whole(i int) []byte        { return p.views[0][i*p.image() : (i+1)*p.image()] }
func (p *pair) Cell(i, _ int) []byte      { return p.views[1][i*p.image() : (i+1)*p.image()] }
func (p *pair) Labels(int) formats.Labels { return formats.Labels{} }

// step trains for one step on all images of the peer, from its weights. By plain gradient descent with a learning rate of 1, so
// that the weights move by their gradients.
func step(ctx context.Context, o options) error {
	b, err := o.open()
	if err != nil {
		return err
	}
	p := &pair{spec: formats.ImageSpec{Size: o.size, CellSize: o.size, Grid: "1x1", Cell: "center", Fit: "stretch", Box: "photo"}}
	for i, view := range []string{"whole", "cell"} {
		if p.views[i], err = os.ReadFile(filepath.Join(o.data, view+".bytes")); err != nil {
			return err
		}
	}
	from, err := model.FileEncoder("resnet18", 64, "", "", filepath.Join(o.data, "weights.pth"))
	if err != nil {
		return err
	}
	cfg := model.TrainConfig{Arch: "resnet18", Width: 64, Loss: "mse", Epochs: 1, Batch: p.Len(), LR: 1, Optimizer: "sgd", Schedule: "constant"}
	r, err := model.Train(ctx, b, p, cfg, model.Hooks{From: from})
	if err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(o.data, "stepped.safetensors"))
	if err != nil {
		return err
	}
	defer f.Close()
	if err := formats.WriteSafetensors(f, r.Weights, nil); err != nil {
		return err
	}
	loss, err := json.Marshal(map[string]float64{"loss": r.Final.Loss})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(o.data, "stepped.json"), loss, 0o644)
}
