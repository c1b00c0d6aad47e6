package stages

import (
	"context"
	"fmt"

	"fashionpipe/dag"
	"fashionpipe/formats"
	"fashionpipe/internal/giveup"
	"fashionpipe/model"
)

func embedKind() *dag.Kind {
	return &dag.Kind{
		Name: "embed", Version: 2, Out: Embeddings, Check: formats.CheckEmbeddings,
		Summary: "Embeds images by a trained encoder or a standard network",
		Doc: `Runs one view of every image through a network in inference mode and keeps the features.

The network is either the encoder connected to the stage, with the sizes and the normalisation of its training, or one
named by arch (resnet18, resnet34, resnet50 or vgg16, as in torchvision) with weights: a file, or the word random for
a random initialisation, which is marked in every table and figure. A width other than 64, for random weights, scales
the whole network. vgg16 takes images of at least 32 pixels.

` + weightsDoc + `

The feature of a residual network is the input of the last layer: 512 dimensions, 2048 for resnet50. For vgg16 it is
one of these layers, each read after its ReLU:

  fc2, fc1           4096 dimensions; the map before them is averaged to 7×7
                     positions, as in torchvision, for any image size.
  pool5              a map of 512 channels, with 7×7 positions at 224 pixels.
  conv1_1 … conv5_3  the convolutions, numbered as in the VGG paper: maps of 64,
                     128, 256, 512 and 512 channels in the five stages; conv5_3
                     has 14×14 positions at 224 pixels.

pool turns a map of C channels × P positions into a vector:

  avg      the mean of each channel: C dimensions. The default.
  flatten  all values: C·P dimensions, channel by channel as in torch.flatten.
  gram     the Gram matrix, averaged over the positions, as in Gatys et al.
           2016: the upper triangle of the C×C matrix, row by row, C·(C+1)/2
           dimensions. With 512 channels these are 131,328 per image: mind
           memory and disk, or set pca.

With view: cell the vector of a photo with several cells is the mean over its cells.

pca: D keeps the first D principal components of the vectors, centred and not whitened. They are fitted on the images
themselves: on all of them, or on 1,024 drawn with the seed if there are more. The sign of each component is such that
its largest loading is positive. D is at most the dimension of the vectors, and less than the number of images fitted
on. normalise is applied last.

` + precisionDoc + `

It need not be the precision that the encoder was trained with.

` + gpuDoc + `

Images that an earlier run embedded with the same network and parameters are not embedded again: the vector of an
image with the same pixels is reused. This applies only to the backend cpu, where a vector is bitwise independent of
the other images; for XLA this is not known, so all images are embedded there. With pca all are embedded too, since
new images change the components. --force embeds all images.

The artifact holds embeddings.parquet: the images' labels, and the vector.`,
		Example: `ours:  {uses: embed, in: {images: test_images, encoder: encoder}}
vgg16:
  uses: embed
  in: {images: test_images}
  with: {arch: vgg16, weights: "hf:timm/vgg16.tv_in1k", layer: fc2}`,
		In: []dag.Port{
			{Name: "images", Type: Images, Doc: "the images to embed"},
			{Name: "encoder", Type: Encoder, Optional: true, Doc: "the trained network; without it, set arch and weights"},
		},
		New: func() dag.Stage {
			return &embed{Width: publishedWidth, View: string(model.Whole), Precision: string(model.F32)}
		},
	}
}

type embed struct {
	Arch      string `param:"arch" enum:"|resnet18|resnet34|resnet50|vgg16" doc:"the network, if no encoder is connected"`
	Weights   string `param:"weights,exec" doc:"its weights: a file, hf:org/name on the hub, or random; the key holds the content, not the name"`
	Layer     string `param:"layer" doc:"layer of vgg16: fc2, fc1, pool5 or conv1_1 to conv5_3; empty for fc2"`
	Pool      string `param:"pool" enum:"|avg|flatten|gram" doc:"how to pool a convolutional map into a vector; empty for avg"`
	PCA       int    `param:"pca" doc:"number of principal components to keep; 0 for no PCA"`
	Width     int    `param:"width" doc:"channels of the network's first block, if no encoder is connected; 64 is the published network"`
	View      string `param:"view" enum:"whole|cell" doc:"the whole photo, or its cell (the mean over several cells)"`
	Normalise bool   `param:"normalise" doc:"divide each vector by its L2 norm"`
	Precision string `param:"precision" enum:"f32|tf32|bf16" doc:"numeric precision; bf16 is for GPUs"`
}

const publishedWidth = 64

// Precise implements Precise.
func (s *embed) Precise() model.Precision { return model.Precision(s.Precision) }

func (s *embed) UsesSeed() bool    { return s.Weights == randomWeights || s.PCA > 0 }
func (s *embed) UsesBackend() bool { return true }
func (s *embed) ReusePort() string { return "images" }

// Pieces are the images, each by the middle of it.
func (s *embed) Pieces(ctx context.Context, in dag.Artifact, each func([]byte)) error {
	return imagePieces(ctx, in.Dir, model.View(s.View), each)
}

// Externals gives the digest of the weight file.
func (s *embed) Externals(ctx context.Context, files dag.Files) (map[string]dag.Digest, error) {
	return weights(s.Weights).externals(ctx, files)
}

// Ready implements dag.Readier.
func (s *embed) Ready() error { return weights(s.Weights).ready() }

