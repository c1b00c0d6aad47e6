package loop

import "math"

// Reduction is what a sink makes of the numbers that reach it.
type Reduction uint8

// The reductions. Max and Min are NaN where a number is; over no numbers a sum is 0, a maximum −Inf, a minimum +Inf, a mean NaN.
const (
	SumOf Reduction = iota
	MaxOf
	MinOf
	momentsOf
)

// Over says what a sink reduces over.
type Over uint8

// Over the rows there is one result per column, over the columns one per row, over all one.
const (
	OverRows Over = iota
	OverCols
	OverAll
)

// Moments names the slots of the results of Builder.Moments, cols float32 each; −1: not wanted.
type Moments struct {
	Sum      int // Σ x
	Mean     int // Σ x / rows
	Squares  int // Σ (x − mean)²
	Variance int // Squares / rows
}

// sink is a reduction of one value.
type sink struct {
	value Value
	what  Reduction
	over  Over
	slots Moments // what ≠ momentsOf: in Sum
	// Set by Build. Offsets in scratch: sums (or extrema), squares, and the shifts of momentsOf, program.wide each; in a
	// part's record.
	acc, acc2, shift, record int
}

// Sink reduces v, a number, to the float32 in slot.
func (b *Builder) Sink(slot int, v Value, what Reduction, over Over) {
	b.use(slot)
	if what >= momentsOf || over > OverAll {
		b.fail("no such sink: %d over %d", what, over)
	}
	if b.cols == 1 && over == OverRows {
		over = OverAll
	}
	if b.cols == 1 && over == OverCols { // a sum of one number, and so on
		b.Out(slot, v)
		return
	}
	b.sink(sink{value: v, what: what, over: over, slots: Moments{Sum: slot}})
}

// Moments computes sum, mean and spread of each column of v, a number.
func (b *Builder) Moments(v Value, slots Moments) {
	for _, s := range []int{slots.Sum, slots.Mean, slots.Squares, slots.Variance} {
		if s >= 0 {
			b.use(s)
		}
	}
	b.sink(sink{value: v, what: momentsOf, over: OverRows, slots: slots})
}

func (b *Builder) sink(s sink) {
	if s.value < 0 || int(s.value) >= len(b.nodes) || b.nodes[s.value].isMask() {
		b.fail("a sink's value is unknown or a mask")
		return
	}
	b.sinks = append(b.sinks, s)
}

// start is what a reduction of no numbers gives.
func (r Reduction) start() float64 {
	switch r {
	case MaxOf:
		return math.Inf(-1)
	case MinOf:
		return math.Inf(1)
	}
	return 0
}

// join reduces two results to one.
func (r Reduction) join(a, b float64) float64 {
	switch r {
	case MaxOf:
		return max(a, b)
	case MinOf:
		return min(a, b)
	}
	return a + b
}
