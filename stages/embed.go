package stages

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"fashionpipe/dag"
	"fashionpipe/formats"
	"fashionpipe/model"
)

func embedKind() *dag.Kind {
	return &dag.Kind{
		Name: "embed", Version: 2, Out: Embeddings, Check: formats.CheckEmbeddings,
		Summary: "A vector for each image, by a trained encoder or a known network",
		Doc: `Runs one view of every image through a network in inference and keeps the feature.

The network is either the encoder connected to the stage, with the sizes and the normalisation it was trained with, or
an architecture with weights: arch: resnet18 or vgg16 as torchvision has them, and weights: a safetensors file with
torchvision's names, or the word random for a random initialisation, which every table and picture then says. Layers:
resnet18 has avgpool (512 numbers); vgg16 has fc2 and fc1 (4096 numbers, after the ReLU) and pool5 (512, averaged over
the image). vgg16 takes images of 32 pixels and more. A width other than 64 scales all of it, for random weights.
With view: cell a photo's vector is the feature of its cell, or the mean of the features of its cells where it has several.

Images that an earlier run embedded with the same network and parameters are not embedded again: the vector of an image
with the same pixels is taken over. That is so on the backend cpu alone, where a vector is the same to the last bit
whatever other images there are; of XLA that isn't known, so there all images are embedded. --force embeds all of them.

The artifact holds embeddings.parquet: the images' labels, and the vector.`,
		Example: `ours:  {uses: embed, in: {images: test_images, encoder: encoder}}
vgg16: {uses: embed, in: {images: test_images}, with: {arch: vgg16, weights: vgg16.safetensors, layer: fc2}}`,
		In: []dag.Port{
			{Name: "images", Type: Images, Doc: "the images to embed"},
			{Name: "encoder", Type: Encoder, Optional: true, Doc: "the trained network; without it, set arch and weights"},
		},
		New: func() dag.Stage { return &embed{Width: publishedWidth, View: string(model.Whole)} },
	}
}

type embed struct {
	Arch      string `param:"arch" enum:"|resnet18|vgg16" doc:"a network, where no encoder is connected"`
	Weights   string `param:"weights,exec" doc:"its weights: a safetensors file, or random; the content of the file counts, not its path"`
	Layer     string `param:"layer" doc:"where to read it: fc2, fc1 or pool5 of vgg16, avgpool of resnet18; empty for the first of these"`
	Width     int    `param:"width" doc:"channels of the network's first block, where no encoder is connected; 64 is the published network"`
	View      string `param:"view" enum:"whole|cell" doc:"the photo, or its cell; of several cells the mean of their features"`
	Normalise bool   `param:"normalise" doc:"divide each vector by its L2 norm"`
}

const (
	randomWeights  = "random"
	publishedWidth = 64
)

func (s *embed) UsesSeed() bool    { return s.Weights == randomWeights }
func (s *embed) UsesBackend() bool { return true }
func (s *embed) ReusePort() string { return "images" }

// Pieces are the images, each by the middle of it.
func (s *embed) Pieces(ctx context.Context, in dag.Artifact, each func([]byte)) error {
	return imagePieces(ctx, in.Dir, model.View(s.View), each)
}

// Externals gives the digest of the weight file.
func (s *embed) Externals(ctx context.Context, files dag.Files) (map[string]dag.Digest, error) {
	if s.Weights == "" || s.Weights == randomWeights {
		return nil, nil
	}
	d, err := files.File(ctx, s.Weights)
	if err != nil {
		return nil, fmt.Errorf("weights: %w: give the path of a safetensors file, or random", err)
	}
	return map[string]dag.Digest{"weights": d}, nil
}

