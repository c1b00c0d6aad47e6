package conv

// Weights is a kernel where it lies: tap (kh, kw) from input channel i of its group to output channel o is
// Data[Offset + kh·KH + kw·KW + i·In + o·Out]. Strides are in elements and may be negative.
type Weights struct {
	Data            []float32
	KH, KW, In, Out int // strides
	Offset          int
}

// HWIO is the strides of a kernel [KH, KW, in, out].
func HWIO(data []float32, kw, in, out int) Weights {
	return Weights{Data: data, KH: kw * in * out, KW: in * out, In: out, Out: 1}
}

// Reversed is the kernel with its taps in the opposite order: with height, width or both reversed.
func (w Weights) Reversed(kh, kw int, height, width bool) Weights {
	if height {
		w.Offset, w.KH = w.Offset+max(0, kh-1)*w.KH, -w.KH
	}
	if width {
		w.Offset, w.KW = w.Offset+max(0, kw-1)*w.KW, -w.KW
	}
	return w
}

// order is how the elements of a kernel lie in memory; it decides by which moves they are copied.
type order int

const (
	outerTaps order = iota // each tap is a matrix, output channels innermost
	turned                 // each tap is a matrix, input channels innermost
	innerIn                // taps innermost without gaps, then input channels: [out, in, h, w]
	innerOut               // taps innermost without gaps, then output channels: the same for an input gradient
	anyOrder
)

// order of a kernel of kh × kw taps, in input channels and out output channels.
func (w *Weights) order(kh, kw, in, out int) order {
	taps := kh * kw
	dense := (kw == 1 || abs(w.KW) == 1) && (kh == 1 || abs(w.KH) == kw)
	switch {
	case w.In < 0 || w.Out < 0:
		return anyOrder
	case w.Out == 1:
		return outerTaps
	case w.In == 1 && w.Out >= in:
		return turned
	case dense && w.In == taps && w.Out >= in*taps:
		return innerIn
	case dense && w.Out == taps && w.In >= out*taps:
		return innerOut
	}
	return anyOrder
}

// first is where the tap that lies first in memory begins.
func (w *Weights) first(kh, kw int) int {
	return w.Offset + min(0, (kh-1)*w.KH) + min(0, (kw-1)*w.KW)
}

func abs(x int) int { return max(x, -x) }
