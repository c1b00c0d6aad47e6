package window

import (
	"fmt"

	"fashionpipe/internal/parallel"
)

// Config says how windows stand on an array, per axis. What is nil is as if it were 1 for each axis, Strides as Size, Padding 0.
type Config struct {
	Size           []int    // places of a window
	Strides        []int    // from one window to the next
	BaseDilation   []int    // from one element of the array to the next, with nothing between
	WindowDilation []int    // from one place of a window to the next
	Padding        [][2]int // nothing before and after the array; below zero, so much of it is not looked at
}

// Pool is a plan to reduce an array over windows.
type Pool struct {
	axes     []axis // that have windows, and what is between them; there are at least two
	batch    int    // elements of the axes before
	channels int    // elements of the axes after
	in, out  int    // numbers of a batch element
}

// NewPool plans it for an array of the given dimensions.
func NewPool(dims []int, c Config) *Pool {
	all := make([]axis, len(dims))
	stride := 1
	for i := len(dims) - 1; i >= 0; i-- {
		size := at(c.Size, i, 1)
		var pad [2]int
		if c.Padding != nil {
			pad = c.Padding[i]
		}
		all[i] = newAxis(dims[i], size, at(c.Strides, i, size), at(c.BaseDilation, i, 1), at(c.WindowDilation, i, 1), pad, stride)
		stride *= dims[i]
	}
	p := &Pool{batch: 1, channels: 1}
	for len(all) > 0 && all[len(all)-1].plain() {
		p.channels *= all[len(all)-1].in
		all = all[:len(all)-1]
	}
	for len(all) > 0 && all[0].plain() {
		p.batch *= all[0].in
		all = all[1:]
	}
	for len(all) < 2 {
		n := p.channels
		for _, a := range all {
			n *= a.in
		}
		all = append([]axis{newAxis(1, 1, 1, 1, 1, [2]int{}, n)}, all...)
	}
	p.axes, p.in, p.out = all, p.channels, p.channels
	for _, a := range all {
		p.in *= a.in
		p.out *= a.out
	}
	return p
}

// at is x[i], or other if there is no x.
func at(x []int, i, other int) int {
	if x == nil {
		return other
	}
	return x[i]
}

// Len is how many windows there are, times the channels: the length of what Reduce makes.
func (p *Pool) Len() int { return p.batch * p.out }

// taskSize is about how many numbers a goroutine reads or makes before it takes the next task: a variable for the tests.
var taskSize = 64 << 10

// Reduce sets dst to the windows of src, each reduced in the order of its elements.
func (p *Pool) Reduce(op Op, dst, src []float32) {
	p.check(dst, src)
	if len(dst) == 0 {
		return
	}
	if len(src) == 0 {
		fill(dst, op.identity())
		return
	}
	row := p.rowLen()
	rows := p.batch * p.out / row
	work := max(row, p.in/max(1, p.out/row))
	per := max(1, taskSize/work)
	parallel.For((rows+per-1)/per, func(_, i int) {
		r := p.newRow()
		for k := i * per; k < min(rows, (i+1)*per); k++ {
			r.to(k)
			r.reduce(op, dst[k*row:(k+1)*row], src)
		}
	})
}

// rowLen is how many numbers a row of windows makes.
func (p *Pool) rowLen() int { return p.axes[len(p.axes)-1].out * p.channels }

func (p *Pool) check(dst, src []float32) {
	if len(dst) != p.batch*p.out || len(src) != p.batch*p.in {
		panic(fmt.Sprintf("window: %d windows on %d numbers, not %d on %d", len(dst), len(src), p.batch*p.out, p.batch*p.in))
	}
}

func fill(x []float32, v float32) {
	for i := range x {
		x[i] = v
	}
}
