package report

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"fashionpipe/internal/rng"
)

// cloud is n points of d numbers that spread differently in each direction.
func cloud(n, d int) *mat.Dense {
	r := rng.New(5, "cloud", n, d)
	x := mat.NewDense(n, d, nil)
	x.Apply(func(_, j int, _ float64) float64 { return 3 + r.NormFloat64()*math.Pow(0.7, float64(j)) }, x)
	return x
}

// TestPCA compares with gonum's full decomposition.
func TestPCA(t *testing.T) {
	for _, c := range [][2]int{{60, 8}, {20, 40}, {3, 2}, {5, 1}, {30, 30}} {
		x := cloud(c[0], c[1])
		var want stat.PC
		if !want.PrincipalComponents(x, nil) {
			t.Fatal("gonum did not converge")
		}
		vars := want.VarsTo(nil)
		total := 0.0
		for _, v := range vars {
			total += v
		}
		var vectors, coords mat.Dense
		want.VectorsTo(&vectors)
		centred := mat.DenseCopyOf(x)
		center(centred)
		coords.Mul(centred, &vectors)
		got, err := pca(x, 1)
		if err != nil {
			t.Fatal(err)
		}
		for k := range min(2, c[1]) {
			if math.Abs(got.Share[k]-vars[k]/total) > 1e-6 {
				t.Errorf("%v: component %d has %.8f of the variance, want %.8f", c, k, got.Share[k], vars[k]/total)
			}
			for i := range got.At {
				if math.Abs(math.Abs(got.At[i][k])-math.Abs(coords.At(i, k))) > 1e-3 {
					t.Fatalf("%v: point %d lies at %v of component %d, want ±%v", c, i, got.At[i][k], k, coords.At(i, k))
				}
			}
		}
	}
}

func TestPCAOfOnePoint(t *testing.T) {
	x := mat.NewDense(4, 3, []float64{1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3})
	p, err := pca(x, 1)
	if err != nil || p.Share != [2]float64{} {
		t.Errorf("points that coincide have shares %v, %v", p.Share, err)
	}
	for _, a := range fit(p.At) {
		if a != [2]float64{mapWidth / 2, mapHeight / 2} {
			t.Errorf("a collapsed encoder's photo lies at %v, not in the middle", a)
		}
	}
}

func TestFitKeepsShape(t *testing.T) {
	at := fit([][2]float64{{-4, 0}, {4, 0}, {0, 1}})
	for _, p := range at {
		if p[0] < mapMargin-1e-9 || p[0] > mapWidth-mapMargin+1e-9 || p[1] < mapMargin-1e-9 || p[1] > mapHeight-mapMargin+1e-9 {
			t.Errorf("%v lies outside the plane", p)
		}
	}
	if wide, high := at[1][0]-at[0][0], at[0][1]-at[2][1]; math.Abs(wide-8*high) > 1e-9 {
		t.Errorf("8 by 1 became %v by %v", wide, high)
	}
}
