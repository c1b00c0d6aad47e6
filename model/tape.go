package model

import (
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// feature is an activation [C, N, H, W] (channel outermost, so that every channel is one run of memory and a
// convolution is a matrix product without a transpose), with the gradient that has reached it so far.
type feature struct {
	x    *Node
	grad *Node
}

func (f *feature) dims() (c, n, h, w int) {
	d := f.x.Shape().Dimensions
	return d[0], d[1], d[2], d[3]
}

// add adds g to the gradient of f.
func (f *feature) add(g *Node) {
	if f.grad != nil {
		g = Add(f.grad, g)
	}
	f.grad = g
}

// tape builds a network's forward pass and remembers how to build its backward pass. GoMLX's own differentiation
// would do, but its gradients of reductions, broadcasts and slices are the slow operations of the Go backend; written
// out by hand, forward and backward passes are nearly all matrix products.
type tape struct {
	k      kernels
	params map[string]*Node // weights by torchvision's name
	grads  map[string]*Node // filled by backward
	stats  map[string]*Node // new running statistics; filled by the forward pass in training
	train  bool             // batch normalisation uses (and updates) batch statistics
	back   []func()         // one per operation, in forward order; nil entries are never stored
	record bool             // whether a backward pass will follow
}

func newTape(k kernels, params map[string]*Node, train, record bool) *tape {
	return &tape{k: k, params: params, grads: map[string]*Node{}, stats: map[string]*Node{}, train: train, record: record}
}

// again makes a tape for another pass through the same network: weights are shared, gradients add up, and running
// statistics go on from where the first pass left them.
func (t *tape) again() *tape {
	u := newTape(t.k, t.params, t.train, t.record)
	u.grads, u.stats = t.grads, t.stats
	return u
}

func (t *tape) param(name string) *Node {
	p := t.params[name]
	if p == nil {
		panic("model: no weight " + name)
	}
	return p
}

func (t *tape) addGrad(name string, g *Node) {
	if old := t.grads[name]; old != nil {
		g = Add(old, g)
	}
	t.grads[name] = g
}

func (t *tape) onBack(f func()) {
	if t.record {
		t.back = append(t.back, f)
	}
}

// backward runs the recorded operations in reverse. The caller has set the gradient of the output before.
func (t *tape) backward() {
	for i := len(t.back) - 1; i >= 0; i-- {
		t.back[i]()
	}
}

// conv is a convolution without bias, torch layout [out, in, k, k]. needInput is false for the first layer, whose
// input's gradient nobody wants.
func (t *tape) conv(in *feature, name string, stride, pad int, needInput bool) *feature {
	w := t.param(name)
	y, vjp := t.k.conv(in.x, w, nil, stride, pad, needInput)
	out := &feature{x: y}
	t.onBack(func() {
		dx, dw := vjp(out.grad)
		t.addGrad(name, dw)
		if needInput {
			in.add(dx)
		}
	})
	return out
}

// convBias is a convolution with bias and then ReLU, as VGG has it.
func (t *tape) convBias(in *feature, name string, pad int, needInput bool) *feature {
	w, b := t.param(name+".weight"), t.param(name+".bias")
	y, vjp := t.k.conv(in.x, w, b, 1, pad, needInput)
	out := &feature{x: y}
	t.onBack(func() {
		dx, dw := vjp(out.grad)
		t.addGrad(name+".weight", dw)
		t.addGrad(name+".bias", t.k.sum(rows(out.grad)))
		if needInput {
			in.add(dx)
		}
	})
	return t.relu(out)
}

func (t *tape) relu(in *feature) *feature {
	out := &feature{x: MaxScalar(in.x, float32(0))}
	t.onBack(func() { in.add(reluGrad(out.x, out.grad)) })
	return out
}

// reluGrad passes dy on where y, the output of the ReLU, is positive (torch: the gradient at 0 is 0).
func reluGrad(y, dy *Node) *Node {
	zero := ScalarZero(y.Graph(), y.DType())
	return Where(GreaterThan(y, zero), dy, zero)
}

// sum is the residual connection.
func (t *tape) sum(a, b *feature) *feature {
	out := &feature{x: Add(a.x, b.x)}
	t.onBack(func() {
		a.add(out.grad)
		b.add(out.grad)
	})
	return out
}

func (t *tape) maxPool(in *feature, window, stride, pad int) *feature {
	y, vjp := t.k.maxPool(in.x, window, stride, pad)
	out := &feature{x: y}
	t.onBack(func() { in.add(vjp(out.grad)) })
	return out
}

// globalMean averages each channel over its pixels: [C, N, H, W] → [N, C].
func (t *tape) globalMean(in *feature) *feature {
	c, n, h, w := in.dims()
	ones := fill(in.x, float32(1)/float32(h*w), h*w, 1)
	m := Dot(Reshape(in.x, c*n, h*w), ones).Product() // [C·N, 1]
	out := &feature{x: Transpose(Reshape(m, c, n), 0, 1)}
	t.onBack(func() {
		g := Reshape(Transpose(out.grad, 0, 1), c*n, 1)
		in.add(Reshape(Dot(g, Transpose(ones, 0, 1)).Product(), c, n, h, w))
	})
	return out
}

// linear is x·wᵀ + b on [N, F].
func (t *tape) linear(in *feature, name string) *feature {
	w, b := t.param(name+".weight"), t.param(name+".bias")
	y := DotGeneral(in.x, []int{1}, nil, w, []int{1}, nil)
	out := &feature{x: Add(y, BroadcastToDims(Reshape(b, 1, b.Shape().Dim(0)), y.Shape().Dimensions...))}
	t.onBack(func() {
		t.addGrad(name+".weight", DotGeneral(out.grad, []int{0}, nil, in.x, []int{0}, nil))
		t.addGrad(name+".bias", ReduceSum(out.grad, 0))
		in.add(Dot(out.grad, w).Product())
	})
	return out
}

// rows sees [C, N, H, W] as [C, N·H·W].
func rows(x *Node) *Node {
	d := x.Shape().Dimensions
	return Reshape(x, d[0], x.Shape().Size()/d[0])
}

// fill makes an array full of v on the graph of like.
func fill(like *Node, v float32, dims ...int) *Node {
	return BroadcastToShape(Scalar(like.Graph(), dtypes.Float32, v), shapes.Make(dtypes.Float32, dims...))
}
