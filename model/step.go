package model

import (
	"context"
	"slices"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas

	"github.com/gomlx/gomlx/core/tensors"
)

// stepper holds a network in training and its compiled training step.
type stepper struct {
	b             *Backend
	cfg           TrainConfig
	objective     *objective
	opt           optimizer
	names         stepNames
	state         *state
	fused         *part // a step in one, or, where gradients are accumulated, …
	gather, apply *part // … what each batch does, and what their mean gradient does
	batch         int   // photos
	feed          feed  // of their images
}

// stepNames are the names of a training's arrays.
type stepNames struct {
	trained []string // the network's weights, then those of each MLP, each sorted
	encoder []string // what the encoder keeps: the network's weights and running statistics
	kept    []string // the same and the heads of tasks: what averages are of
	stats   []string // running statistics, which every batch moves
	sums    []string // of gradients, where they are accumulated: in the order of trained
}

// newStepper compiles the training step on batches of n photos, whose images come by a feed. start is a fresh start's or a
// checkpoint's arrays.
func newStepper(b *Backend, o *objective, n int, f feed, start map[string]tensor) (*stepper, error) {
	s := &stepper{b: b, cfg: o.cfg, objective: o, batch: n, feed: f}
	var err error
	if s.opt, err = optimizerByName(o.cfg.Optimizer); err != nil {
		return nil, err
	}
	s.state = newState(len(s.b.devices()), s.slots(start), start)
	return s, s.compile()
}

// slots lists the arrays of the state, and their names.
func (s *stepper) slots(start map[string]tensor) []slot {
	n := &s.names
	n.trained = s.objective.trained()
	n.stats = s.objective.network(true)
	n.encoder = append(s.objective.network(false), n.stats...)
	n.kept = append(slices.Clone(n.encoder), s.objective.heads()...)
	var all []slot
	add := func(name, like, of string) { all = append(all, slot{name, start[like].shape, of}) }
	for _, name := range append(slices.Clone(n.trained), n.stats...) {
		add(name, name, "")
	}
	for _, name := range n.trained {
		for m := range s.opt.moments {
			add(momentName(name, m), name, "")
		}
	}
	for _, name := range s.objective.followed() {
		add(targetName(name), name, name)
	}
	if s.cfg.EMA > 0 {
		for _, name := range n.kept {
			add(averageName(name), name, name)
		}
	}
	if s.cfg.Accumulate > 1 {
		for _, name := range n.trained {
			n.sums = append(n.sums, "sum/"+name)
			add("sum/"+name, name, "")
		}
	}
	return all
}

func momentName(weight string, moment int) string {
	return "moment" + string(rune('0'+moment)) + "/" + weight
}

func averageName(name string) string { return "average/" + name }

// compile makes the step's programs. One program where each batch is a step, since then no gradient has to be kept.
func (s *stepper) compile() (err error) {
	var all, perStep []string
	for _, l := range s.state.slots {
		all = append(all, l.name)
		if !slices.Contains(s.names.stats, l.name) {
			perStep = append(perStep, l.name)
		}
	}
	if s.cfg.Accumulate <= 1 {
		s.fused, err = s.state.newPart(s.b, "train", all, nil, func(g *Graph, in nodes) (nodes, *Node) {
			grads, out, values := s.gradients(g, in)
			s.update(g, in, grads, out)
			return out, values
		})
		return err
	}
	reads := slices.Clone(s.names.trained)
	for _, name := range s.objective.followed() {
		reads = append(reads, targetName(name))
	}
	s.gather, err = s.state.newPart(s.b, "gather", slices.Concat(s.names.stats, s.names.sums), reads, s.gatherGraph)
	if err != nil {
		return err
	}
	s.apply, err = s.state.newPart(s.b, "apply", perStep, s.names.stats, s.applyGraph)
	return err
}

