package model

import (
	. "github.com/gomlx/gomlx/core/graph" //nolint:revive,staticcheck // graph code reads as formulas
)

// Constants of torch.nn.BatchNorm2d.
const (
	bnEpsilon  = 1e-5
	bnMomentum = 0.1
)

// batchNorm normalises each channel, in training by the statistics of this pass's batch over N, H and W (biased
// variance), else by the running statistics. Running statistics move by momentum 0.1 towards the batch's mean and
// its unbiased variance, as torch.nn.BatchNorm2d has it.
func (t *tape) batchNorm(in *feature, name string) *feature {
	if !t.train {
		return t.batchNormFixed(in, name)
	}
	x := rows(in.x)
	m := float64(x.Shape().Dim(1))
	gamma, beta := t.param(name+".weight"), t.param(name+".bias")
	mean := DivScalar(t.k.sum(x), m)
	centred := t.k.affine(x, nil, Neg(mean))
	variance := DivScalar(t.k.dot(centred, centred), m)
	inv := Reciprocal(Sqrt(AddScalar(variance, bnEpsilon)))
	scale := Mul(gamma, inv)
	y := t.k.affine(centred, scale, beta)
	out := &feature{x: ReshapeLike(y, in.x)}
	t.moveStats(name+".running_mean", mean)
	t.moveStats(name+".running_var", MulScalar(variance, m/(m-1)))

	t.onBack(func() {
		dy := rows(out.grad)
		dBeta := t.k.sum(dy)
		dotXC := t.k.dot(dy, centred)
		t.addGrad(name+".bias", dBeta)
		t.addGrad(name+".weight", Mul(dotXC, inv))
		// dx = γ/σ · (dy − mean(dy) − x̂·mean(dy·x̂)), with x̂ = centred/σ
		onXC := Neg(Mul(scale, MulScalar(Mul(Square(inv), dotXC), 1/m)))
		shift := Neg(Mul(scale, MulScalar(dBeta, 1/m)))
		in.add(ReshapeLike(t.k.affine2(dy, scale, centred, onXC, shift), in.x))
	})
	return out
}

// batchNormFixed is batch normalisation by the running statistics: one scale and shift per channel.
func (t *tape) batchNormFixed(in *feature, name string) *feature {
	gamma, beta := t.param(name+".weight"), t.param(name+".bias")
	mean, variance := t.param(name+".running_mean"), t.param(name+".running_var")
	scale := Div(gamma, Sqrt(AddScalar(variance, bnEpsilon)))
	y := t.k.affine(rows(in.x), scale, Sub(beta, Mul(mean, scale)))
	return &feature{x: ReshapeLike(y, in.x)}
}

func (t *tape) moveStats(name string, batch *Node) {
	old := t.stats[name]
	if old == nil {
		old = t.param(name)
	}
	t.stats[name] = Add(MulScalar(old, 1-bnMomentum), MulScalar(batch, bnMomentum))
}
