package model

import (
	"context"
	"fmt"
	"maps"
	"slices"

	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas
)

// objective is what training minimises: a loss on what a projector and a predictor make of the views' features, and what
// heads lose. It lays the training network out, and says what its step needs.
type objective struct {
	cfg       TrainConfig // with the loss's own values where it leaves them open
	arch      *arch
	im        Images // the table
	loss      loss
	projector mlp
	predictor mlp
	steps     int // of the whole training
	tasks     []task
	groups    []int // of each row of the table: rows with the same number belong together; nil where the loss isn't told
	precision Precision
}

// LossConfig is what a loss is set to. LossesWith says which loss has what.
type LossConfig struct {
	Projector      int     // width of the MLP between feature and loss; 0 for none, OwnWidth for that of the loss's authors
	Predictor      int     // width of the MLP behind it; 0 for that of the loss's authors
	Temperature    float64 // 0 for that of the loss's authors
	Lambda         float64 // weight of Barlow Twins' second term
	TargetMomentum float64 // share of itself that BYOL's target keeps in the first step
	By             string  // the label by which supcon knows what belongs together: ByGarment or ByCategory
	Together       int     // photos of one label that supcon's order keeps together
	Category       float64 // weight of predicting the category beside the loss; 0 for none
	Colour         float64 // weight of predicting the colour histogram beside the loss; 0 for none
}

// OwnWidth asks for the projector that the loss's authors use.
const OwnWidth = -1

// newObjective puts the objective together for so many steps on a table of images.
func newObjective(a *arch, im Images, cfg TrainConfig, steps int) (*objective, error) {
	l, err := lossByName(cfg.Loss)
	if err != nil {
		return nil, err
	}
	if cfg.Projector < OwnWidth || cfg.Predictor < 0 || cfg.Temperature < 0 || cfg.Category < 0 || cfg.Colour < 0 {
		return nil, fmt.Errorf("projector %d, predictor %d, temperature %v, category %v, colour %v can't be",
			cfg.Projector, cfg.Predictor, cfg.Temperature, cfg.Category, cfg.Colour)
	}
	o := &objective{cfg: cfg, arch: a, im: im, loss: l, steps: steps}
	dim := o.dim()
	if o.cfg.Temperature == 0 {
		o.cfg.Temperature = l.temperature
	}
	if o.cfg.Projector == OwnWidth {
		o.cfg.Projector = l.projector.width(dim)
	}
	o.projector = mlp{name: "projector", in: dim}
	if o.cfg.Projector > 0 {
		o.projector.layers = l.projector.layers(dim, o.cfg.Projector)
	}
	o.predictor = mlp{name: "predictor", in: o.projector.out()}
	if l.predictor.layers != nil {
		if o.cfg.Predictor == 0 {
			o.cfg.Predictor = l.predictor.width(dim)
		}
		o.predictor.layers = l.predictor.layers(o.predictor.in, o.cfg.Predictor)
	}
	if slices.Contains(l.takes, "by") {
		if o.groups, err = groups(im, cfg.By); err != nil {
			return nil, err
		}
	}
	o.tasks, err = newTasks(im, cfg, dim)
	return o, err
}

// at computes the networks with a precision.
func (o *objective) at(p Precision) *objective {
	o.precision, o.projector.precision, o.predictor.precision = p, p, p
	for i := range o.tasks {
		o.tasks[i].head.precision = p
	}
	return o
}

func (o *objective) dim() int { return o.arch.dim(o.cfg.Width, o.layer()) }

func (o *objective) layer() string { return o.arch.layers[0] }

// network lists the encoder's trained weights, or its running statistics.
func (o *objective) network(stat bool) []string { return o.arch.names(o.cfg.Width, o.layer(), stat) }

// trained lists all that is trained: the network's weights, sorted, then those of each MLP, sorted.
func (o *objective) trained() []string {
	return slices.Concat(o.network(false), namesOf(o.projector.weights()), namesOf(o.predictor.weights()), o.heads())
}

// heads lists the weights of the tasks' heads.
func (o *objective) heads() (names []string) {
	for _, t := range o.tasks {
		names = append(names, namesOf(t.head.weights())...)
	}
	return names
}

// ratio is how many weights there are behind the feature for each of the network's.
func (o *objective) ratio() float64 {
	return float64(countOf(o.projector.weights())+countOf(o.predictor.weights())) / float64(countOf(o.arch.weights(o.cfg.Width, o.layer())))
}

// countOf adds up how many numbers arrays hold.
func countOf(weights []weight) (n int) {
	for _, w := range weights {
		of := 1
		for _, d := range w.shape {
			of *= d
		}
		n += of
	}
	return n
}

// followed lists what has a double in the target network, which starts as a copy: the network's weights and the projector's.
func (o *objective) followed() []string {
	if !o.loss.target {
		return nil
	}
	return append(o.network(false), namesOf(o.projector.weights())...)
}

