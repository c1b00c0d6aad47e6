package loop

import (
	"fmt"
	"testing"
)

// benchmark runs p over rows with Full operands and results of rows·cols numbers, moved in all full times per run.
func benchmark(b *testing.B, bu *Builder, rows, full int, slots ...Buffer) {
	p := build(b, bu)
	scratch := make([][]float32, 16)
	for i := range scratch {
		scratch[i] = make([]float32, p.ScratchLen())
	}
	bind := &Bind{Slots: slots, Records: make([]float64, p.RecordLen()*p.Parts(rows))}
	b.SetBytes(int64(4 * rows * bu.cols * full))
	for b.Loop() {
		p.Do(bind, rows, scratch)
	}
}

var benchShapes = [][2]int{{64, 1 << 12}, {64, 200_704}, {512, 25_088}, {3, 1 << 22}}

func BenchmarkCopy(b *testing.B) {
	for _, n := range []int{1 << 18, 1 << 24} {
		x, y := tens(n).F32, tens(n).F32
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(8 * n))
			for b.Loop() {
				copy(y, x)
			}
		})
	}
}

func BenchmarkAffineReLU(b *testing.B) {
	for _, s := range benchShapes {
		cols, rows := s[0], s[1]
		b.Run(fmt.Sprintf("%dx%d", rows, cols), func(b *testing.B) {
			l := New(cols)
			l.Out(3, l.Apply(Max, l.Apply(Add, l.Apply(Mul, l.Full(0), l.Row(1)), l.Row(2)), l.Const(0)))
			benchmark(b, l, rows, 2, tens(rows*cols), tens(cols), tens(cols), zeros(rows*cols))
		})
	}
}

func BenchmarkMoments(b *testing.B) {
	for _, s := range benchShapes {
		cols, rows := s[0], s[1]
		b.Run(fmt.Sprintf("%dx%d", rows, cols), func(b *testing.B) {
			l := New(cols)
			l.Moments(l.Full(0), Moments{-1, 1, -1, 2})
			benchmark(b, l, rows, 1, tens(rows*cols), zeros(cols), zeros(cols))
		})
	}
}

func BenchmarkBatchNormGradient(b *testing.B) {
	for _, s := range benchShapes {
		cols, rows := s[0], s[1]
		b.Run(fmt.Sprintf("%dx%d", rows, cols), func(b *testing.B) {
			l := New(cols)
			g := l.Apply(ReLUGrad, l.Full(0), l.Full(1))
			l.Out(1, g)
			l.Sink(4, g, SumOf, OverRows)
			l.Sink(5, l.Apply(Mul, l.Apply(Sub, l.Full(2), l.Row(3)), g), SumOf, OverRows)
			benchmark(b, l, rows, 4, tens(rows*cols), tens(rows*cols), tens(rows*cols), tens(cols), zeros(cols), zeros(cols))
		})
	}
}

func BenchmarkAdam(b *testing.B) {
	n := 1 << 22
	l := New(1)
	c := func(v float32) Value { return l.Const(v) }
	ap := l.Apply
	w, m, v, g := l.Full(0), l.Full(1), l.Full(2), l.Full(3)
	m2 := ap(Add, ap(Mul, m, c(0.9)), ap(Mul, g, c(0.1)))
	v2 := ap(Add, ap(Mul, v, c(0.999)), ap(Mul, ap(Mul, g, g), c(0.001)))
	d := ap(Add, ap(Mul, ap(Sqrt, v2), l.Scalar(5)), c(1e-8))
	l.Out(1, m2)
	l.Out(2, v2)
	l.Out(0, ap(Sub, w, ap(Mul, l.Scalar(4), ap(Div, m2, d))))
	benchmark(b, l, n, 7, zeros(n), zeros(n), zeros(n), tens(n), f32(0.001), f32(1))
}
