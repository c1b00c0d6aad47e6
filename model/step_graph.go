package model

import (
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas
)

// gradients lays out the objective on both views, and the gradients, in the order of the trained weights; out has the
// new running statistics; values is the vector of the loss and what each head loses. Inputs: what the feed declares; of whole
// and cell, the rows to take and the numbers; what the objective is given.
func (s *stepper) gradients(g *Graph, in nodes) (grads []*Node, out nodes, values *Node) {
	from := s.feed.declare(g)
	whole, cell := s.view(g, 0, from[0]), s.view(g, 1, from[1])
	given := map[string]*Node{}
	for _, x := range s.objective.givens(s.batch) {
		given[x.name] = parameter(g, x.name, x.shape)
	}
	p := s.objective.twoViews(in, given, whole, cell)
	var weights []*Node
	for _, name := range s.names.trained {
		weights = append(weights, in[name])
	}
	out = nodes{}
	for _, name := range s.names.stats {
		out[name] = p.net.stats[name]
	}
	return Gradient(p.value, weights...), out, Stack(append([]*Node{p.value}, p.parts...), 0)
}

// update lays out the optimiser, and the averages of what comes out. Input: the vector of scalars.
func (s *stepper) update(g *Graph, in nodes, grads []*Node, out nodes) {
	var h []*Node
	scalars := parameter(g, "scalars", []int{len(s.scalars(0, 1))})
	for i := range scalars.Shape().Dim(0) {
		h = append(h, Reshape(Slice(scalars, AxisElem(i))))
	}
	for i, name := range s.names.trained {
		var moments []*Node
		for m := range s.opt.moments {
			moments = append(moments, in[momentName(name, m)])
		}
		out[name], moments = s.opt.update(s.cfg, in[name], grads[i], moments, h)
		for m, moment := range moments {
			out[momentName(name, m)] = moment
		}
	}
	for _, name := range s.objective.followed() {
		keep, old := h[len(s.opt.hyper(0, 1))], in[targetName(name)]
		out[targetName(name)] = Add(out[name], Mul(keep, Sub(old, out[name])))
	}
	if s.cfg.EMA > 0 {
		for _, name := range s.names.kept {
			now := out[name]
			if now == nil {
				now = in[name] // a running statistic that a batch has moved before
			}
			old := in[averageName(name)]
			out[averageName(name)] = Add(old, Mul(h[len(h)-1], Sub(now, old)))
		}
	}
}

// gatherGraph adds a batch's gradients to the sums.
func (s *stepper) gatherGraph(g *Graph, in nodes) (nodes, *Node) {
	grads, out, values := s.gradients(g, in)
	for i, sum := range s.names.sums {
		out[sum] = Add(in[sum], grads[i])
	}
	return out, values
}

// applyGraph updates the weights by the mean of the gradients, and empties the sums.
func (s *stepper) applyGraph(g *Graph, in nodes) (nodes, *Node) {
	var grads []*Node
	out := nodes{}
	for _, sum := range s.names.sums {
		grads = append(grads, DivScalar(in[sum], float64(s.cfg.Accumulate)))
		out[sum] = ZerosLike(in[sum])
	}
	s.update(g, in, grads, out)
	return out, nil
}

// view lays out what the network sees of a view's images; it declares what that takes: the rows, and with augmentation the numbers.
func (s *stepper) view(g *Graph, view int, from []*Node) *Node {
	x := s.feed.take(view, from)
	n := s.cfg.Augment.numbers()
	if n == 0 {
		return x
	}
	return s.cfg.Augment.apply(x, parameter(g, string(bothViews[view])+" numbers", []int{n, s.batch}))
}
