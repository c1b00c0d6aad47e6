package sweep

import (
	"math"
	"sync"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/stat/distuv"
)

// Where the integrands of the studentized range end, since nothing is left beyond that a float64 would hold, and how
// finely they are cut.
const (
	normalEnd  = 8.5 // of a standard normal number
	rangeEnd   = 3 * normalEnd
	normalCuts = 96
	spreadTail = 1e-15 // on either side
	spreadCuts = 96
	rangeStep  = 0.04
)

// studentized is the distribution of the studentized range of m means (Tukey, The problem of multiple comparisons, 1953):
//
//	P(Q < q) = ∫ f(s) W(q·s) ds
//	W(w) = m ∫ φ(z) (Φ(z) − Φ(z−w))^(m−1) dz
//
// where W says how likely m standard normal numbers lie within w of each other, and f is the density of χ/√df.
type studentized struct {
	within []float64 // W at multiples of rangeStep, the second for 0: one step on either side is for the interpolation
}

// shapes keeps a *studentized for each m: making one takes 10 ms.
var shapes sync.Map

// studentizedOf gives the distribution for m of 2 or more.
func studentizedOf(m int) *studentized {
	if s, ok := shapes.Load(m); ok {
		return s.(*studentized)
	}
	n, s := distuv.UnitNormal, &studentized{}
	for w := -rangeStep; w < rangeEnd+3*rangeStep; w += rangeStep {
		s.within = append(s.within, float64(m)*quad.Fixed(func(z float64) float64 { // z is the largest
			return n.Prob(z) * math.Pow(n.CDF(z)-n.CDF(z-w), float64(m-1))
		}, -normalEnd, normalEnd, normalCuts, quad.Legendre{}, 0))
	}
	shapes.Store(m, s)
	return s
}

// tail is the probability of a range of q or more, with df degrees of freedom, which is more than 0. It is right to six
// decimals.
func (s *studentized) tail(q, df float64) float64 {
	if q <= 0 {
		return 1
	}
	chi := distuv.ChiSquared{K: df}
	low, high := math.Sqrt(chi.Quantile(spreadTail)/df), math.Sqrt(chi.Quantile(1-spreadTail)/df)
	if high = min(high, rangeEnd/q); low >= high {
		return 0
	}
	p := quad.Fixed(func(x float64) float64 {
		return 2 * x * df * chi.Prob(x*x*df) * (1 - s.at(q*x))
	}, low, high, spreadCuts, quad.Legendre{}, 0)
	return math.Min(1, math.Max(0, p))
}

// at is W(w), the cubic through the four nearest cuts.
func (s *studentized) at(w float64) float64 {
	i := int(w / rangeStep)
	x, y := w/rangeStep-float64(i), s.within[i:i+4]
	return y[1] + x/2*(y[2]-y[0]+x*(2*y[0]-5*y[1]+4*y[2]-y[3]+x*(3*(y[1]-y[2])+y[3]-y[0])))
}
