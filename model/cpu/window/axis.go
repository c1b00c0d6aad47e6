package window

// axis is an axis along which windows stand: Size places of the window, dilation apart, on in elements, gap apart; from
// one window to the next it is stride. All distances are in places of the array spread by gap, of which pad more come
// before the first element.
type axis struct {
	in, out            int
	size, stride       int
	dilation, gap, pad int
	inStride           int // numbers from one element to the next
	every              int // of the window's places only every so manyth can meet an element, as others meet gaps
	advance            int // elements from one such place to the next
}

func newAxis(in, size, stride, gap, dilation int, pad [2]int, inStride int) axis {
	a := axis{in: in, size: size, stride: stride, dilation: dilation, gap: gap, pad: pad[0], inStride: inStride}
	spread := (in-1)*gap + 1 // GoMLX counts an axis of no elements as 1−gap long
	a.out = max(0, spread+pad[0]+pad[1]-((size-1)*dilation+1)+stride) / stride
	a.every = gap / gcd(gap, dilation)
	a.advance = dilation * a.every / gap
	return a
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// plain says that there is nothing to do along the axis.
func (a axis) plain() bool {
	return a.size == 1 && a.stride == 1 && a.gap == 1 && a.pad == 0 && a.out == a.in
}

// taps are the elements that window o holds: count of them, the first, and then each a.advance further.
func (a axis) taps(o int) (first, count int) {
	at := o*a.stride - a.pad // of the window's first place
	skip := 0                // places before the first that meets an element
	if at < 0 {
		skip = (-at + a.dilation - 1) / a.dilation
	}
	for k := 0; (at+skip*a.dilation)%a.gap != 0; k++ {
		if k == a.every {
			return 0, 0 // the steps never meet an element
		}
		skip++
	}
	first = (at + skip*a.dilation) / a.gap
	if skip >= a.size || first >= a.in {
		return 0, 0
	}
	return first, min((a.size-skip-1)/a.every, (a.in-1-first)/max(1, a.advance)) + 1
}

// interior is the range of windows that lie wholly on elements, without gaps: from ≤ o < limit.
func (a axis) interior() (from, limit int) {
	if a.gap > 1 {
		return 0, 0
	}
	last := a.in - 1 - (a.size-1)*a.dilation + a.pad // the greatest o·stride
	if last < 0 {
		return 0, 0
	}
	from = max(0, (a.pad+a.stride-1)/a.stride)
	return from, max(from, min(a.out, last/a.stride+1))
}

// touching is the range of windows that may hold elements first to limit-1: from ≤ o < to.
func (a axis) touching(first, limit int) (from, to int) {
	low := first*a.gap + a.pad - (a.size-1)*a.dilation
	high := (limit-1)*a.gap + a.pad
	if high < 0 {
		return 0, 0
	}
	if low > 0 {
		from = (low + a.stride - 1) / a.stride
	}
	return from, max(from, min(a.out, high/a.stride+1))
}