func targetName(weight string) string { return "target/" + weight }

// start draws the weights of a training that begins.
func (o *objective) start(ctx context.Context) (map[string]tensor, error) {
	state, err := o.arch.random(ctx, o.cfg.Width, o.layer(), o.cfg.Seed)
	if err != nil {
		return nil, err
	}
	heads := map[string]mlp{"projector": o.projector, "predictor": o.predictor}
	for _, t := range o.tasks {
		heads[t.name] = t.head
	}
	for name, m := range heads {
		head, err := draw(ctx, m.weights(), name, o.cfg.Seed)
		if err != nil {
			return nil, err
		}
		maps.Copy(state, head)
	}
	return state, nil
}

// given is an array that a step gets from the host beside the images.
type given struct {
	name  string
	shape []int
}

// givens lists them for batches of n photos.
func (o *objective) givens(n int) (list []given) {
	if o.groups != nil {
		list = append(list, given{"labels", []int{n}})
	}
	for _, t := range o.tasks {
		list = append(list, given{t.name, []int{n, t.head.out()}})
	}
	return list
}

// order is the order of the n rows in an epoch (from 1).
func (o *objective) order(epoch, n int) []int {
	if o.groups != nil {
		return groupedOrder(o.cfg.Seed, epoch, o.groups, o.cfg.Together)
	}
	return epochOrder(o.cfg.Seed, epoch, n)
}

// give makes them for a batch of rows.
func (o *objective) give(rows []int) (list []tensor) {
	if o.groups != nil {
		list = append(list, tensor{[]int{len(rows)}, batchLabels(o.groups, rows)})
	}
	for _, t := range o.tasks {
		list = append(list, tensor{[]int{len(rows), t.head.out()}, t.targets(o.im, rows)})
	}
	return list
}

// pass is a training pass of the network on both views: what it loses, and what it left behind.
type pass struct {
	value   *Node   // the loss, and what the heads lose by their weights
	parts   []*Node // what each head loses
	feature *Node   // of the whole photos
	net     *net    // holds the new running statistics
}

// twoViews passes both views through the network, each with its own batch statistics, and on to the loss and the heads. params
// holds the weights by name, with those of the target; given what givens lists.
func (o *objective) twoViews(params, given map[string]*Node, whole, cell *Node) pass {
	n := newNet(params, true, o.precision)
	a, b := o.ofViews(n, whole, cell)
	v := o.behind(params, a, b)
	v.labels = given["labels"]
	if o.loss.target {
		v.targetA, v.targetB = o.target(params, whole, cell)
	}
	p := pass{value: o.loss.value(v), feature: a, net: n}
	for _, t := range o.tasks {
		part := t.value(params, a, given[t.name])
		p.parts = append(p.parts, part)
		p.value = Add(p.value, MulScalar(part, t.weight))
	}
	return p
}

// ofViews passes both views through a network, each with its own batch statistics: [N, dim] each. XLA gets views of one size
// as one batch, which halves the kernels that a GPU is given, and fills them better; but not on several devices, where each has
// its share of both views, and those of one batch would be sent from one to another, which three devices can't share besides.
func (o *objective) ofViews(n *net, whole, cell *Node) (a, b *Node) {
	if !onXLA(whole) || !whole.Shape().Equal(cell.Shape()) || len(whole.Graph().DeviceMeshes()) > 0 {
		return o.features(n, whole), o.features(n, cell)
	}
	n.views = 2
	both := o.features(n, Concatenate([]*Node{whole, cell}, 0))
	half := whole.Shape().Dim(0)
	return Slice(both, AxisRange(0, half)), Slice(both, AxisRange(half))
}

// features passes images through a network: [N, dim].
func (o *objective) features(n *net, x *Node) *Node {
	return o.arch.forward(n, normalise(x, imagenetMean, imagenetStd), o.cfg.Width, o.layer())
}

// behind passes the views' features [N, dim], each on its own, through projector and predictor.
func (o *objective) behind(params map[string]*Node, a, b *Node) views {
	v := views{a: o.projector.apply(params, a), b: o.projector.apply(params, b), cfg: o.cfg}
	if o.predictor.layers != nil {
		v.predictedA, v.predictedB = o.predictor.apply(params, v.a), o.predictor.apply(params, v.b)
	}
	return v
}

// target passes both views through the target network, which normalises by their own batch statistics too: [N, D] each.
// Nothing would read running statistics of it, so it has none.
func (o *objective) target(params map[string]*Node, whole, cell *Node) (a, b *Node) {
	own := map[string]*Node{}
	for _, n := range o.followed() {
		own[n] = params[targetName(n)]
	}
	for _, n := range o.network(true) {
		own[n] = params[n] // its move is thrown away
	}
	n := newNet(own, true, o.precision)
	a, b = o.ofViews(n, whole, cell)
	return o.projector.apply(own, a), o.projector.apply(own, b)
}
