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

// Thresholds of StdRatio, which is near 1 for directions spread evenly and near 0.8 for healthy non-negative features.
const (
	collapseConstant = 0.02 // below: constant, wherever it started
	collapseSpread   = 0.1  // below, and …
	collapseLoss     = 0.5  // … below this share of what it was before training: training has collapsed it
)

// collapsed says whether training has ended in a constant encoder. The spread of directions decides, since it ignores
// how long features are (shrinking alone harms nobody who compares directions). A network that was never trained
// spreads little, too: 0.1 to 0.5 in our measurements, as all its features share a large mean. So a low spread counts
// only if training has at least halved it. The other measures explain and don't decide: a low rank or a pair
// ratio near 1 is also found in encoders that are merely bad.
func collapsed(start, end formats.Collapse) bool {
	if !(end.StdRatio >= collapseConstant) { // NaN counts as collapsed
		return true
	}
	return end.StdRatio < collapseSpread && end.StdRatio < collapseLoss*start.StdRatio
}

// CollapseText explains the measures of a collapsed encoder and what to do.
func CollapseText(info formats.EncoderInfo) string {
	c := info.Collapse
	remedy := "Train with a lower lr or fewer epochs"
	if l, err := lossByName(info.Loss); err == nil {
		remedy = l.remedy
	}
	return fmt.Sprintf("the encoder gives nearly the same feature for every photo: spread of L2-normalised features is %.4f of that of "+
		"evenly spread ones (healthy: about 0.8, collapsed: below %.2g), effective rank %.2f of %d, mean norm %.3g, "+
		"MSE of pairs over MSE of random pairs %.3f. Clusters and neighbours made with it mean nothing. %s",
		c.StdRatio, collapseSpread, c.EffectiveRank, info.Dim, math.Exp(c.LogNorm), c.PairRatio, remedy)
}

// Where an encoder that isn't constant is doubtful all the same: its features fill so small a share of their dimensions,
// or the two views of a photo are nearly as far apart as views of different photos.
const (
	doubtfulRank = 0.02
	doubtfulPair = 0.9
)

// DoubtText names what is doubtful in an encoder that has not collapsed to a point; "" if nothing is.
func DoubtText(info formats.EncoderInfo) string {
	c := info.Collapse
	switch {
	case c.EffectiveRank < max(2, doubtfulRank*float64(info.Dim)):
		return fmt.Sprintf("the features lie on few directions: effective rank %.1f of %d (dimensional collapse)", c.EffectiveRank, info.Dim)
	case c.PairRatio > doubtfulPair:
		return fmt.Sprintf("the two views of a photo are about as far apart as views of different photos: MSE of pairs over MSE of random pairs %.2f", c.PairRatio)
	}
	return ""
}
