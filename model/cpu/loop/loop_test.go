package loop

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func build(t testing.TB, b *Builder) *Program {
	t.Helper()
	p, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func do(p *Program, rows, workers int, slots ...Buffer) {
	scratch := make([][]float32, workers)
	for i := range scratch {
		scratch[i] = make([]float32, p.ScratchLen())
	}
	p.Do(&Bind{Slots: slots, Records: make([]float64, p.RecordLen()*p.Parts(rows))}, rows, scratch)
}

func f32(x ...float32) Buffer     { return Buffer{F32: x} }
func zeros(n int) Buffer          { return Buffer{F32: make([]float32, n)} }
func near(a, b, tol float64) bool { return math.Abs(a-b) <= tol*math.Abs(b) }

// TestMoments compares with a two-pass computation in float64, for numbers whose mean is a thousand times their spread,
// and for those whose first row, or first thousands, lie far off. 256 numbers are added in float32.
func TestMoments(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	rng := rand.New(rand.NewPCG(1, 2))
	for _, shape := range [][2]int{{1, 5}, {2, 1}, {50_000, 1}, {3000, 3}, {4096, 64}, {777, 100}, {300, 511}, {301, 700}, {40, 5000}} {
		for _, kind := range []string{"large mean", "outlier first", "outliers first", "drift"} {
			rows, cols := shape[0], shape[1]
			x := make([]float32, rows*cols)
			for i := range x {
				x[i] = float32(1000 + float64(i%cols) + rng.NormFloat64())
				switch r := i / cols; {
				case kind == "outlier first" && r == 0:
					x[i] = -5000
				case kind == "outliers first" && r*cols < 9000:
					x[i] = -5000
				case kind == "drift":
					x[i] += float32(r)
				}
			}
			b := New(cols)
			b.Moments(b.Full(0), Moments{1, 2, 3, 4})
			p := build(t, b)
			var slots [2][]Buffer
			for w := range slots {
				slots[w] = []Buffer{f32(x...), zeros(cols), zeros(cols), zeros(cols), zeros(cols)}
				do(p, rows, 1+2*w, slots[w]...)
			}
			for s := 1; s < 5; s++ {
				if !sameBits(slots[0][s], slots[1][s]) {
					t.Fatalf("%d×%d, %s: other bits with 3 workers", rows, cols, kind)
				}
			}
			checkMoments(t, fmt.Sprintf("%d×%d, %s", rows, cols, kind), x, rows, cols, slots[0])
		}
	}
}

func checkMoments(t *testing.T, name string, x []float32, rows, cols int, got []Buffer) {
	t.Helper()
	n := float64(rows)
	for c := range cols {
		var sum, squares float64
		for r := range rows {
			sum += float64(x[r*cols+c])
		}
		for r := range rows {
			d := float64(x[r*cols+c]) - sum/n
			squares += d * d
		}
		for s, want := range []float64{sum, sum / n, squares, squares / n} {
			if g := float64(got[s+1].F32[c]); !near(g, want, 1.5e-5) {
				t.Fatalf("%s: column %d: result %d is %v, want %v", name, c, s, g, want)
			}
		}
	}
}

// TestBatchNormGradient checks the sums of a batch norm's gradient: Σ dy and Σ (x − mean)·dy.
func TestBatchNormGradient(t *testing.T) {
	const rows, cols = 5000, 24
	rng := rand.New(rand.NewPCG(3, 4))
	x, dy, mean := make([]float32, rows*cols), make([]float32, rows*cols), make([]float32, cols)
	var sums, products [cols]float64
	for i := range x {
		x[i], dy[i] = float32(1000+rng.NormFloat64()), float32(rng.NormFloat64())
	}
	for c := range mean {
		mean[c] = 1000
	}
	for i := range x {
		sums[i%cols] += float64(dy[i])
		products[i%cols] += (float64(x[i]) - 1000) * float64(dy[i])
	}
	b := New(cols)
	g := b.Full(1)
	b.Sink(3, g, SumOf, OverRows)
	b.Sink(4, b.Apply(Mul, b.Apply(Sub, b.Full(0), b.Row(2)), g), SumOf, OverRows)
	s, p := zeros(cols), zeros(cols)
	do(build(t, b), rows, 2, f32(x...), f32(dy...), f32(mean...), s, p)
	for c := range cols {
		if math.Abs(float64(s.F32[c])-sums[c]) > 1e-4 || math.Abs(float64(p.F32[c])-products[c]) > 1e-4 {
			t.Fatalf("column %d: %v, %v; want %v, %v", c, s.F32[c], p.F32[c], sums[c], products[c])
		}
	}
}

// TestNoRows: sums of nothing are 0, extrema infinite, means NaN.
func TestNoRows(t *testing.T) {
	b := New(3)
	x := b.Full(0)
	b.Sink(1, x, SumOf, OverRows)
	b.Sink(2, x, MaxOf, OverRows)
	b.Sink(3, x, MinOf, OverAll)
	b.Moments(x, Moments{-1, 4, 5, -1})
	s := []Buffer{{}, f32(7, 7, 7), f32(7, 7, 7), f32(7), f32(7, 7, 7), f32(7, 7, 7)}
	do(build(t, b), 0, 2, s...)
	inf := float32(math.Inf(1))
	if s[1].F32[2] != 0 || s[2].F32[0] != -inf || s[3].F32[0] != inf || s[4].F32[1] == s[4].F32[1] || s[5].F32[1] != 0 {
		t.Fatal(s)
	}
}

// TestFewInstructions looks at what becomes one instruction.
func TestFewInstructions(t *testing.T) {
	affine := New(64)
	affine.Out(3, affine.Apply(Max, affine.Apply(Add, affine.Apply(Mul, affine.Full(0), affine.Row(1)), affine.Row(2)), affine.Const(0)))
	gradient := New(64)
	gradient.Out(2, gradient.Apply(Select, gradient.Apply(Greater, gradient.Full(0), gradient.Const(0)), gradient.Full(1), gradient.Const(0)))
	rows := New(64)
	scale := rows.Apply(Div, rows.Row(1), rows.Apply(Sqrt, rows.Apply(Add, rows.Row(2), rows.Const(1e-5))))
	rows.Out(3, rows.Apply(Mul, rows.Full(0), scale))
	sums := New(64)
	sums.Sink(3, sums.Full(0), SumOf, OverRows)
	sums.Sink(4, sums.Apply(Mul, sums.Apply(Sub, sums.Full(1), sums.Row(2)), sums.Full(0)), SumOf, OverRows)
	back := New(64)
	inner := back.Apply(Sub, back.Apply(Sub, back.Full(0), back.Row(2)), back.Apply(Mul, back.Apply(Sub, back.Full(1), back.Row(3)), back.Row(4)))
	back.Out(6, back.Apply(Mul, inner, back.Row(5)))
	for name, c := range map[string]struct {
		b    *Builder
		want int
	}{"GoMLX's gradient of a maximum": {indicatorOf(64), 2}, "batch normalisation's gradient": {back, 4}, "sums for batch normalisation's gradient": {sums, 2}, "affine and ReLU": {affine, 2}, "ReLU's gradient": {gradient, 1}, "what is the same for all rows": {rows, 1}} {
		if got := len(build(t, c.b).body); got != c.want {
			t.Errorf("%s: %d instructions, want %d", name, got, c.want)
		}
	}
	y := zeros(64)
	do(build(t, gradient), 1, 1, f32(append(make([]float32, 60), -1, 2, float32(math.NaN()), 1)...), tens(64), y)
	x := f32(-1, float32(math.Copysign(0, -1)), 0, 2, float32(math.NaN()))
	z := zeros(5)
	do(build(t, indicatorOf(5)), 1, 1, x, tens(5), z)
	if want := []float32{0, 10, 10, 10, 10}; !slices.Equal(z.F32, want) {
		t.Errorf("times the indicator: %v, want %v", z.F32, want)
	}
	if y.F32[0] != 0 || y.F32[60] != 0 || y.F32[61] != 10 || y.F32[62] != 0 || y.F32[63] != 10 {
		t.Error(y.F32[60:])
	}
}

// indicatorOf multiplies operand 1 by 0 where operand 0 is negative and else by 1.
func indicatorOf(cols int) *Builder {
	b := New(cols)
	sign := b.Apply(Sign, b.Apply(Sub, b.Full(0), b.Const(0)))
	b.Out(2, b.Apply(Mul, b.Full(1), b.Apply(Sign, b.Apply(Add, sign, b.Const(1)))))
	return b
}

func tens(n int) Buffer {
	b := zeros(n)
	for i := range b.F32 {
		b.F32[i] = 10
	}
	return b
}

func TestMistakes(t *testing.T) {
	for want, f := range map[string]func(b *Builder){
		"no result":         func(*Builder) {},
		"operand 0":         func(b *Builder) { b.Out(1, b.Apply(Add, b.Bool(0), b.Const(1))) },
		"result in slot 1":  func(b *Builder) { b.OutBool(1, b.Full(0)) },
		"1 operands":        func(b *Builder) { b.Out(1, b.Apply(Add, b.Full(0))) },
		"constant is NaN":   func(b *Builder) { b.Out(1, b.Const(float32(math.NaN()))) },
		"slot -1":           func(b *Builder) { b.Out(1, b.Full(-1)) },
		"unknown or a mask": func(b *Builder) { b.Sink(1, b.Bool(0), SumOf, OverAll) },
	} {
		b := New(4)
		f(b)
		if _, err := b.Build(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
	if _, err := New(0).Build(); err == nil {
		t.Error("rows of no numbers")
	}
}

func TestNoAllocation(t *testing.T) {
	b := New(64)
	x := b.Apply(Add, b.Full(0), b.Row(1))
	b.Out(2, x)
	b.Moments(x, Moments{-1, 3, -1, 4})
	p := build(t, b)
	bind := &Bind{Slots: []Buffer{zeros(6400), zeros(64), zeros(6400), zeros(64), zeros(64)}, Records: make([]float64, p.RecordLen())}
	scratch := make([]float32, p.ScratchLen())
	if n := testing.AllocsPerRun(10, func() { p.Begin(bind); p.Run(bind, 0, 100, 0, scratch); p.Finish(bind) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
