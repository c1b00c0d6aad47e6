package synth

import (
	"math/rand/v2"

	"fashionpipe/internal/rng"
)

// dice is a random stream with the throws that drawing needs.
type dice struct{ *rand.Rand }

func throw(seed uint64, path ...any) dice { return dice{rng.New(seed, path...)} }

// in is uniform between lo and hi.
func (d dice) in(lo, hi float64) float64 { return lo + (hi-lo)*d.Float64() }

// chance is true with probability p.
func (d dice) chance(p float64) bool { return d.Float64() < p }

// sign is −1 or 1.
func (d dice) sign() float64 {
	if d.chance(0.5) {
		return -1
	}
	return 1
}

func pick[T any](d dice, of ...T) T { return of[d.IntN(len(of))] }
