package gemm

// gathered is a piece of an outer product as rowsGo wants it: rows, and a panel.
type gathered struct {
	n     int
	left  [goMR][gatherStep]float32
	panel [gatherStep * goNR]float32
}

const gatherStep = 64

// outerGo is Outer in plain Go: it gathers some products at a time, and goes on as rowsGo does.
func outerGo(c []float32, ldc, rows, cols int, a []float32, off []int, b []float32, ldb int, add bool) {
	var g gathered
	var s [goMR / 2][(goNR + sumCols - 1) / sumCols]sums
	for t := 0; t < len(off); t += gatherStep {
		g.gather(a, off[t:min(len(off), t+gatherStep)], b[t*ldb:], ldb, rows, cols)
		for r := range s {
			for j := range s[r] {
				s[r][j].add(g.left[2*r][:g.n], g.left[2*r+1][:g.n], g.panel[:], sumCols*j)
			}
		}
	}
	for r := 0; r < rows; r += 2 {
		below := min(r+1, rows-1)
		for j := 0; j < cols; j += sumCols {
			s[r/2][j/sumCols].store(c[r*ldc+j:], c[below*ldc+j:], min(sumCols, cols-j), add)
		}
	}
}

func (g *gathered) gather(a []float32, off []int, b []float32, ldb, rows, cols int) {
	g.n = len(off)
	for t, at := range off {
		if x := piece(a, at, rows); rows == goMR {
			g.left[0][t], g.left[1][t], g.left[2][t], g.left[3][t] = x[0], x[1], x[2], x[3]
		} else {
			for r, v := range x {
				g.left[r][t] = v
			}
		}
		if y := b[t*ldb : t*ldb+cols]; cols == goNR {
			*(*[goNR]float32)(g.panel[t*goNR:]) = [goNR]float32(y)
		} else {
			copy(g.panel[t*goNR:(t+1)*goNR], y)
		}
	}
}
