package imaging

import (
	"image"
	"math"
)

// clip gives the part of a closed path that lies in the rectangle from 0, 0 to w, h (Sutherland & Hodgman, Reentrant polygon
// clipping, 1974): each side cuts off what lies beyond it. Where a path comes back in elsewhere, edges along the side stay,
// which enclose nothing. A path with a number that is not finite is taken as empty.
func clip(path [][2]float32, w, h float32) [][2]float32 {
	for _, q := range path {
		for _, v := range q {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
				return nil
			}
		}
	}
	path = clipSide(path, 0, func(v float32) float32 { return v })
	path = clipSide(path, 0, func(v float32) float32 { return w - v })
	path = clipSide(path, 1, func(v float32) float32 { return v })
	return clipSide(path, 1, func(v float32) float32 { return h - v })
}

// clipSide keeps the part of a path whose coordinate of the given axis is at least 0 inside; inside is linear.
func clipSide(path [][2]float32, axis int, inside func(v float32) float32) [][2]float32 {
	var out [][2]float32
	for i, b := range path {
		a := path[(i+len(path)-1)%len(path)]
		da, db := inside(a[axis]), inside(b[axis])
		if (da < 0) != (db < 0) {
			t := float64(da) / (float64(da) - float64(db))
			cut := [2]float32{between(a[0], b[0], t), between(a[1], b[1], t)}
			cut[axis] = inside(0) // 0, or the far side
			out = append(out, cut)
		}
		if db >= 0 {
			out = append(out, b)
		}
	}
	return out
}

func between(a, b float32, t float64) float32 {
	return float32(float64(a) + float64(t*(float64(b)-float64(a))))
}

// bounds are the whole samples that a path touches.
func bounds(path [][2]float32) image.Rectangle {
	if len(path) == 0 {
		return image.Rectangle{}
	}
	lo, hi := path[0], path[0]
	for _, q := range path {
		for i, v := range q {
			lo[i], hi[i] = min(lo[i], v), max(hi[i], v)
		}
	}
	floor := func(v float32) int { return int(math.Floor(float64(v))) }
	ceil := func(v float32) int { return int(math.Ceil(float64(v))) }
	return image.Rect(floor(lo[0]), floor(lo[1]), ceil(hi[0]), ceil(hi[1]))
}
