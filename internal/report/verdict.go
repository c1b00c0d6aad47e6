package report

import (
	"math"

	"fashionpipe/formats"
)

// verdict is what a difference may be said to mean.
type verdict struct {
	Symbol, Text string
	Class        string // "up", "down" or "same"
}

// judge reads a difference, ours minus baseline, by its interval.
func judge(d formats.Difference) verdict {
	if lessIsBetter(d) {
		d.Low, d.High = -d.High, -d.Low
	}
	switch {
	case math.IsNaN(d.Value):
		return verdict{"–", "not measured", "same"}
	case math.IsNaN(d.Low) || math.IsNaN(d.High):
		return verdict{"?", "no interval, not tested", "same"}
	case d.Low > 0:
		return verdict{"▲", "ours is better", "up"}
	case d.High < 0:
		return verdict{"▼", "ours is worse", "down"}
	}
	return verdict{"≈", "not significant", "same"}
}

// judgeApart compares two scores of which the difference has no interval of its own.
func judgeApart(a, b formats.ClusterScore) verdict {
	switch {
	case math.IsNaN(a.Low) || math.IsNaN(b.Low) || math.IsNaN(a.High) || math.IsNaN(b.High):
		return verdict{"?", "no interval, not tested", "same"}
	case a.Low > b.High:
		return verdict{"▲", "ours is better: intervals do not overlap", "up"}
	case a.High < b.Low:
		return verdict{"▼", "ours is worse: intervals do not overlap", "down"}
	}
	return verdict{"≈", "inconclusive: intervals overlap", "same"}
}
