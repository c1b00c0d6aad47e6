package gemm

import (
	"fmt"
	"testing"
)

// tileCase is one call of Rows.
type tileCase struct {
	rows, cols, taps, run int
	add                   bool
}

// TestRows: every number of rows and columns, of several sums, with and without addition, some taps in padding.
func TestRows(t *testing.T) {
	everyLevel(t, func(t *testing.T, k kernel) {
		for rows := 1; rows <= k.mr; rows++ {
			for cols := 1; cols <= k.nr; cols++ {
				for _, sum := range [][2]int{{1, 1}, {1, 7}, {3, 5}, {9, 8}, {2, 21}} {
					c := tileCase{rows, cols, sum[0], sum[1], (rows+cols)%2 == 0}
					checkRows(t, k, c)
				}
			}
		}
		for _, run := range []int{2, 3, 4, 6, 16, 31, 64} {
			checkRows(t, k, tileCase{k.mr, k.nr, 4, run, true})
			checkRows(t, k, tileCase{k.mr, k.nr, 4, run, false})
		}
		checkRows(t, k, tileCase{k.mr, k.nr, 0, 5, false})
		checkRows(t, k, tileCase{k.mr, k.nr, 5, 0, true})
		checkRows(t, k, tileCase{0, k.nr, 2, 2, false})
		checkRows(t, k, tileCase{k.mr, 0, 2, 2, false})
	})
}

func checkRows(t *testing.T, k kernel, c tileCase) {
	t.Helper()
	a := random(50+c.run, "a", c.rows, c.cols)
	off := make([]int, c.taps*k.mr)
	for i := range off {
		switch {
		case i%k.mr >= c.rows:
			off[i] = 1 << 50 // must not be looked at
		case i%5 == 3:
			off[i] = ZeroRow(a, c.run)
		default:
			off[i] = i * 17 % 51
		}
	}
	b := random(c.taps*c.run*k.nr, "b")
	ldc := c.cols + 3
	all, dst := newPlace(c.rows, c.cols, ldc, "c")
	before := append([]float32(nil), dst...)
	k.rows(dst, ldc, c.rows, c.cols, a, off, c.taps, c.run, b, c.add)
	if !onlyInside(all, c.rows, c.cols, ldc) {
		t.Fatalf("%+v: wrote elsewhere", c)
	}
	for r := range c.rows {
		for j := range c.cols {
			var s sum
			for i := range c.taps * c.run {
				s.add(piece(a, off[i/c.run*k.mr+r], c.run)[i%c.run], b[i*k.nr+j])
			}
			closeTo(t, &s, dst[r*ldc+j], before[r*ldc+j], c.add, "%+v: row %d, column %d", c, r, j)
		}
	}
}

// closeTo fails unless got is the sum, added to what was before if add.
func closeTo(t *testing.T, s *sum, got, before float32, add bool, format string, args ...any) {
	t.Helper()
	if !add {
		before = 0
	}
	if !s.near(got, before) {
		t.Fatalf("%s: %v, not %v", fmt.Sprintf(format, args...), got, s.value+float64(before))
	}
}

func TestOuter(t *testing.T) {
	everyLevel(t, func(t *testing.T, k kernel) {
		for rows := 0; rows <= k.mr; rows++ {
			for cols := 0; cols <= k.nr; cols++ {
				for _, n := range []int{0, 1, 2, 5, 67} {
					checkOuter(t, k, rows, cols, n, (rows+cols+n)%2 == 0)
				}
			}
		}
	})
}

func checkOuter(t *testing.T, k kernel, rows, cols, n int, add bool) {
	t.Helper()
	a := random(100+rows, "a", rows)
	ldb, ldc := cols+2, cols+5
	b := random(max(0, n-1)*ldb+cols, "b", cols)
	off := make([]int, n)
	for i := range off {
		off[i] = i * 31 % 101
		if i%7 == 3 {
			off[i] = ZeroRow(a, rows)
		}
	}
	all, dst := newPlace(rows, cols, ldc, "c")
	before := append([]float32(nil), dst...)
	k.outer(dst, ldc, rows, cols, a, off, b, ldb, add)
	if !onlyInside(all, rows, cols, ldc) {
		t.Fatalf("%d×%d×%d: wrote elsewhere", rows, cols, n)
	}
	for r := range rows {
		for j := range cols {
			var s sum
			for i, o := range off {
				s.add(piece(a, o, rows)[r], b[i*ldb+j])
			}
			closeTo(t, &s, dst[r*ldc+j], before[r*ldc+j], add, "%d×%d×%d: row %d, column %d", rows, cols, n, r, j)
		}
	}
}

// TestRowByItself: a row of a tile is the same bits, whichever row it is and however many there are.
func TestRowByItself(t *testing.T) {
	everyLevel(t, func(t *testing.T, k kernel) {
		const taps, run = 3, 37
		a, b := random(k.mr*taps*run, "a"), random(taps*run*k.nr, "b")
		off := make([]int, taps*k.mr)
		for i := range off {
			off[i] = i * run
		}
		whole := make([]float32, k.mr*k.nr)
		k.rows(whole, k.nr, k.mr, k.nr, a, off, taps, run, b, false)
		for r := range k.mr {
			for rows := 1; rows <= k.mr; rows++ {
				moved := make([]int, taps*k.mr)
				for tap := range taps {
					for i := range rows {
						moved[tap*k.mr+i] = off[tap*k.mr+(r+1+i)%k.mr]
					}
					moved[tap*k.mr+rows-1] = off[tap*k.mr+r]
				}
				got := make([]float32, k.mr*k.nr)
				k.rows(got, k.nr, rows, k.nr, a, moved, taps, run, b, false)
				for j := range k.nr {
					if got[(rows-1)*k.nr+j] != whole[r*k.nr+j] {
						t.Fatalf("row %d as last of %d: %v, not %v", r, rows, got[(rows-1)*k.nr+j], whole[r*k.nr+j])
					}
				}
			}
		}
	})
}

func TestWrongArguments(t *testing.T) {
	everyLevel(t, func(t *testing.T, k kernel) {
		some, off := make([]float32, 1000), make([]int, 100)
		for name, f := range map[string]func(){
			"too many rows":      func() { k.rows(some, k.nr, k.mr+1, 1, some, off, 1, 1, some, false) },
			"too many columns":   func() { k.outer(some, k.nr, 1, k.nr+1, some, off, some, k.nr, false) },
			"short c":            func() { k.rows(some[:10], 10, 2, 2, some, off, 1, 1, some, false) },
			"short c of outer":   func() { k.outer(some[:10], 10, 2, 2, some, off, some, 2, false) },
			"short panel":        func() { k.rows(some, k.nr, 1, 1, some, off, 2, 3, some[:6*k.nr-1], false) },
			"few offsets":        func() { k.rows(some, k.nr, 2, 1, some, off[:k.mr+1], 2, 1, some, false) },
			"short b":            func() { k.outer(some, k.nr, 1, 4, some, off[:3], some[:11], 4, false) },
			"packing too little": func() { k.pack(some[:k.nr*3-1], Matrix{some, 3, 2, 2, 1}) },
		} {
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("%s: no panic", name)
					}
				}()
				f()
			}()
		}
	})
}