// scalars are the numbers of step t (from 1): the optimiser's, what the objective's target keeps of itself, and how far
// averages move.
func (s *stepper) scalars(lr float64, t int) []float64 {
	h := s.opt.hyper(lr, t)
	if s.objective.loss.target {
		h = append(h, s.objective.targetMomentum(t))
	}
	if s.cfg.EMA > 0 {
		h = append(h, 1-emaDecay(s.cfg.EMA, t))
	}
	return h
}

// send brings what the step on a batch takes to the device, but for the pixels.
func (s *stepper) send(b *batch) error {
	put := func(x input, err error) error {
		b.sent = append(b.sent, x)
		return err
	}
	rows := s.feed.rows(b)
	for i := range bothViews {
		if x := rows[i]; x != nil {
			if err := put(s.b.share(x)); err != nil {
				return err
			}
		}
		if x := b.numbers[i]; len(x) > 0 {
			if err := put(s.b.bringAll(tensors.FromFlatDataAndDimensions(x, len(x)/s.batch, s.batch))); err != nil {
				return err
			}
		}
	}
	for _, x := range b.given {
		if err := put(s.b.bringAll(upload(x))); err != nil {
			return err
		}
	}
	return nil
}

// step trains on one batch that was sent, whole photos and cells, and gives its loss and what each head loses. t, from 1, counts what the
// optimiser does, which is at the last batch of a step.
func (s *stepper) step(ctx context.Context, b *batch, lr float64, t int, last bool) ([]float64, error) {
	images, err := s.feed.images(ctx, b)
	if err != nil {
		b.free()
		return nil, err
	}
	in := slices.Concat(images[0], images[1], b.sent)
	if s.fused != nil {
		scalars, err := s.uploadScalars(lr, t)
		if err != nil {
			b.free()
			return nil, err
		}
		return s.values(s.fused.run(ctx, s.state, append(in, scalars)...))
	}
	values, err := s.values(s.gather.run(ctx, s.state, in...))
	if err != nil || !last {
		return values, err
	}
	scalars, err := s.uploadScalars(lr, t)
	if err == nil {
		_, err = s.apply.run(ctx, s.state, scalars)
	}
	return values, err
}

func (s *stepper) uploadScalars(lr float64, t int) (input, error) {
	var all []float32
	for _, v := range s.scalars(lr, t) {
		all = append(all, float32(v))
	}
	return s.b.bringAll(tensors.FromFlatDataAndDimensions(all, len(all)))
}

// values reads the vector of them off the backend.
func (s *stepper) values(results []*tensors.Tensor, err error) (values []float64, _ error) {
	if err != nil {
		return nil, err
	}
	defer free(results...)
	all, err := download(results[0])
	for _, x := range all {
		values = append(values, float64(x))
	}
	return values, err
}

// kept names the array that is kept as name.
func (s *stepper) kept(name string) string {
	if s.cfg.EMA > 0 {
		return averageName(name)
	}
	return name
}

// encoder gives what the encoder would keep now, on the backend. The arrays are borrowed.
func (s *stepper) encoder() map[string]*tensors.Tensor {
	all := map[string]*tensors.Tensor{}
	for _, n := range s.names.encoder {
		all[n] = s.state.array(s.kept(n))
	}
	return all
}

// weights copies what the encoder would keep now to the host, by name.
func (s *stepper) weights() ([]namedTensor, error) {
	var kept []string
	for _, n := range s.names.encoder {
		kept = append(kept, s.kept(n))
	}
	arrays, err := s.state.snapshot(kept...)
	if err != nil {
		return nil, err
	}
	all := map[string]tensor{}
	for i, n := range s.names.encoder {
		all[n] = arrays[kept[i]]
	}
	return named(all), nil
}

func (s *stepper) close() {
	s.feed.close()
	s.state.free()
	for _, p := range []*part{s.fused, s.gather, s.apply} {
		if p != nil {
			p.prog.close()
		}
	}
}
