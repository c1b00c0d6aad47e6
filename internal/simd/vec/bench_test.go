package vec

import (
	"testing"

	"fashionpipe/internal/simd"
)

// Blocks of 1024 numbers, in the first-level cache. GB/s counts what is read and what is written.
func BenchmarkBlock(b *testing.B) {
	const n = 1024
	r := random(8)
	x, y, z := normals(r, n), normals(r, n), normals(r, n)
	dst, mask, found := make([]float32, n), make([]float32, n), make([]int32, n)
	bytes, truths := make([]uint8, n), make([]bool, n)
	acc, mean, wide := make([]float32, 256), normals(r, 256), make([]float64, n)
	CompareScalar(Less, mask, x, 0)
	for _, c := range []struct {
		name  string
		bytes int
		run   func()
	}{
		{"Add", 12 * n, func() { Add(dst, x, y) }},
		{"Max", 12 * n, func() { Max(dst, x, y) }},
		{"Div", 12 * n, func() { Div(dst, x, y) }},
		{"MulAdd", 16 * n, func() { MulAdd(dst, x, y, z) }},
		{"MulScalar", 8 * n, func() { MulScalar(dst, x, 3) }},
		{"MaxScalar", 8 * n, func() { MaxScalar(dst, x, 0) }},
		{"Fill", 4 * n, func() { Fill(dst, 3) }},
		{"Sqrt", 8 * n, func() { Sqrt(dst, z) }},
		{"Rsqrt", 8 * n, func() { Rsqrt(dst, z) }},
		{"Round", 8 * n, func() { Round(dst, z) }},
		{"Sign", 8 * n, func() { Sign(dst, z) }},
		{"Exp", 8 * n, func() { Exp(dst, x) }},
		{"Log", 8 * n, func() { Log(dst, x) }},
		{"Tanh", 8 * n, func() { Tanh(dst, x) }},
		{"Logistic", 8 * n, func() { Logistic(dst, x) }},
		{"Compare", 12 * n, func() { Compare(Less, dst, x, y) }},
		{"Select", 16 * n, func() { Select(dst, mask, x, y) }},
		{"ReLUGrad", 12 * n, func() { ReLUGrad(dst, x, y) }},
		{"FromUint8", 5 * n, func() { FromUint8(dst, bytes) }},
		{"ToUint8", 5 * n, func() { ToUint8(bytes, x) }},
		{"MaskToBool", 5 * n, func() { MaskToBool(truths, mask) }},
		{"Sum", 4 * n, func() { Sum(x) }},
		{"Maximum", 4 * n, func() { Maximum(x) }},
		{"DotF64", 8 * n, func() { DotF64(x, y) }},
		{"SquaredDistanceF64", 8 * n, func() { SquaredDistanceF64(x, y) }},
		{"SquaredDistanceToF64", 12 * n, func() { SquaredDistanceToF64(x, wide) }},
		{"ScaledSquaredDistanceF64", 8 * n, func() { ScaledSquaredDistanceF64(x, 0.5, y, 0.25) }},
		{"AddF64", 20 * n, func() { AddF64(wide, x) }},
		{"AddColumns/256", 4 * n, func() { AddColumns(acc, x, n/256, 256) }},
		{"AddColumns/64", 4 * n, func() { AddColumns(acc[:64], x, n/64, 64) }},
		{"AddColumns/16", 4 * n, func() { AddColumns(acc[:16], x, n/16, 16) }},
		{"AddColumns/3", 4 * 1023, func() { AddColumns(acc[:3], x[:1023], 341, 3) }},
		{"CentredProducts/64", 8 * n, func() { CentredProducts(acc[:64], x, mean[:64], y, n/64, 64) }},
		{"CentredProducts/3", 8 * 1023, func() { CentredProducts(acc[:3], x[:1023], mean[:3], y[:1023], 341, 3) }},
		{"Below/none", 4 * n, func() { Below(found, x, -100) }},
		{"Below/2%", 4 * n, func() { Below(found, x, -2.05) }},
		{"Below/half", 4 * n, func() { Below(found, x, 0) }},
		{"BelowSum/none", 8 * n, func() { BelowSum(found, x, y, -1, -100) }},
		{"BelowSum/2%", 8 * n, func() { BelowSum(found, x, y, -1, -2.9) }},
		{"Transpose/32x32", 8 * n, func() { Transpose(dst, x, 32, 32, 32, 32) }},
		{"Transpose/36x28", 8 * 36 * 28, func() { Transpose(dst, x, 36, 28, 36, 28) }},
		{"Transpose/341x3", 8 * 1023, func() { Transpose(dst, x, 341, 3, 341, 3) }},
	} {
		benchLevels(b, c.name, c.bytes, c.run)
	}
}

// The cost of a call that does nearly nothing.
func BenchmarkCall(b *testing.B) {
	x, y := make([]float32, 16), make([]float32, 17)
	benchLevels(b, "Add/0", 0, func() { Add(x[:0], x[:0], x[:0]) })
	benchLevels(b, "Add/16", 0, func() { Add(x, x, x) })
	benchLevels(b, "Add/17", 0, func() { Add(y, y, y) })
	benchLevels(b, "Exp/16", 0, func() { Exp(x, x) })
}

func benchLevels(b *testing.B, name string, bytes int, run func()) {
	defer func(old simd.Level) { level = old }(level)
	for level = simd.Best(); ; level-- {
		b.Run(name+"/"+level.String(), func(b *testing.B) {
			b.SetBytes(int64(bytes))
			for b.Loop() {
				run()
			}
		})
		if level == simd.None {
			return
		}
	}
}
