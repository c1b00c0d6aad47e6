package vec

// Plain Go, for machines without AVX2.

// In the three below x has rows of len(acc) columns.

func addColumnsGo(acc, x []float32) {
	for ; len(x) > 0; x = x[len(acc):] {
		for c, v := range x[:len(acc)] {
			acc[c] += v
		}
	}
}

func centredProductsGo(acc, x, mean, y []float32) {
	for ; len(x) > 0; x, y = x[len(acc):], y[len(acc):] {
		for c, v := range x[:len(acc)] {
			acc[c] += float32((v - mean[c]) * y[c])
		}
	}
}

func centredMomentsGo(acc, squares, x, mean []float32) {
	for ; len(x) > 0; x = x[len(acc):] {
		for c, v := range x[:len(acc)] {
			d := v - mean[c]
			acc[c] += d
			squares[c] += float32(d * d)
		}
	}
}
