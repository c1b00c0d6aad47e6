package pca

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
)

// vectors are n vectors of d numbers, by golden.py's formula.
func vectors(n, d int) []float32 {
	u := make([]float64, n*d)
	for i := range u {
		h := uint32(i)*2654435761 + 12345
		h = (h ^ h>>16) * 0x45D9F3B
		u[i] = float64(h^h>>16)/(1<<32) - 0.5
	}
	x := make([]float32, n*d)
	for i := range x {
		x[i] = float32(u[i]/float64(1+i%d) + 0.3*u[i/d*d])
	}
	return x
}

func TestEqualsScikitLearn(t *testing.T) {
	b, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Cases []struct {
			N, D, K int
			Share   float64
			Rows    [][]float64
		}
	}
	if err := json.Unmarshal(b, &golden); err != nil || len(golden.Cases) == 0 {
		t.Fatal("no cases", err)
	}
	for _, c := range golden.Cases {
		t.Run(fmt.Sprint(c.N, c.D, c.K), func(t *testing.T) {
			x := vectors(c.N, c.D)
			p, err := Fit(x, c.N, c.D, c.K)
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(p.Share()-c.Share) > 1e-9 {
				t.Errorf("share %v, want %v", p.Share(), c.Share)
			}
			got := make([]float32, c.K)
			for i, row := range c.Rows {
				p.Apply(got, x[i*c.D:(i+1)*c.D])
				for j, w := range row {
					if math.Abs(float64(got[j])-w) > 1e-6 {
						t.Errorf("row %d: number %d is %v, want %v", i, j, got[j], w)
					}
				}
			}
		})
	}
}

// TestFlat: what doesn't vary has components of zero, and vectors that are all the same become zero.
func TestFlat(t *testing.T) {
	same := slices.Repeat([]float32{1, 2, 3}, 5)
	p, err := Fit(same, 5, 3, 2)
	if err != nil {
		t.Fatal(err)
	}
	got := []float32{9, 9}
	if p.Apply(got, same[:3]); !slices.Equal(got, []float32{0, 0}) || p.Share() != 0 {
		t.Errorf("%v, share %v", got, p.Share())
	}
	line := []float32{0, 0, 1, 2, 2, 4, 3, 6} // one direction
	if p, err = Fit(line, 4, 2, 2); err != nil {
		t.Fatal(err)
	}
	if p.Apply(got, line[:2]); got[1] != 0 || math.Abs(float64(got[0])+1.5*math.Sqrt(5)) > 1e-6 || math.Abs(p.Share()-1) > 1e-12 {
		t.Errorf("%v, share %v", got, p.Share())
	}
}

func TestTooMany(t *testing.T) {
	for _, k := range []int{0, 3, 5} {
		if _, err := Fit(vectors(3, 4), 3, 4, k); err == nil || !strings.Contains(err.Error(), "at most 2") {
			t.Errorf("%d: %v", k, err)
		}
	}
}
