package catalogue

import (
	"slices"

	"fashionpipe/formats"
)

// Filter says which rows to keep. An empty list keeps all.
type Filter struct {
	Sources    []string // "user", "shop"
	Categories []string
	Scale      []int // the four variation levels, 1–3
	Occlusion  []int
	ZoomIn     []int
	Viewpoint  []int
}

// Keep says whether a row with these labels passes every list.
func (f *Filter) Keep(l *formats.Labels) bool {
	return has(f.Sources, l.Source) && has(f.Categories, l.Category) &&
		has(f.Scale, int(l.Scale)) && has(f.Occlusion, int(l.Occlusion)) &&
		has(f.ZoomIn, int(l.ZoomIn)) && has(f.Viewpoint, int(l.Viewpoint))
}

func has[T comparable](list []T, v T) bool { return len(list) == 0 || slices.Contains(list, v) }
