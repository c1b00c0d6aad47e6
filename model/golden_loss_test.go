package model

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph" // graph code reads as formulas

	"github.com/gomlx/gomlx/core/tensors"
)

// goldenLosses is testdata/golden_losses.json, made by PyTorch: see golden_losses.py.
type goldenLosses struct {
	N, D   int
	Labels []float32

	Categories []int
	Heads      []struct {
		Name  string
		Value float64
		Grads map[string]summary
	}
	Cases []struct {
		Name                 string
		Lambda, Temperature  float64
		Projector, Predictor int
		Value                float64
		Grads                map[string]summary
	}
}

func readGoldenLosses(t *testing.T) (g goldenLosses) {
	t.Helper()
	b, err := os.ReadFile("testdata/golden_losses.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

// TestHeadsEqualTorch compares what heads lose, and all gradients, with torch's cross_entropy and kl_div.
func TestHeadsEqualTorch(t *testing.T) {
	g := readGoldenLosses(t)
	targets := map[string][]float32{"category": make([]float32, 3*g.N), "colour": goldenShares(g.N)}
	for i, c := range g.Categories {
		if c >= 0 {
			targets["category"][3*i+c] = 1
		}
	}
	for _, c := range g.Heads {
		for _, backend := range backends() {
			t.Run(c.Name+" "+backend, func(t *testing.T) {
				task := newTask(c.Name, 1, g.D, len(targets[c.Name])/g.N)
				weights := task.head.weights()
				in := []*tensors.Tensor{goldenMatrix("a", 3, g.N, g.D), tensors.FromFlatDataAndDimensions(targets[c.Name], g.N, task.head.out())}
				for _, w := range weights {
					in = append(in, upload(goldenWeight(w.name, w.shape)))
				}
				p, err := compile(open(t, backend), "head", func(graph *Graph) []*Node {
					a, known := parameter(graph, "a", []int{g.N, g.D}), parameter(graph, "known", []int{g.N, task.head.out()})
					with, params := []*Node{a}, map[string]*Node{}
					for _, w := range weights {
						params[w.name] = parameter(graph, w.name, w.shape)
						with = append(with, params[w.name])
					}
					value := task.value(params, a, known)
					return append([]*Node{value}, Gradient(value, with...)...)
				})
				if err != nil {
					t.Fatal(err)
				}
				defer p.close()
				got := runAll(t, p, in)
				if !near(float64(got[0][0]), c.Value, 0) {
					t.Errorf("value %v, want %v", got[0][0], c.Value)
				}
				wantSummary(t, "gradient of a", got[1], c.Grads["a"])
				for i, w := range weights {
					wantSummary(t, "gradient of "+w.name, got[2+i], c.Grads[w.name])
				}
			})
		}
	}
}

// goldenShares are golden_losses.py's colours of n photos.
func goldenShares(n int) []float32 {
	shares := make([]float32, 64*n)
	u := uniform("shares", len(shares))
	for i := range n {
		sum := 0.0
		for _, x := range u[64*i : 64*(i+1)] {
			sum += max(x-0.2, 0)
		}
		for j, x := range u[64*i : 64*(i+1)] {
			shares[64*i+j] = float32(max(x-0.2, 0) / sum)
		}
	}
	return shares
}

// TestLossesEqualTorch compares losses and all their gradients with torch's: alone, and behind projector and predictor.
func TestLossesEqualTorch(t *testing.T) {
	g := readGoldenLosses(t)
	seen := map[string]int{}
	for _, c := range g.Cases {
		seen[c.Name]++
		for _, backend := range backends() {
			t.Run(fmt.Sprintf("%s %v %v projector %d %s", c.Name, c.Lambda, c.Temperature, c.Projector, backend), func(t *testing.T) {
				im := newFakeImages(4, 16, 16)
				im.labels = sameGarment
				cfg := TrainConfig{Width: 1, Loss: c.Name, LossConfig: LossConfig{Projector: c.Projector, Predictor: c.Predictor,
					Lambda: c.Lambda, Temperature: c.Temperature, By: ByGarment}}
				o, err := newObjective(resnet18, im, cfg, 1)
				if err != nil {
					t.Fatal(err)
				}
				if o.dim() != g.D {
					t.Fatalf("features have %d numbers, want %d", o.dim(), g.D)
				}
				names := goldenNames(o, c.Projector > 0)
				if len(names) != len(c.Grads) {
					t.Fatalf("%d gradients, want %d", len(names), len(c.Grads))
				}
				got := lossAndGradients(t, backend, o, names, g)
				if !near(float64(got[0][0]), c.Value, 0) {
					t.Errorf("value %v, want %v", got[0][0], c.Value)
				}
				for i, n := range names {
					wantSummary(t, "gradient of "+n, got[1+i], c.Grads[n])
				}
			})
		}
	}
	for _, l := range losses {
		if seen[l.name] < 2 {
			t.Errorf("%s: %d golden cases", l.name, seen[l.name])
		}
	}
}

// goldenNames are what a golden case has gradients of: the loss's inputs, or the features and the MLPs' weights.
func goldenNames(o *objective, mlps bool) []string {
	if !mlps {
		return []string{"a", "b", "pa", "pb", "ta", "tb"}
	}
	return slices.Concat([]string{"a", "b"}, namesOf(o.projector.weights()), namesOf(o.predictor.weights()))
}

// lossAndGradients is the loss on golden numbers, and its gradients.
func lossAndGradients(t *testing.T, backend string, o *objective, names []string, g goldenLosses) [][]float32 {
	t.Helper()
	shape := func(n string) []int {
		n = strings.TrimPrefix(n, targetName(""))
		for _, w := range slices.Concat(o.projector.weights(), o.predictor.weights()) {
			if w.name == n {
				return w.shape
			}
		}
		return []int{g.N, g.D}
	}
	in := []*tensors.Tensor{tensors.FromFlatDataAndDimensions(g.Labels, g.N)}
	declare := []string{}
	add := func(n string, t *tensors.Tensor) { declare, in = append(declare, n), append(in, t) }
	for _, n := range names {
		if len(n) <= 2 {
			add(n, goldenMatrix(n, 3, g.N, g.D))
			continue
		}
		add(n, upload(goldenWeight(n, shape(n))))
	}
	for _, w := range o.projector.weights() {
		add(targetName(w.name), upload(goldenWeight(targetName(w.name), w.shape)))
	}
	p, err := compile(open(t, backend), "loss", func(graph *Graph) []*Node {
		labels := parameter(graph, "labels", []int{g.N})
		x := map[string]*Node{}
		for _, n := range declare {
			x[n] = parameter(graph, n, shape(n))
		}
		v := views{a: x["a"], b: x["b"], predictedA: x["pa"], predictedB: x["pb"], targetA: x["ta"], targetB: x["tb"], cfg: o.cfg}
		if x["pa"] == nil {
			v = o.behind(x, x["a"], x["b"])
			own := map[string]*Node{}
			for _, w := range o.projector.weights() {
				own[w.name] = x[targetName(w.name)]
			}
			v.targetA, v.targetB = o.projector.apply(own, x["a"]), o.projector.apply(own, x["b"])
		}
		v.labels = labels
		value := o.loss.value(v)
		var with []*Node
		for _, n := range names {
			with = append(with, x[n])
		}
		return append([]*Node{value}, Gradient(value, with...)...)
	})
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	return runAll(t, p, in)
}

// runAll runs a program and reads all that comes out.
func runAll(t *testing.T, p *program, in []*tensors.Tensor) (got [][]float32) {
	t.Helper()
	out, err := p.run(t.Context(), in...)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range out {
		v, err := download(x)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, v)
	}
	return got
}

// wantSummary compares a gradient's norm and first numbers; one that is 0 but for rounding has no scale of its own.
func wantSummary(t *testing.T, what string, got []float32, want summary) {
	t.Helper()
	if want.Norm < 1e-9 {
		if norm(got) > 1e-5 {
			t.Errorf("%s has the norm %v, want 0", what, norm(got))
		}
		return
	}
	if !near(norm(got), want.Norm, 0) {
		t.Errorf("%s has the norm %v, want %v", what, norm(got), want.Norm)
	}
	for i, w := range want.First {
		if math.Abs(float64(got[i])-w) > 1e-4*want.Norm {
			t.Errorf("%s: number %d is %v, want %v", what, i, got[i], w)
		}
	}
}
