package conv

import "fmt"

// Shape is the geometry of a convolution. Output pixel (oh, ow) sees, through tap (kh, kw) of the kernel, position
// oh·StrideH + kh·DilH − PadTop of the dilated input, in which pixel h stands at h·InDilH and everything else is zero.
// Steps and groups of 0 mean 1. The padding after the last pixel follows from OH and OW.
type Shape struct {
	N, H, W, Ci      int // input [N, H, W, Ci]
	KH, KW, Co       int // kernel of KH × KW taps; Co output channels, of all groups together
	OH, OW           int // output [N/BatchGroups, OH, OW, Co]
	StrideH, StrideW int
	PadTop, PadLeft  int // may be negative: then the first rows or columns are left out
	DilH, DilW       int // steps between the kernel's taps
	InDilH, InDilW   int // steps between the input's pixels
	Groups           int // output channels of group g see input channels g·Ci/Groups … only
	BatchGroups      int // output channels of group g see images g·N/BatchGroups … only; not both kinds of groups
}

// normal replaces zeros that mean 1 and reports what can't be computed.
func (s Shape) normal() (Shape, error) {
	for _, f := range []*int{&s.StrideH, &s.StrideW, &s.DilH, &s.DilW, &s.InDilH, &s.InDilW, &s.Groups, &s.BatchGroups} {
		if *f == 0 {
			*f = 1
		}
		if *f < 0 {
			return s, fmt.Errorf("convolution %+v: negative step or number of groups", s)
		}
	}
	for _, f := range []int{s.N, s.H, s.W, s.Ci, s.KH, s.KW, s.Co, s.OH, s.OW} {
		if f < 0 {
			return s, fmt.Errorf("convolution %+v: negative size", s)
		}
	}
	switch {
	case s.Groups > 1 && s.BatchGroups > 1:
		return s, fmt.Errorf("convolution %+v: groups of channels and of images at once", s)
	case s.Ci%s.Groups != 0 || s.Co%(s.Groups*s.BatchGroups) != 0 || s.N%s.BatchGroups != 0:
		return s, fmt.Errorf("convolution %+v: groups don't divide the channels or images", s)
	}
	return s, nil
}

func (s *Shape) groups() int { return s.Groups * s.BatchGroups }

// in and out are the channels of one group.
func (s *Shape) in() int  { return s.Ci / s.Groups }
func (s *Shape) out() int { return s.Co / s.groups() }

// images is the number of images in the output.
func (s *Shape) images() int { return s.N / s.BatchGroups }

// rows is the number of output rows in all images.
func (s *Shape) rows() int { return s.images() * s.OH }

// groupOffset is where in x group g begins.
func (s *Shape) groupOffset(g int) int {
	if s.BatchGroups > 1 {
		return g * s.images() * s.H * s.W * s.Ci
	}
	return g * s.in()
}
