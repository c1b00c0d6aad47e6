package gemm

// The tile of plain Go.
const goMR, goNR = 4, 8

// sums are those of two rows and four columns: as many as fit the registers of most processors with their operands.
type sums [8]float32

// rowsGo is Rows in plain Go.
func rowsGo(c []float32, ldc, rows, cols int, a []float32, off []int, taps, run int, panel []float32, add bool) {
	for r := 0; r < rows; r += 2 {
		below := min(r+1, rows-1) // an odd last row is computed twice
		for j := 0; j < cols; j += 4 {
			var s sums
			for t := range taps {
				s.add(piece(a, off[t*goMR+r], run), piece(a, off[t*goMR+below], run), panel[t*run*goNR+j:])
			}
			s.store(c[r*ldc+j:], c[below*ldc+j:], min(4, cols-j), add)
		}
	}
}

// outerStep is how many outer products outerGo gathers at a time.
const outerStep = 64

// outerGo is Outer in plain Go: it gathers rows and a panel, and goes on as rowsGo does.
func outerGo(c []float32, ldc, rows, cols int, a []float32, off []int, b []float32, ldb int, add bool) {
	var left [goMR][outerStep]float32
	var panel [outerStep * goNR]float32
	var s [goMR / 2][goNR / 4]sums
	for t0 := 0; t0 < len(off); t0 += outerStep {
		n := min(outerStep, len(off)-t0)
		for t := range n {
			for r, v := range piece(a, off[t0+t], rows) {
				left[r][t] = v
			}
			copy(panel[t*goNR:(t+1)*goNR], b[(t0+t)*ldb:][:cols])
		}
		for r := range s {
			for j := range s[r] {
				s[r][j].add(left[2*r][:n], left[2*r+1][:n], panel[4*j:])
			}
		}
	}
	for r := 0; r < rows; r += 2 {
		below := min(r+1, rows-1)
		for j := 0; j < cols; j += 4 {
			part := &s[r/2][j/4]
			if below == r {
				copy(part[4:], part[:4])
			}
			part.store(c[r*ldc+j:], c[below*ldc+j:], min(4, cols-j), add)
		}
	}
}

// add adds the products of x and y, of equal length, with four columns of a panel.
func (s *sums) add(x, y, panel []float32) {
	y = y[:len(x)]
	s0, s1, s2, s3, s4, s5, s6, s7 := s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7]
	for i, u := range x {
		v := y[i]
		p := panel[i*goNR : i*goNR+4 : i*goNR+4]
		s0 += u * p[0]
		s1 += u * p[1]
		s2 += u * p[2]
		s3 += u * p[3]
		s4 += v * p[0]
		s5 += v * p[1]
		s6 += v * p[2]
		s7 += v * p[3]
	}
	*s = sums{s0, s1, s2, s3, s4, s5, s6, s7}
}

// store writes n columns of both rows. The rows may be the same one: the second is written first and once only counts.
func (s *sums) store(top, bottom []float32, n int, add bool) {
	same := &top[0] == &bottom[0]
	for j := range n {
		if !add {
			top[j], bottom[j] = s[j], s[4+j]
			continue
		}
		top[j] += s[j]
		if !same {
			bottom[j] += s[4+j]
		}
	}
}
