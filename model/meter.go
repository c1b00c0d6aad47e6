package model

import (
	"context"
	"fmt"
	"math"
	"sort"

	"github.com/gomlx/gomlx/core/tensors"

	"fashionpipe/formats"
	"fashionpipe/internal/giveup"
	"fashionpipe/internal/rng"
)

// collapseMeter measures a network in training, in inference mode, on a fixed sample of its images.
type collapseMeter struct {
	im    Images
	rows  []int
	seed  uint64
	sizes [2]int // edges of the views: whole, cell
	nets  [2]*inferencer
	held  [2]*held  // the sample, where the device keeps images; else nil
	whole []float32 // features of the whole photos at the last measure [rows, dim]
}

func newCollapseMeter(b *Backend, a *arch, im Images, cfg TrainConfig, sizes [2]int) (*collapseMeter, error) {
	m := &collapseMeter{im: im, rows: sampleRows(cfg.Seed, im.Len()), seed: cfg.Seed, sizes: sizes}
	for i, size := range m.sizes {
		if i > 0 && size == m.sizes[0] {
			m.nets[i] = m.nets[0]
			continue
		}
		net, err := newInferencer(b, a, cfg.Width, reading{layer: a.layers[0]}, size, imagenetMean, imagenetStd)
		if err != nil {
			return nil, err
		}
		m.nets[i] = net
	}
	return m, nil
}

// sampleRows is the fixed sample of the table on which collapse is measured, sorted.
func sampleRows(seed uint64, n int) []int {
	rows := rng.New(seed, "collapse").Perm(n)[:min(n, collapseSample)]
	sort.Ints(rows)
	return rows
}

// measure runs the sample through the network with the given weights.
func (m *collapseMeter) measure(ctx context.Context, weights map[string]*tensors.Tensor) (formats.Collapse, int, error) {
	n, dim := len(m.rows), m.nets[0].dim
	features := [2][]float32{make([]float32, n*dim), make([]float32, n*dim)}
	for i, v := range []View{Whole, Cell} {
		net := m.nets[i]
		net.weights = nil
		for _, name := range net.names {
			net.weights = append(net.weights, weights[name])
		}
		err := net.each(ctx, m.im, drawn(m.im, v, m.rows, m.seed, 0), m.held[i], func(j int, f []float32) error {
			copy(features[i][j*dim:], f)
			return finite("a feature", f)
		})
		if err != nil {
			return formats.Collapse{}, 0, err
		}
	}
	m.whole = features[0]
	c, err := giveup.Do(ctx, func() (formats.Collapse, error) { // its singular values take a while
		return measureCollapse(features[0], features[1], n, dim, m.seed), nil
	}, nil)
	return c, dim, err
}

// sample is what was measured last.
func (m *collapseMeter) sample() sample { return sample{m.im, m.rows, m.whole} }

// finite refuses a feature or a weight with NaN or infinity in it.
func finite(of string, numbers []float32) error {
	for j, x := range numbers {
		if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
			return fmt.Errorf("number %d of %s is %v", j, of, x)
		}
	}
	return nil
}

func (m *collapseMeter) close() {
	m.held[0].free()
	m.held[1].free()
	m.nets[0].prog.close()
	if m.nets[1] != m.nets[0] {
		m.nets[1].prog.close()
	}
}
