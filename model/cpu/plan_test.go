package cpu

import (
	"testing"

	"pgregory.net/rapid"
)

// TestPlace: blocks that live at the same time must not overlap, and memory be not much more than what lives at once.
func TestPlace(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		blocks := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) *block {
			first := rapid.IntRange(0, 30).Draw(rt, "first")
			return &block{size: rapid.IntRange(0, 5000).Draw(rt, "size"), first: first, last: first + rapid.IntRange(0, 10).Draw(rt, "life")}
		}), 0, 40).Draw(rt, "blocks")
		total := place(blocks)
		most := 0
		for at := range 41 {
			sum := 0
			for _, b := range blocks {
				if b.first <= at && at <= b.last {
					sum += b.size
				}
			}
			most = max(most, sum)
		}
		if total > 3*most {
			rt.Errorf("%d bytes for at most %d at once", total, most)
		}
		for i, a := range blocks {
			if a.offset%alignment != 0 || a.offset < 0 || a.offset+a.size > total {
				rt.Errorf("block %+v does not lie well in %d bytes", a, total)
			}
			for _, b := range blocks[:i] {
				if a.first <= b.last && b.first <= a.last && a.offset < b.offset+b.size && b.offset < a.offset+a.size {
					rt.Errorf("blocks %+v and %+v overlap", a, b)
				}
			}
		}
	})
}

// TestPlaceChain: of a chain, each link of which reads the one before, two fit in memory at once.
func TestPlaceChain(t *testing.T) {
	var blocks []*block
	for i := range 100 {
		blocks = append(blocks, &block{size: 1 << 10, first: i, last: i + 1})
	}
	if total := place(blocks); total != 2<<10 {
		t.Errorf("%d bytes, want %d", total, 2<<10)
	}
}

func TestArena(t *testing.T) {
	var a arena
	take := func(size int) *slab { return must1(a.take(size)) }
	big := take(1000)
	if again := take(1000); again == big {
		t.Fatal("one slab was lent twice")
	}
	a.give(big)
	if small := take(10); small == big {
		t.Error("a tiny need took a large slab")
	}
	if again := take(900); again != big {
		t.Error("a slab that was given back was not lent again")
	}
	a.give(big)
	a.give(take(2000))
	if len(a.idle) != 1 || big.mem != nil {
		t.Error("a slab stays that a larger one replaces")
	}
	for range 20 {
		a.give(must1(newSlab(1 << 20)))
	}
	if len(a.idle) > 8 {
		t.Errorf("%d slabs lie idle", len(a.idle))
	}
	a.clear()
}
