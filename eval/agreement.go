package eval

import "math"

// Agreement names the measures of Contingency.Agreement, in its order. All are those of scikit-learn:
//
//   - nmi: mutual information over the arithmetic mean of both entropies;
//   - ami: the same corrected for chance (Vinh, Epps & Bailey 2010);
//   - ari: the Rand index corrected for chance (Hubert & Arabie 1985);
//   - homogeneity, completeness and v_measure (Rosenberg & Hirschberg 2007; v_measure equals nmi);
//   - purity: the share of rows in the class most frequent in their cluster.
//
// All are at most 1; ami and ari are 0 for a clustering by chance, and can be below; the others are at least 0. Purity
// and homogeneity grow with the number of clusters.
var Agreement = []string{"nmi", "ami", "ari", "v_measure", "homogeneity", "completeness", "purity"}

// Agreement measures how classes and clusters agree; all NaN without rows.
func (t *Contingency) Agreement() []float64 {
	if t.n == 0 {
		nan := math.NaN()
		return []float64{nan, nan, nan, nan, nan, nan, nan}
	}
	mi, hClass, hCluster := t.mutualInformation(), entropy(t.classes, t.n), entropy(t.clusters, t.n)
	homogeneity, completeness := share(mi, hClass), share(mi, hCluster)
	v := 0.0
	if homogeneity+completeness > 0 {
		v = 2 * homogeneity * completeness / (homogeneity + completeness)
	}
	return []float64{t.nmi(mi, hClass, hCluster), t.ami(mi, hClass, hCluster), t.ARI(), v, homogeneity, completeness, t.purity()}
}

// share is mi/h, and 1 where there is nothing to know.
func share(mi, h float64) float64 {
	if h == 0 {
		return 1
	}
	return mi / h
}

// mutualInformation is that of classes and clusters, in nats.
func (t *Contingency) mutualInformation() float64 {
	if len(t.classes) == 1 || len(t.clusters) == 1 {
		return 0
	}
	var sum float64
	n := float64(t.n)
	for _, c := range t.cells {
		p := float64(c.count) / n
		term := p * (math.Log(float64(c.count)/n) - math.Log(float64(t.classes[c.class])/n*(float64(t.clusters[c.cluster])/n)))
		if math.Abs(term) >= 0x1p-52 {
			sum += term
		}
	}
	return max(0, sum)
}

func entropy(counts []int, n int) float64 {
	if len(counts) == 1 {
		return 0
	}
	var h float64
	for _, c := range counts {
		p := float64(c) / float64(n)
		h -= p * math.Log(p)
	}
	return h
}

func (t *Contingency) nmi(mi, hClass, hCluster float64) float64 {
	if len(t.classes) == 1 && len(t.clusters) == 1 {
		return 1
	}
	if mi == 0 {
		return 0
	}
	return mi / ((hClass + hCluster) / 2)
}

func (t *Contingency) ami(mi, hClass, hCluster float64) float64 {
	switch {
	case len(t.classes) == 1 && len(t.clusters) == 1:
		return 1
	case len(t.classes) == 1 || len(t.clusters) == 1:
		return 0
	}
	expected := expectedInformation(t.classes, t.clusters, t.n)
	// Both are 0 for a perfect match of rows each in a group of its own: the ratio is 1 then.
	return awayFromZero(mi-expected) / awayFromZero((hClass+hCluster)/2-expected)
}

// awayFromZero keeps x from being smaller than its last bit of rounding.
func awayFromZero(x float64) float64 {
	if x < 0 {
		return min(x, -0x1p-52)
	}
	return max(x, 0x1p-52)
}

// ARI is the adjusted Rand index from the counts of pairs of rows.
func (t *Contingency) ARI() float64 {
	var cells, classes, clusters float64
	square := func(v int) float64 { return float64(v) * float64(v) }
	for _, c := range t.cells {
		cells += square(c.count)
	}
	for _, v := range t.classes {
		classes += square(v)
	}
	for _, v := range t.clusters {
		clusters += square(v)
	}
	tp, fp, fn := cells-float64(t.n), clusters-cells, classes-cells
	tn := square(t.n) - fp - fn - cells
	if fp == 0 && fn == 0 {
		return 1
	}
	return 2 * (tp*tn - fn*fp) / ((tp+fn)*(fn+tn) + (tp+fp)*(fp+tn))
}

func (t *Contingency) purity() float64 {
	most := make([]int, len(t.clusters))
	for _, c := range t.cells {
		most[c.cluster] = max(most[c.cluster], c.count)
	}
	sum := 0
	for _, m := range most {
		sum += m
	}
	return float64(sum) / float64(t.n)
}
