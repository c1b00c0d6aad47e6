package gemm

// The tile of plain Go.
const goMR, goNR = 4, 8

// sums are those of two rows and three columns. Go's compiler keeps no more of them in registers: of two rows and four
// columns it keeps one in memory, and takes twice as long for each product.
type sums [6]float32

const sumCols = 3

// rowsGo is Rows in plain Go.
func rowsGo(c []float32, ldc, rows, cols int, a []float32, off []int, taps, run int, panel []float32, add bool) {
	for r := 0; r < rows; r += 2 {
		below := min(r+1, rows-1) // an odd last row is computed twice
		for j := 0; j < cols; j += sumCols {
			var s sums
			for t := range taps {
				s.add(piece(a, off[t*goMR+r], run), piece(a, off[t*goMR+below], run), panel[t*run*goNR:], j)
			}
			s.store(c[r*ldc+j:], c[below*ldc+j:], min(sumCols, cols-j), add)
		}
	}
}

// add adds the products of x and y, of equal length, with three columns of a panel from the j-th on, or the last two.
func (s *sums) add(x, y, panel []float32, j int) {
	if j+sumCols > goNR {
		s.addTwo(x, y, panel[j:])
		return
	}
	y, panel = y[:len(x)], panel[j:]
	s0, s1, s2, s3, s4, s5 := s[0], s[1], s[2], s[3], s[4], s[5]
	for i, u := range x {
		v := y[i]
		p := panel[i*goNR : i*goNR+3 : i*goNR+3]
		s0 += u * p[0]
		s1 += u * p[1]
		s2 += u * p[2]
		s3 += v * p[0]
		s4 += v * p[1]
		s5 += v * p[2]
	}
	*s = sums{s0, s1, s2, s3, s4, s5}
}

func (s *sums) addTwo(x, y, panel []float32) {
	y = y[:len(x)]
	s0, s1, s3, s4 := s[0], s[1], s[3], s[4]
	for i, u := range x {
		v := y[i]
		p := panel[i*goNR : i*goNR+2 : i*goNR+2]
		s0 += u * p[0]
		s1 += u * p[1]
		s3 += v * p[0]
		s4 += v * p[1]
	}
	s[0], s[1], s[3], s[4] = s0, s1, s3, s4
}

// store writes n columns of both rows. Where an odd last row has no other, both are this one, and the first counts.
func (s *sums) store(top, bottom []float32, n int, add bool) {
	alone := &top[0] == &bottom[0]
	for j := range n {
		if !add {
			top[j] = 0
		}
		top[j] += s[j]
		if alone {
			continue
		}
		if !add {
			bottom[j] = 0
		}
		bottom[j] += s[sumCols+j]
	}
}
