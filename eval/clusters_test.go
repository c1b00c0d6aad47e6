package eval

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

func agreement(t interface{ Fatal(...any) }, labels []string, clusters []int32) map[string]float64 {
	c, err := Tabulate(labels, clusters)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]float64{}
	for i, v := range c.Agreement() {
		out[Agreement[i]] = v
	}
	return out
}

func TestAgreementProperties(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		a := rapid.SliceOfN(rapid.IntRange(0, 5), 2, 80).Draw(r, "classes")
		b := rapid.SliceOfN(rapid.IntRange(0, 7), len(a), len(a)).Draw(r, "clusters")
		shift := rapid.IntRange(1, 7).Draw(r, "shift")
		var labels, renamed, swapped []string
		var clusters, moved, same []int32
		for i := range a {
			labels, renamed = append(labels, strconv.Itoa(a[i])), append(renamed, strconv.Itoa((a[i]+shift)%6))
			clusters, moved = append(clusters, int32(b[i])), append(moved, int32((b[i]+shift)%8))
			swapped, same = append(swapped, strconv.Itoa(b[i])), append(same, int32(a[i]))
		}
		m := agreement(r, labels, clusters)
		for name, v := range agreement(r, renamed, moved) {
			if math.Abs(v-m[name]) > 1e-9 {
				r.Fatalf("other names give %s %v, not %v", name, v, m[name])
			}
		}
		turned := agreement(r, swapped, same)
		for x, y := range map[string]string{"nmi": "nmi", "ami": "ami", "ari": "ari", "homogeneity": "completeness"} {
			if math.Abs(m[x]-turned[y]) > 1e-9 {
				r.Fatalf("%s is %v, and %s the other way round %v", x, m[x], y, turned[y])
			}
		}
		for name, v := range agreement(r, labels, same) {
			if math.Abs(v-1) > 1e-9 {
				r.Fatalf("%s of a perfect clustering is %v", name, v)
			}
		}
		for name, v := range m {
			if v > 1+1e-9 || v < -1 || math.IsNaN(v) || v < 0 && name != "ami" && name != "ari" {
				r.Fatalf("%s is %v", name, v)
			}
		}
	})
}

func TestChanceIsZero(t *testing.T) {
	var ami, ari float64
	const draws, n = 200, 150
	for s := range draws {
		g := rand.New(rand.NewPCG(uint64(s), 3))
		labels, clusters := make([]string, n), make([]int32, n)
		for i := range labels {
			labels[i], clusters[i] = strconv.Itoa(g.IntN(40)), int32(g.IntN(10))
		}
		m := agreement(t, labels, clusters)
		ami, ari = ami+m["ami"]/draws, ari+m["ari"]/draws
	}
	if math.Abs(ami) > 0.005 || math.Abs(ari) > 0.003 {
		t.Errorf("clusters by chance have a mean AMI of %v and ARI of %v", ami, ari)
	}
}

func TestRowsWithoutLabelAreLeftOut(t *testing.T) {
	with := agreement(t, []string{"a", "", "b", "a", ""}, []int32{0, 1, 1, 0, 0})
	if with["nmi"] != 1 || with["purity"] != 1 {
		t.Errorf("rows without a label count: %v", with)
	}
	for name, v := range agreement(t, []string{"", ""}, []int32{0, 1}) {
		if !math.IsNaN(v) {
			t.Errorf("%s of no rows is %v", name, v)
		}
	}
	if _, err := Tabulate([]string{"a"}, nil); err == nil {
		t.Error("fewer rows than labels are taken")
	}
}

func TestSilhouetteSampleAndLimits(t *testing.T) {
	const n = 900
	g := rand.New(rand.NewPCG(5, 5))
	data, clusters := make([]float32, 2*n), make([]int32, n)
	for i := range clusters {
		clusters[i] = int32(i%4) - 1 // a quarter in no cluster
		data[2*i], data[2*i+1] = float32(g.NormFloat64()+3*float64(i%4)), float32(g.NormFloat64())
	}
	mean := func(limit int) float64 {
		rows, v, err := Silhouette(ctx, data, 2, clusters, limit, 1, 2)
		if err != nil {
			t.Fatal(err)
		}
		want := n * 3 / 4
		if limit > 0 {
			want = limit
		}
		if len(v) != want || len(rows) != want || !slices.IsSorted(rows) {
			t.Fatalf("limit %d: %d rows, want %d", limit, len(v), want)
		}
		var s float64
		for _, x := range v {
			s += x / float64(len(v))
		}
		return s
	}
	if all, some := mean(0), mean(300); math.Abs(all-some) > 0.06 || all < 0.2 {
		t.Errorf("silhouette is %v over all and %v over a sample", all, some)
	}
	for _, c := range [][]int32{{0, 0}, {0, 1}, {-1, -1}, {0, -1}} {
		if _, v, err := Silhouette(ctx, []float32{1, 2}, 1, c, 0, 1, 1); v != nil || err != nil {
			t.Errorf("clusters %v have silhouettes %v (%v)", c, v, err)
		}
	}
}
