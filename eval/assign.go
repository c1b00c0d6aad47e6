package eval

import "math"

// Assign pairs rows with columns, each at most once, so that the sum of the weights of the pairs is as large as can be,
// and gives the column of each row (-1 for none: there are fewer columns than rows). It is the Hungarian method with
// potentials and shortest augmenting paths (Jonker & Volgenant 1987), in O(n²m) steps for n ≤ m. Of several best
// pairings it always gives the same.
func Assign(rows, cols int, weight func(row, col int) int) []int {
	if rows > cols {
		of := Assign(cols, rows, func(c, r int) int { return weight(r, c) })
		out := make([]int, rows)
		for r := range out {
			out[r] = -1
		}
		for c, r := range of {
			out[r] = c
		}
		return out
	}
	a := assignment{
		n: rows, m: cols, weight: weight,
		u: make([]int, rows+1), v: make([]int, cols+1), row: make([]int, cols+1), from: make([]int, cols+1),
	}
	for i := 1; i <= rows; i++ {
		a.add(i)
	}
	out := make([]int, rows)
	for j := 1; j <= cols; j++ {
		if a.row[j] > 0 {
			out[a.row[j]-1] = j - 1
		}
	}
	return out
}

// assignment is the state of Assign. Rows and columns are counted from 1; 0 is none.
type assignment struct {
	n, m   int
	weight func(row, col int) int
	u, v   []int // potentials of rows and columns
	row    []int // of each column
	from   []int // the column before each on the shortest path
}

// add brings a row in along the shortest augmenting path.
func (a *assignment) add(i int) {
	a.row[0] = i
	least := make([]int, a.m+1)
	for j := range least {
		least[j] = math.MaxInt
	}
	done := make([]bool, a.m+1)
	j := 0
	for a.row[j] != 0 {
		done[j] = true
		j = a.step(j, least, done)
	}
	for j != 0 {
		before := a.from[j]
		a.row[j] = a.row[before]
		j = before
	}
}

// step extends the tree of shortest paths from column j and gives the column that is nearest now.
func (a *assignment) step(j int, least []int, done []bool) int {
	i, next, delta := a.row[j], 0, math.MaxInt
	for k := 1; k <= a.m; k++ {
		if done[k] {
			continue
		}
		if cost := -a.weight(i-1, k-1) - a.u[i] - a.v[k]; cost < least[k] {
			least[k], a.from[k] = cost, j
		}
		if least[k] < delta {
			delta, next = least[k], k
		}
	}
	for k := range a.m + 1 {
		if done[k] {
			a.u[a.row[k]] += delta
			a.v[k] -= delta
		} else if least[k] < math.MaxInt {
			least[k] -= delta
		}
	}
	return next
}
