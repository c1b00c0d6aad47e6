package main

import (
	"context"
	"fmt"

	"fashionpipe/bench/networks"
)

// work is one row of the table.
type work struct {
	name        string
	arch, layer string
	train       bool
	batch, size int   // photos, pixels
	limit       int64 // bytes; 0: none. Of a work with a limit only the memory is measured
	// ours times the work, in seconds, letting the peer have its turn after each round.
	ours func(ctx context.Context, w work, rounds int, turn func() error) (float64, error)
	// onGo times the work with fewer images on GoMLX's Go backend.
	onGo func(ctx context.Context, w work) (seconds float64, small work, err error)
}

// memoryLimit is what training at the paper's size may take.
const memoryLimit = 3e9

var works = []work{
	{"ResNet18 training step, 2×16 images, 224 px", "resnet18", "avgpool", true, 16, 224, 0, trainStep, goStep},
	{"ResNet18 training step, 2×64 images, 64 px", "resnet18", "avgpool", true, 64, 64, 0, trainStep, goStep},
	{"ResNet18 inference, batch 32, 224 px", "resnet18", "avgpool", false, 32, 224, 0, embed, goEmbed},
	{"VGG16 features, batch 8, 224 px", "vgg16", "pool5", false, 8, 224, 0, embed, goEmbed},
	{"ResNet18 training step, 2×32 images, 224 px", "resnet18", "avgpool", true, 32, 224, memoryLimit, trainStep, nil},
}

// amount says how many images one unit of the work has.
func (w work) amount() string {
	if w.train {
		return fmt.Sprintf("2×%d images", w.batch)
	}
	return fmt.Sprintf("batch %d", w.batch)
}

// images is how many go through the network in one unit of the work: a training step has two views of each photo.
func (w work) images() int {
	if w.train {
		return 2 * w.batch
	}
	return w.batch
}

// operations counts multiplications and additions.
func (w work) operations() (float64, error) {
	o, err := networks.Of(w.arch, w.layer, w.size)
	if w.train {
		return float64(w.images()) * o.Training(), err
	}
	return float64(w.images()) * o.Forward(), err
}
