package report

import (
	"math"

	"fashionpipe/internal/sweep"
)

// chanceLevel is what a random order would reach by a measure of a sweep.
type chanceLevel struct {
	Text string  // "chance 0.031", or "chance 0.031 to 0.052" where variants differ in it; "" where that is not known
	At   float64 // the one level that all variants have; NaN where they differ or it is not known
}

func newChanceLevel(t *sweep.Table, measure int) chanceLevel {
	low, high := t.Chance(measure)
	from, to := decimal(low, 3), decimal(high, 3)
	switch {
	case math.IsNaN(low):
		return chanceLevel{"", low}
	case from == to:
		return chanceLevel{"chance " + from, (low + high) / 2}
	}
	return chanceLevel{"chance " + from + " to " + to, math.NaN()}
}

// mark is the level on an axis; empty where there is no single one.
func (c chanceLevel) mark(a axis) []mark {
	if math.IsNaN(c.At) {
		return nil
	}
	return []mark{newMark(model{}, a, c.At, math.NaN(), math.NaN())}
}
