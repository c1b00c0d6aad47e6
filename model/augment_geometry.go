package model

import (
	"math"
	"math/rand/v2"
)

// crop draws a part of the photo as torchvision's RandomResizedCrop does, with at least a share of its area and a ratio of 3:4 …
// 4:3, that becomes the whole image. It is not cut at whole pixels, and the pixels at its border mix with those beyond.
func crop(least float64, r *rand.Rand) matrix {
	for range 10 {
		area, ratio := between(r, least, 1), math.Exp(between(r, math.Log(3.0/4), math.Log(4.0/3)))
		w, h := math.Sqrt(area*ratio), math.Sqrt(area/ratio)
		if w <= 1 && h <= 1 {
			return window(between(r, 0, 1-w), between(r, 0, 1-h), w, h)
		}
	}
	return window(0, 0, 1, 1)
}

// window makes a part of an image the whole of it: its left and upper border, width and height, as shares of the edge.
func window(left, top, width, height float64) matrix {
	return matrix{width, 0, left + width/2 - 0.5, 0, height, top + height/2 - 0.5, 0, 0, 1}
}

// What geometry does at strengths of 1, at most and either way; all but the scale's middle is proportional to the strength.
const (
	mostRotation    = 10.0 // degrees
	mostTranslation = 0.1  // of the edge, along each axis
	mostScale       = 0.1  // 0.9 … 1.1
	mostShear       = 5.0  // degrees, along x
	mostDistortion  = 0.1  // of half the edge, that each corner moves inwards along each axis
)

// geometry draws a weak change: torchvision's RandomAffine, then its RandomPerspective, each with a strength of its own. It
// draws for both, so that each changes the same way whether the other is on or not.
func geometry(affinity, distortion float64, r *rand.Rand) matrix {
	sym := func(most float64) float64 { return between(r, -affinity*most, affinity*most) }
	a := affine(sym(mostRotation), sym(mostTranslation), sym(mostTranslation), 1+sym(mostScale), sym(mostShear), 0)
	var corners [4][2]float64
	for i, c := range square {
		for j := range c {
			corners[i][j] = c[j] * (1 - distortion*mostDistortion*r.Float64())
		}
	}
	return a.times(perspective(corners))
}

// affine is where torchvision's affine takes its pixels from: the inverse of a shear along x and y, a scale, a rotation and
// then a translation; angles in degrees, clockwise as images are seen.
func affine(rotation, right, down, scale, shearX, shearY float64) matrix {
	rot, sx, sy := rotation*math.Pi/180, shearX*math.Pi/180, shearY*math.Pi/180
	a := math.Cos(rot-sy) / math.Cos(sy)
	b := -math.Cos(rot-sy)*math.Tan(sx)/math.Cos(sy) - math.Sin(rot)
	c := math.Sin(rot-sy) / math.Cos(sy)
	d := -math.Sin(rot-sy)*math.Tan(sx)/math.Cos(sy) + math.Cos(rot)
	m := matrix{d / scale, -b / scale, 0, -c / scale, a / scale, 0, 0, 0, 1}
	return m.times(matrix{1, 0, -right, 0, 1, -down, 0, 0, 1})
}
