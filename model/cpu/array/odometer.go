package array

// odometer counts through nested loops, innermost first, and keeps the offsets they have come to.
type odometer struct {
	axes     []axis
	at       []int
	dst, src int
}

// newOdometer starts at the given step of all.
func newOdometer(axes []axis, step int) odometer {
	o := odometer{axes: axes, at: make([]int, len(axes))}
	for i := len(axes) - 1; i >= 0; i-- {
		a := axes[i]
		if a.n == 0 {
			continue
		}
		o.at[i] = step % a.n
		step /= a.n
		o.dst += o.at[i] * a.dst
		o.src += o.at[i] * a.src
	}
	return o
}

// next goes one step on; after the last it is at the first again.
func (o *odometer) next() {
	for i := len(o.axes) - 1; i >= 0; i-- {
		a := o.axes[i]
		o.at[i]++
		o.dst += a.dst
		o.src += a.src
		if o.at[i] < a.n {
			return
		}
		o.at[i] = 0
		o.dst -= a.n * a.dst
		o.src -= a.n * a.src
	}
}
