package eval

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"testing"
)

// TestRaters compares with scikit-learn, krippendorff and SciPy: testdata/raters.py.
func TestRaters(t *testing.T) {
	b, err := os.ReadFile("testdata/raters.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Kappas []struct {
			A, B  []int
			Kappa float64
		}
		Alphas []struct {
			Units [][]int
			Alpha float64
		}
		Shares []struct {
			Won, N       int
			Low, High, P float64
		}
	}
	if err := json.Unmarshal(b, &golden); err != nil {
		t.Fatal(err)
	}
	near := func(what string, got, want float64) {
		if math.Abs(got-want) > 1e-12 {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	for _, k := range golden.Kappas {
		near("kappa", CohenKappa(k.A, k.B), k.Kappa)
	}
	for _, a := range golden.Alphas {
		near("alpha", KrippendorffAlpha(a.Units), a.Alpha)
	}
	for _, s := range golden.Shares {
		got := Wilson(s.Won, s.N, 0.95)
		near("share", got.Value, float64(s.Won)/float64(s.N))
		near("low", got.Low, s.Low)
		near("high", got.High, s.High)
		near("p", SignTest(s.Won, s.N-s.Won), s.P)
	}
	if len(golden.Kappas) == 0 || len(golden.Alphas) == 0 || len(golden.Shares) == 0 {
		t.Error("nothing was compared")
	}
}

func TestRatersWithoutAnswers(t *testing.T) {
	for what, v := range map[string]float64{
		"kappa of nobody": CohenKappa(nil, nil), "kappa of one answer only": CohenKappa([]int{1, 1}, []int{1, 1}),
		"alpha of nobody": KrippendorffAlpha(nil), "alpha of single answers": KrippendorffAlpha([][]int{{1}, {2}}),
		"alpha of one answer only": KrippendorffAlpha([][]int{{1, 1}, {1, 1}}), "share of nothing": Wilson(0, 0, 0.95).Value,
	} {
		if !math.IsNaN(v) {
			t.Errorf("%s: %v", what, v)
		}
	}
	if p := SignTest(0, 0); p != 1 {
		t.Errorf("sign test of nothing: %v", p)
	}
}

// TestKappaDoesNotDependOnOrder: answers to the same things in another order are the same agreement, to the last bit.
func TestKappaDoesNotDependOnOrder(t *testing.T) {
	draw := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		a, b := make([]int, 31), make([]int, 31)
		for i := range a {
			a[i], b[i] = draw.IntN(3), draw.IntN(3)
		}
		want := CohenKappa(a, b)
		for range 10 {
			draw.Shuffle(len(a), func(i, j int) { a[i], a[j], b[i], b[j] = a[j], a[i], b[j], b[i] })
			if got := CohenKappa(a, b); got != want {
				t.Fatalf("kappa %v in one order, %v in another", want, got)
			}
		}
	}
}
