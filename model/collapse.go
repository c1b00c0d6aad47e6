package model

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"fashionpipe/formats"
	"fashionpipe/internal/rng"
)

// collapseSample is how many training images the collapse is measured on, at most.
const collapseSample = 512

// measureCollapse computes the measures of formats.Collapse on the features of both views of the same n photos, each
// [n, d] row-major. Spread, rank and norm are of the whole photos' features.
//
//   - StdRatio: the standard deviation of each number of the L2-normalised features (Chen & He 2021), averaged over
//     the numbers, times √d.
//   - EffectiveRank: RankMe (Garrido et al. 2023) of the features as they are, not centred.
//   - LogNorm: the logarithm of the mean L2 norm, which for features that are all zero is taken to be the least that
//     a float32 can hold, so that the measure stays a number.
//   - PairRatio: mean squared distance between the two views of a photo, over that between views of different photos
//     (a seeded cyclic pairing).
func measureCollapse(whole, cell []float32, n, d int, seed uint64) formats.Collapse {
	norms := 0.0
	unit := make([]float64, n*d)
	for i := range n {
		row := whole[i*d : (i+1)*d]
		norm := 0.0
		for _, v := range row {
			norm += float64(v) * float64(v)
		}
		norm = math.Sqrt(norm)
		norms += norm
		for j, v := range row {
			if norm > 0 {
				unit[i*d+j] = float64(v) / norm
			}
		}
	}
	return formats.Collapse{
		StdRatio:      meanStd(unit, n, d) * math.Sqrt(float64(d)),
		EffectiveRank: effectiveRank(whole, n, d),
		LogNorm:       math.Log(max(norms/float64(n), math.SmallestNonzeroFloat32)),
		PairRatio:     pairRatio(whole, cell, n, d, seed),
	}
}

// meanStd is the standard deviation (divided by n) of each of the d columns, averaged.
func meanStd(x []float64, n, d int) float64 {
	total := 0.0
	for j := range d {
		mean, square := 0.0, 0.0
		for i := range n {
			mean += x[i*d+j]
		}
		mean /= float64(n)
		for i := range n {
			square += (x[i*d+j] - mean) * (x[i*d+j] - mean)
		}
		total += math.Sqrt(square / float64(n))
	}
	return total / float64(d)
}

// effectiveRank is RankMe: exp of the entropy of the singular values divided by their sum.
func effectiveRank(x []float32, n, d int) float64 {
	m := mat.NewDense(n, d, nil)
	for i := range n {
		for j := range d {
			m.Set(i, j, float64(x[i*d+j]))
		}
	}
	var svd mat.SVD
	if !svd.Factorize(m, mat.SVDNone) {
		return math.NaN()
	}
	values := svd.Values(nil)
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	if sum == 0 {
		return 1 // every feature is zero: one point
	}
	entropy := 0.0
	for _, v := range values {
		if p := v / sum; p > 0 {
			entropy -= p * math.Log(p)
		}
	}
	return math.Exp(entropy)
}

func pairRatio(a, b []float32, n, d int, seed uint64) float64 {
	if n < 2 {
		return math.NaN()
	}
	order := rng.New(seed, "pairs").Perm(n)
	same, other := 0.0, 0.0
	for k, i := range order {
		same += squaredDistance(a[i*d:(i+1)*d], b[i*d:(i+1)*d])
		j := order[(k+1)%n]
		other += squaredDistance(a[i*d:(i+1)*d], b[j*d:(j+1)*d])
	}
	if other == 0 {
		return 1 // every feature is the same: a pair is as near as any two
	}
	return same / other
}

func squaredDistance(a, b []float32) float64 {
	s := 0.0
	for i := range a {
		e := float64(a[i]) - float64(b[i])
		s += e * e
	}
	return s
}

// collapseStd is the spread below which an encoder counts as collapsed: see collapsed.
const collapseStd = 0.03

// collapsed says whether the measures are those of a constant encoder. The spread of L2-normalised features decides: √d
// times their standard deviation is near 1 for directions spread evenly (near 0.8 for non-negative features), and 0
// when all photos get the same feature. A small network that was never trained, whose features are all dominated by
// the same mean, still has several times the threshold; the other measures explain, and do not decide, since
// a low rank or a pair ratio near 1 is also found in bad encoders that are not constant.
func collapsed(c formats.Collapse) bool { return !(c.StdRatio >= collapseStd) }

// CollapseText explains the measures of a collapsed encoder and what to do.
func CollapseText(info formats.EncoderInfo) string {
	c := info.Collapse
	return fmt.Sprintf("the encoder gives nearly the same feature for every photo: spread of L2-normalised features is %.4f of that of "+
		"evenly spread ones (collapsed below %.2g), effective rank %.2f of %d, mean norm %.3g, "+
		"MSE of pairs over MSE of random pairs %.3f. Clusters and neighbours made with it mean nothing. "+
		"A loss that only pulls together, such as mse, allows this; train with loss: vicreg, fewer epochs or a lower lr, "+
		"or keep it with allow: [collapse]",
		c.StdRatio, collapseStd, c.EffectiveRank, info.Dim, math.Exp(c.LogNorm), c.PairRatio)
}
