package eval

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestAssignEqualsSciPy(t *testing.T) {
	b, err := os.ReadFile("testdata/assign.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Rows, Cols, Total int
		Weights, Columns  []int
		Unique            bool // no two pairings are equally good
	}
	if err := json.Unmarshal(b, &cases); err != nil || len(cases) < 8 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	for _, c := range cases {
		got := Assign(c.Rows, c.Cols, func(i, j int) int { return c.Weights[i*c.Cols+j] })
		if sum := total(t, got, c.Cols, c.Weights); sum != c.Total {
			t.Errorf("%d×%d: %d, want %d", c.Rows, c.Cols, sum, c.Total)
		}
		if c.Unique && !slices.Equal(got, c.Columns) {
			t.Errorf("%d×%d: %v, want %v", c.Rows, c.Cols, got, c.Columns)
		}
	}
}

// total checks that columns are taken once, and as many as there can be, and adds the weights up.
func total(t rapid.TB, of []int, cols int, weights []int) int {
	t.Helper()
	sum, taken := 0, map[int]bool{}
	for i, j := range of {
		if j < 0 {
			continue
		}
		if taken[j] || j >= cols {
			t.Fatalf("column %d is taken twice or isn't there: %v", j, of)
		}
		taken[j] = true
		sum += weights[i*cols+j]
	}
	if len(taken) != min(len(of), cols) {
		t.Fatalf("%d pairs of %d rows and %d columns", len(taken), len(of), cols)
	}
	return sum
}

// TestAssignIsBest compares with all pairings there are.
func TestAssignIsBest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, cols := rapid.IntRange(0, 5).Draw(t, "rows"), rapid.IntRange(0, 5).Draw(t, "cols")
		w := rapid.SliceOfN(rapid.IntRange(-3, 20), rows*cols, rows*cols).Draw(t, "weights")
		of := Assign(rows, cols, func(i, j int) int { return w[i*cols+j] })
		if got, best := total(t, of, cols, w), bestOf(rows, cols, w); got != best {
			t.Fatalf("%d, and %d can be had", got, best)
		}
	})
}

// bestOf tries all pairings.
func bestOf(rows, cols int, w []int) int {
	pairs := min(rows, cols)
	best, found := 0, false
	var try func(row, left, sum int, taken uint)
	try = func(row, left, sum int, taken uint) {
		if left == 0 {
			if !found || sum > best {
				best, found = sum, true
			}
			return
		}
		if rows-row < left {
			return
		}
		try(row+1, left, sum, taken)
		for j := range cols {
			if taken&(1<<j) == 0 {
				try(row+1, left-1, sum+w[row*cols+j], taken|1<<j)
			}
		}
	}
	try(0, pairs, 0, 0)
	return best
}