// Missing and Fetch implement dag.Fetcher.
func (s *embed) Missing() (string, error) { return weights(s.Weights).missing() }

func (s *embed) Fetch(ctx context.Context, report dag.Reporter) error {
	return weights(s.Weights).fetch(ctx, report)
}

func (s *embed) Validate() error {
	if err := atLeastOne("width", s.Width); err != nil {
		return err
	}
	if s.PCA < 0 {
		return &dag.ParamError{Param: "pca", Msg: fmt.Sprintf("must be 0 (none) or more, not %d", s.PCA)}
	}
	if s.Arch == "" {
		const msg = "goes with arch, which is not set; a connected encoder brings its own"
		if s.Weights != "" {
			return &dag.ParamError{Param: "weights", Msg: msg}
		}
		if s.Layer != "" {
			return &dag.ParamError{Param: "layer", Msg: msg}
		}
		if s.Pool != "" {
			return &dag.ParamError{Param: "pool", Msg: msg}
		}
		return nil
	}
	if s.Weights == "" {
		return &dag.ParamError{Param: "arch", Msg: "needs weights: a file, hf:org/name, or random"}
	}
	if err := weights(s.Weights).validate(); err != nil {
		return err
	}
	if err := model.CheckReading(s.Arch, s.Layer, ""); err != nil {
		return &dag.ParamError{Param: "layer", Msg: err.Error()}
	}
	if err := model.CheckReading(s.Arch, s.Layer, s.Pool); err != nil {
		return &dag.ParamError{Param: "pool", Msg: err.Error() + ": take it out, or set layer to pool5 or to a convolution of vgg16"}
	}
	return nil
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
	return giveup.Do(ctx, func() (*model.Encoder, error) { // reading half a gigabyte can't be stopped
		if in, connected := t.In.One("encoder"); connected {
			return model.LoadEncoder(in.Dir)
		}
		if s.Weights == randomWeights {
			return model.RandomEncoder(ctx, s.Arch, s.Width, s.Layer, s.Pool, t.Seed)
		}
		path, err := weights(s.Weights).file()
		if err != nil {
			return nil, err
		}
		return model.FileEncoder(s.Arch, s.Width, s.Layer, s.Pool, path)
	}, nil)
}

// mostNumbers is the longest vector that is written: flatten of VGG16's first layers gives millions of numbers an image.
const mostNumbers = 1 << 20

func (s *embed) Run(ctx context.Context, t *dag.Task) error {
	in, _ := t.In.One("images")
	images, err := formats.OpenImages(in.Dir)
	if err != nil {
		return err
	}
	defer func() { _ = images.Close() }()
	w := &embedding{task: t, images: images, view: model.View(s.View), size: images.Spec().Size}
	if w.view == model.Cell {
		w.size = images.Spec().CellSize
	}
	if w.enc, err = s.encoder(ctx, t); err != nil {
		return err
	}
	if w.backend, err = model.Open(t.Backend, model.Precision(s.Precision), first(t.Devices)...); err != nil {
		return err
	}
	t.Sayf("backend: %s", w.backend.Describe())
	info, dim := w.enc.Info(), w.enc.Dim(w.size)
	if dim > mostNumbers {
		return fmt.Errorf("pool: %s of images of %d pixels gives %d numbers an image, and %d is the most: set pool to avg or gram, or a later layer",
			w.enc.Layer(), w.size, dim, mostNumbers)
	}
	w.to = &formats.Embeddings{
		Meta: formats.EmbeddingsMeta{Model: info.Name, Random: info.Random, Normalised: s.Normalise, Layer: w.enc.Layer()},
		Dim:  dim,
	}
	if s.PCA > 0 {
		w.to.Dim = s.PCA
		w.to.Meta.Model += fmt.Sprintf(", PCA %d", s.PCA)
	}
	t.Report.Start(images.Len(), "images")
	for i := range images.Len() {
		w.to.Labels = append(w.to.Labels, images.Labels(i))
	}
	w.to.Data = make([]float32, images.Len()*w.to.Dim)
	if s.PCA > 0 {
		err = w.reduced(ctx, t.Seed, s.PCA)
	} else {
		err = w.plain(ctx)
	}
	if err != nil {
		return adviseEmbed(err, w.size)
	}
	return formats.WriteEmbeddings(t.Out, w.to)
}

// embedding is the work of the stage on one image table.
type embedding struct {
	task    *dag.Task
	backend *model.Backend
	enc     *model.Encoder
	images  *formats.Images
	view    model.View
	size    int // edge of the view's images, pixels
	to      *formats.Embeddings
}

// plain fills in every image's vector, as it is.
func (w *embedding) plain(ctx context.Context) error {
	left, err := takeOver(ctx, w.task, w.backend, w.to, w.images, w.view)
	if err != nil {
		return err
	}
	return w.each(ctx, left, w.to.Meta.Normalised, func(i int, v []float32) { copy(w.to.Row(i), v) })
}

// each embeds some rows.
func (w *embedding) each(ctx context.Context, rows []int, normalised bool, use func(i int, v []float32)) error {
	return w.enc.EmbedRows(ctx, w.backend, w.images, w.view, normalised, rows, func(i int, v []float32) error {
		use(i, v)
		w.task.Report.Add(1)
		return nil
	})
}
