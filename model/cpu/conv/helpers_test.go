package conv

import "fmt"

// oihw is the strides of a kernel [out, in, KH, KW].
func oihw(data []float32, in, kh, kw int) Weights {
	return Weights{Data: data, Out: in * kh * kw, In: kh * kw, KH: kw, KW: 1}
}

// swapped exchanges input and output channels.
func (w Weights) swapped() Weights {
	w.In, w.Out = w.Out, w.In
	return w
}

// inputGradient is the shape of the convolution that takes the gradient of s's output to that of its input, with the
// weights swapped and Reversed in both axes. It has no groups.
func (s Shape) inputGradient() (Shape, error) {
	s, err := s.normal()
	if err != nil {
		return s, err
	}
	if s.groups() > 1 || s.InDilH > 1 || s.InDilW > 1 {
		return s, fmt.Errorf("convolution %+v: the gradient of its input isn't one convolution", s)
	}
	return Shape{
		N: s.N, H: s.OH, W: s.OW, Ci: s.Co, KH: s.KH, KW: s.KW, Co: s.Ci, OH: s.H, OW: s.W, StrideH: 1, StrideW: 1,
		PadTop: (s.KH-1)*s.DilH - s.PadTop, PadLeft: (s.KW-1)*s.DilW - s.PadLeft,
		DilH: s.DilH, DilW: s.DilW, InDilH: s.StrideH, InDilW: s.StrideW, Groups: 1, BatchGroups: 1,
	}, nil
}
