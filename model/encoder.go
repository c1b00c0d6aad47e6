package model

import (
	"context"
	"fmt"
	"math"
	"path/filepath"

	"fashionpipe/formats"
	"fashionpipe/internal/giveup"
)

// Encoder is a network with its weights, read at a layer, ready to embed.
type Encoder struct {
	info    formats.EncoderInfo
	arch    *arch
	at      reading
	weights map[string]tensor
}

// LoadEncoder reads the encoder folder that training made.
func LoadEncoder(dir string) (*Encoder, error) {
	info, err := formats.ReadEncoderInfo(dir)
	if err != nil {
		return nil, err
	}
	e, err := newEncoder(info, "", "")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, formats.EncoderFile), err)
	}
	return e, e.load(filepath.Join(dir, formats.WeightsFile))
}

// FileEncoder reads a file of weights (see formats.OpenWeights) with torchvision's or timm's names, for a layer ("" for the first) and a pooling
// (see Poolings; "" for avg where there is something to pool). The layers it doesn't need, such as the last one, may be
// there or not.
func FileEncoder(arch string, width int, layer, pool, path string) (*Encoder, error) {
	e, err := namedEncoder(arch, width, layer, pool)
	if err != nil {
		return nil, err
	}
	e.info.Name = e.label() // the file's name is not part of the result, only its content is
	return e, e.load(path)
}

// RandomEncoder draws a network's weights from a seed, for a layer and a pooling as FileEncoder. Its name
// says so. It is up to 138 million numbers; when ctx ends, it stops.
func RandomEncoder(ctx context.Context, arch string, width int, layer, pool string, seed uint64) (*Encoder, error) {
	e, err := namedEncoder(arch, width, layer, pool)
	if err != nil {
		return nil, err
	}
	e.info.Random = true
	e.info.Name = e.label() + ", random weights"
	e.weights, err = e.arch.random(ctx, width, e.at.layer, seed)
	return e, err
}

// label is "vgg16 conv4_3 gram", or "resnet18" where there is only one layer.
func (e *Encoder) label() string {
	if len(e.arch.layers) == 1 {
		return e.arch.name
	}
	return e.arch.name + " " + e.Layer()
}

func namedEncoder(arch string, width int, layer, pool string) (*Encoder, error) {
	return newEncoder(formats.EncoderInfo{Arch: arch, Width: width, Mean: imagenetMean, Std: imagenetStd}, layer, pool)
}

func newEncoder(info formats.EncoderInfo, layer, pool string) (*Encoder, error) {
	a, err := archByName(info.Arch)
	if err != nil {
		return nil, err
	}
	if info.Width < 1 {
		return nil, fmt.Errorf("width %d can't be", info.Width)
	}
	at, err := a.reading(layer, pool)
	if err != nil {
		return nil, err
	}
	dim := a.dim(info.Width, at.layer)
	if info.Dim != 0 && info.Dim != dim {
		return nil, fmt.Errorf("dim is %d, and %s of width %d gives %d", info.Dim, a.name, info.Width, dim)
	}
	info.Dim = dim
	return &Encoder{info: info, arch: a, at: at}, nil
}

// CheckReading says whether a network has a layer, and a pooling goes with it.
func CheckReading(arch, layer, pool string) error {
	a, err := archByName(arch)
	if err == nil {
		_, err = a.reading(layer, pool)
	}
	return err
}

// load reads the weights of e's network.
func (e *Encoder) load(path string) (err error) {
	e.weights, err = e.arch.readWeights(path, e.info.Width, e.at.layer)
	return err
}

// Info is what is known of the encoder.
func (e *Encoder) Info() formats.EncoderInfo { return e.info }

// Layer is the layer the feature is read from, with the pooling where it isn't the mean: "conv4_3 gram".
func (e *Encoder) Layer() string {
	if e.at.pool == "" || e.at.pool == poolAvg {
		return e.at.layer
	}
	return e.at.layer + " " + e.at.pool
}

// Dim is the length of the feature on images of size pixels.
func (e *Encoder) Dim(size int) int { return e.arch.numbers(e.info.Width, e.at, size) }

// Batched is the encoder taking n images at once, in place of the architecture's number. Features may differ in their last
// bits then.
func (e *Encoder) Batched(n int) *Encoder {
	a, c := *e.arch, *e
	a.batch, a.gpuBatch, c.arch = n, n, &a
	return &c
}

// Embed runs a view of all images through the encoder and calls row with the position and feature of each, in order;
// the feature is only valid during the call. normalise divides it by its L2 norm (a zero feature stays zero).
func (e *Encoder) Embed(ctx context.Context, b *Backend, im Images, v View, normalise bool, row func(i int, feature []float32) error) error {
	rows := make([]int, im.Len())
	for i := range rows {
		rows[i] = i
	}
	return e.EmbedRows(ctx, b, im, v, normalise, rows, row)
}

// EmbedRows is Embed for some of the images, given by their positions, in the order of rows. Of several cells in a row
// the feature is the mean of theirs.
func (e *Encoder) EmbedRows(ctx context.Context, b *Backend, im Images, v View, normalise bool, rows []int, row func(i int, feature []float32) error) (err error) {
	defer func() { err = b.outOfMemory(err) }()
	size, err := viewSize(im, v)
	if err != nil {
		return err
	}
	if err := e.checkTrainedSize(v, size); err != nil {
		return err
	}
	if len(rows) == 0 {
		return nil
	}
	net, err := giveup.Do(ctx, func() (*inferencer, error) { // compiling can't be stopped
		net, err := newInferencer(b, e.arch, e.info.Width, e.at, size, e.info.Mean, e.info.Std)
		if err == nil {
			for _, n := range net.names {
				net.weights = append(net.weights, upload(e.weights[n]))
			}
		}
		return net, err
	}, (*inferencer).close)
	if err != nil {
		return err
	}
	defer net.close()
	images, perRow := every(im, v, rows)
	return net.each(ctx, im, images, nil, meanOf(perRow, func(j int, f []float32) error {
		if err := finite("a feature", f); err != nil {
			return fmt.Errorf("image %d: %w: the weights of %s are not usable", rows[j], err, e.info.Name)
		}
		norm := 0.0
		for _, x := range f {
			norm += float64(x) * float64(x)
		}
		if normalise && norm > 0 {
			for k := range f {
				f[k] = float32(float64(f[k]) / math.Sqrt(norm))
			}
		}
		return row(rows[j], f)
	}))
}

// meanOf makes use, which is to be called with a feature for each row, take n features for each, one after the other:
// their mean is the row's.
func meanOf(n int, use func(j int, feature []float32) error) func(j int, feature []float32) error {
	if n == 1 {
		return use
	}
	var sum []float64
	return func(j int, f []float32) error {
		if j%n == 0 {
			sum = make([]float64, len(f))
		}
		for k, x := range f {
			sum[k] += float64(x)
		}
		if j%n < n-1 {
			return nil
		}
		for k := range f {
			f[k] = float32(sum[k] / float64(n))
		}
		return use(j/n, f)
	}
}

// checkTrainedSize refuses images of another size than the encoder was trained on.
func (e *Encoder) checkTrainedSize(v View, size int) error {
	want := e.info.Size
	if v == Cell {
		want = e.info.CellSize
	}
	if want == 0 || want == size {
		return nil
	}
	return fmt.Errorf("the encoder was trained on %s images of %d pixels, and these have %d: decode them with the same sizes", v, want, size)
}
