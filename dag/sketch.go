package dag

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"fashionpipe/dag/store"
)

// sketchSize is how many hashes a sketch has at most. Of two inputs that share a third of their pieces some 30 are seen
// in both; below a share of about 1/sketchSize nothing is, and there would be little to take over.
const sketchSize = 48

// sketch stands for the content of an input: the smallest hashes of its pieces, in order, each once (bottom-k MinHash:
// Broder 1997). How many hashes two sketches share tells how much two inputs share.
func sketch(ctx context.Context, inc Incremental, in []Artifact) []uint32 {
	var all []uint32
	err := guard(func() error {
		for _, a := range in {
			err := inc.Pieces(ctx, a, func(piece []byte) {
				sum := sha256.Sum256(piece)
				all = append(all, binary.LittleEndian.Uint32(sum[:]))
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil // it helps to choose, no more; the stage itself says what is wrong with its input
	}
	slices.Sort(all)
	all = slices.Compact(all)
	return slices.Clone(all[:min(len(all), sketchSize)])
}

// choice chooses among relatives: what shares most with the content now goes first, then what shares most of that which
// none chosen before has.
type choice struct {
	now     []uint32
	left    []store.Member // not looked at yet, in the order in which equals go
	covered map[uint32]bool
}

// next takes one relative out of those left. With enough set, what adds nothing to those kept is not worth it; what
// shares nothing at all never is. Without a sketch of the content now they go in order.
func (c *choice) next(enough bool) (store.Member, bool) {
	best, bestNew, bestAll := -1, 0, 0
	for i, m := range c.left {
		fresh, all := c.shares(m)
		if len(c.now) > 0 && (all == 0 || enough && fresh == 0) {
			continue
		}
		if best < 0 || fresh > bestNew || fresh == bestNew && all > bestAll {
			best, bestNew, bestAll = i, fresh, all
		}
	}
	if best < 0 || enough && len(c.now) == 0 {
		return store.Member{}, false
	}
	m := c.left[best]
	c.left = slices.Delete(c.left, best, best+1)
	return m, true
}

// shares counts the hashes that a relative shares with the content now, all and those not covered yet.
func (c *choice) shares(m store.Member) (fresh, all int) {
	for _, h := range m.Sketch {
		if _, shared := slices.BinarySearch(c.now, h); shared {
			all++
			if !c.covered[h] {
				fresh++
			}
		}
	}
	return fresh, all
}

// keep says that a relative is taken.
func (c *choice) keep(m store.Member) {
	for _, h := range m.Sketch {
		c.covered[h] = true
	}
}
