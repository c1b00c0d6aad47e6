package rng

import "testing"

// The first numbers of a stream are fixed: every cached result stands on them.
func TestStreamsAreFixed(t *testing.T) {
	for want, r := range map[uint64]uint64{
		New(1).Uint64():         New(1).Uint64(),
		New(1, "a", 2).Uint64(): New(1, "a", 2).Uint64(),
	} {
		if r != want {
			t.Errorf("equal arguments gave %d and %d", r, want)
		}
	}
	if got, want := New(7, "photo", 3).Uint64(), uint64(12016047314123598146); got != want {
		t.Errorf("New(7, \"photo\", 3) begins with %d, want %d", got, want)
	}
}

// Paths that read alike when run together are different streams.
func TestPathsAreKeptApart(t *testing.T) {
	seen := map[uint64]int{}
	for i, r := range []uint64{
		New(1).Uint64(), New(2).Uint64(), New(1, "").Uint64(), New(1, "ab").Uint64(), New(1, "a", "b").Uint64(),
		New(1, "1").Uint64(), New(1, 1).Uint64(), New(1, 1, 1).Uint64(), New(1, 257).Uint64(),
	} {
		if j, ok := seen[r]; ok {
			t.Errorf("streams %d and %d begin alike", j, i)
		}
		seen[r] = i
	}
}
