package model

import (
	"context"
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas

	"github.com/gomlx/gomlx/core/tensors"
)

// stepper holds a network in training and its compiled training step.
type stepper struct {
	cfg            TrainConfig
	opt            optimizer
	names          []string // of the state: the network's trained weights, the projector's, running statistics, each sorted
	trained        int      // how many of them are trained
	shapes         [][]int
	state          []*tensors.Tensor // names' arrays, then the optimiser's moments, weight by weight
	prog           *program
	batch          int
	whole, cellPix int // edges of the views, pixels
}

// newStepper compiles the training step. state is that of newState or of a checkpoint.
func newStepper(b *Backend, cfg TrainConfig, batch, whole, cell int, state map[string]tensor) (*stepper, error) {
	a, err := archByName(cfg.Arch)
	if err != nil {
		return nil, err
	}
	l, err := lossByName(cfg.Loss)
	if err != nil {
		return nil, err
	}
	s := &stepper{cfg: cfg, batch: batch, whole: whole, cellPix: cell}
	if s.opt, err = optimizerByName(cfg.Optimizer); err != nil {
		return nil, err
	}
	s.names = append(a.names(cfg.Width, a.layers[0], false), projectorNames(a.dim(cfg.Width, a.layers[0]), cfg.Projector)...)
	s.trained = len(s.names)
	s.names = append(s.names, a.names(cfg.Width, a.layers[0], true)...)
	for _, n := range s.names {
		s.shapes = append(s.shapes, state[n].shape)
		s.state = append(s.state, upload(state[n]))
	}
	for i, n := range s.names[:s.trained] {
		for m := range s.opt.moments {
			t, ok := state[momentName(n, m)]
			if !ok {
				t = tensor{s.shapes[i], make([]float32, size(s.shapes[i]))}
			}
			s.state = append(s.state, upload(t))
		}
	}
	s.prog, err = compile(b, "train", func(g *Graph) []*Node { return s.build(g, a, objective{l, cfg.Projector}) })
	return s, err
}

func momentName(weight string, moment int) string {
	return "moment" + string(rune('0'+moment)) + "/" + weight
}

// build lays out one step: both views through the shared network, one after the other and each with its own batch
// statistics, the loss, the gradients, the optimiser. Inputs: state, whole, cell (each with its numbers), scalars; outputs: state, loss.
func (s *stepper) build(g *Graph, a *arch, o objective) []*Node {
	params := map[string]*Node{}
	var weights []*Node
	for i, n := range s.names {
		params[n] = parameter(g, n, s.shapes[i])
		weights = append(weights, params[n])
	}
	moments := make([][]*Node, s.trained)
	for i, n := range s.names[:s.trained] {
		for m := range s.opt.moments {
			moments[i] = append(moments[i], parameter(g, momentName(n, m), s.shapes[i]))
		}
	}
	whole, cell := s.view(g, Whole, s.whole), s.view(g, Cell, s.cellPix)
	var h []*Node
	for i := range s.opt.scalars {
		h = append(h, parameter(g, "scalar"+string(rune('0'+i)), nil))
	}

	value, n, _ := twoViews(params, a, o, s.cfg.Width, a.layers[0], whole, cell)
	grads := Gradient(value, weights[:s.trained]...)

	var out, outMoments []*Node
	for i, name := range s.names {
		if i >= s.trained {
			out = append(out, n.stats[name])
			continue
		}
		w, ms := s.opt.update(s.cfg, weights[i], decayed(s.cfg, weights[i], grads[i]), moments[i], h)
		out = append(out, w)
		outMoments = append(outMoments, ms...)
	}
	return append(append(out, outMoments...), value)
}

// view declares a view's images and, with augmentation, its numbers; what the network sees of them.
func (s *stepper) view(g *Graph, v View, size int) *Node {
	x := images(g, string(v), s.batch, size)
	n := s.cfg.Augment.numbers()
	if n == 0 {
		return x
	}
	return s.cfg.Augment.apply(x, parameter(g, string(v)+" numbers", []int{n, s.batch}))
}

// twoViews passes both views through the network: the loss, the network with the new running statistics, and the whole
// photos' features.
func twoViews(params map[string]*Node, a *arch, o objective, width int, layer string, whole, cell *Node) (value *Node, n *net, feature *Node) {
	n = newNet(params, true)
	feature = a.forward(n, normalise(whole, imagenetMean, imagenetStd), width, layer)
	other := a.forward(n, normalise(cell, imagenetMean, imagenetStd), width, layer)
	return o.value(params, feature, other), n, feature
}

// viewBatch is one view of a batch: pixels [N, S, S, 3] and the numbers of Augment.draw.
type viewBatch struct {
	pixels  []byte
	numbers []float32
}

// step trains on one batch, whole photos and cells, and gives its loss. t counts from 1.
func (s *stepper) step(ctx context.Context, views [2]viewBatch, lr float64, t int) (float64, error) {
	in := append([]*tensors.Tensor(nil), s.state...)
	for i, v := range views {
		in = append(in, uploadImages(v.pixels, s.batch, [2]int{s.whole, s.cellPix}[i]))
		if len(v.numbers) > 0 {
			in = append(in, tensors.FromFlatDataAndDimensions(v.numbers, len(v.numbers)/s.batch, s.batch))
		}
	}
	for _, v := range s.opt.hyper(lr, t) {
		in = append(in, tensors.FromScalar(float32(v)))
	}
	out, err := s.prog.run(ctx, len(s.state), in...)
	if err != nil {
		return 0, err
	}
	free(in[len(s.state):]...)
	s.state = out[:len(s.state)]
	value, err := download(out[len(s.state)])
	if err != nil {
		return 0, err
	}
	free(out[len(s.state)])
	return float64(value[0]), nil
}

// snapshot copies the state to the host: weights, running statistics and moments by name.
func (s *stepper) snapshot() (map[string]tensor, error) {
	all := map[string]tensor{}
	put := func(i int, name string, shape []int) error {
		x, err := download(s.state[i])
		all[name] = tensor{shape, x}
		return err
	}
	for i, n := range s.names {
		if err := put(i, n, s.shapes[i]); err != nil {
			return nil, err
		}
	}
	i := len(s.names)
	for j, n := range s.names[:s.trained] {
		for m := range s.opt.moments {
			if err := put(i, momentName(n, m), s.shapes[j]); err != nil {
				return nil, err
			}
			i++
		}
	}
	return all, nil
}

func (s *stepper) close() {
	free(s.state...)
	s.prog.close()
}