func (s *embed) Validate() error {
	if err := atLeastOne("width", s.Width); err != nil {
		return err
	}
	if s.Arch == "" {
		const msg = "goes with arch, which is not set; a connected encoder brings its own"
		if s.Weights != "" {
			return &dag.ParamError{Param: "weights", Msg: msg}
		}
		if s.Layer != "" {
			return &dag.ParamError{Param: "layer", Msg: msg}
		}
		return nil
	}
	switch {
	case s.Weights == "":
		return &dag.ParamError{Param: "arch", Msg: "needs weights: a safetensors file, or random"}
	case strings.HasPrefix(s.Weights, "hf:"):
		return &dag.ParamError{Param: "weights", Msg: "can't be downloaded yet (" + s.Weights + "): download the safetensors file and give its path, or random"}
	}
	layers, err := model.Layers(s.Arch)
	if err != nil {
		return &dag.ParamError{Param: "arch", Msg: err.Error()}
	}
	for _, l := range append(layers, "") {
		if l == s.Layer {
			return nil
		}
	}
	return &dag.ParamError{Param: "layer", Msg: fmt.Sprintf("%s has %s, not %s", s.Arch, strings.Join(layers, ", "), s.Layer)}
}

// ValidatePorts asks for one network, not none and not two.
func (s *embed) ValidatePorts(connected map[string]int) error {
	switch {
	case connected["encoder"] > 0 && s.Arch != "":
		return &dag.ParamError{Param: "arch", Msg: "can't go with a connected encoder: keep one of them"}
	case connected["encoder"] > 0 && s.Width != publishedWidth:
		return &dag.ParamError{Param: "width", Msg: "goes with arch; a connected encoder brings its own"}
	case connected["encoder"] == 0 && s.Arch == "":
		return &dag.ParamError{Param: "arch", Msg: "must be set, with weights, where no encoder is connected"}
	}
	return nil
}

// encoder opens the one network the stage is to use.
func (s *embed) encoder(ctx context.Context, t *dag.Task) (*model.Encoder, error) {
	if in, connected := t.In.One("encoder"); connected {
		return model.LoadEncoder(in.Dir)
	}
	if s.Weights == randomWeights {
		return s.drawn(ctx, t.Seed)
	}
	return model.FileEncoder(s.Arch, s.Width, s.Layer, filepath.Clean(s.Weights))
}

// drawn draws random weights, up to 138 million numbers, which takes seconds. It doesn't wait for that when ctx ends: what
// was begun writes nothing and ends by itself.
func (s *embed) drawn(ctx context.Context, seed uint64) (*model.Encoder, error) {
	var e *model.Encoder
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		e, err = model.RandomEncoder(s.Arch, s.Width, s.Layer, seed)
	}()
	select {
	case <-done:
		return e, err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *embed) Run(ctx context.Context, t *dag.Task) error {
	in, _ := t.In.One("images")
	images, err := formats.OpenImages(in.Dir)
	if err != nil {
		return err
	}
	defer func() { _ = images.Close() }()
	enc, err := s.encoder(ctx, t)
	if err != nil {
		return err
	}
	backend, err := model.Open(t.Backend, t.Devices...)
	if err != nil {
		return err
	}
	t.Sayf("backend: %s", backend.Describe())
	info := enc.Info()
	e := &formats.Embeddings{
		Meta: formats.EmbeddingsMeta{Model: info.Name, Random: info.Random, Normalised: s.Normalise, Layer: enc.Layer()},
		Dim:  info.Dim,
	}
	t.Report.Start(images.Len(), "images")
	for i := range images.Len() {
		e.Labels = append(e.Labels, images.Labels(i))
	}
	e.Data = make([]float32, images.Len()*info.Dim)
	left, err := takeOver(ctx, t, backend, e, images, model.View(s.View))
	if err != nil {
		return err
	}
	err = enc.EmbedRows(ctx, backend, images, model.View(s.View), s.Normalise, left, func(i int, v []float32) error {
		copy(e.Row(i), v)
		t.Report.Add(1)
		return nil
	})
	if err != nil {
		return err
	}
	return formats.WriteEmbeddings(t.Out, e)
}
