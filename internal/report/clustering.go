package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"fashionpipe/formats"
)

// clusterTable compares clusterings, one a row.
type clusterTable struct {
	Measures []string // headings
	Rows     []clusterRow
}

// clusterRow is one clustering against one kind of label.
type clusterRow struct {
	Model     model
	Algorithm string
	K         int
	By        string
	Cells     []mark // in the order of Measures
}

func newClustering(m *formats.Metrics, c *cast) *clusterTable {
	if m == nil || len(m.Clusters) == 0 {
		return nil
	}
	t := &clusterTable{}
	measures := distinct(m.Clusters, func(s formats.ClusterScore) string { return s.Measure })
	for _, name := range measures {
		t.Measures = append(t.Measures, measureName(name))
	}
	for _, g := range distinct(labelled(m.Clusters), clusterKey) {
		row := clusterRow{}
		for _, name := range measures {
			cell := mark{Value: "–", Missing: true}
			for _, s := range m.Clusters {
				if clusterKey(s) == g {
					row.Algorithm, row.K, row.By = algorithmName(s.Algorithm), s.K, s.By
					row.Model = rowModel(c, s.Role)
				}
				if s.Measure == name && (clusterKey(s) == g || s.By == "" && sameClustering(s, g)) {
					cell = newMark(rowModel(c, s.Role), measureAxis(m.Clusters, name), s.Value, s.Low, s.High)
				}
			}
			row.Cells = append(row.Cells, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	group(t.Rows)
	return t
}

// group puts rows that can be compared side by side: first by what the labels are, then by algorithm, each in the
// order of the scores.
func group(rows []clusterRow) {
	bys := distinct(rows, func(r clusterRow) string { return r.By })
	algorithms := distinct(rows, func(r clusterRow) string { return r.Algorithm })
	slices.SortStableFunc(rows, func(a, b clusterRow) int {
		return cmp.Or(cmp.Compare(slices.Index(bys, a.By), slices.Index(bys, b.By)),
			cmp.Compare(slices.Index(algorithms, a.Algorithm), slices.Index(algorithms, b.Algorithm)))
	})
}

// labelled leaves out the scores without labels (silhouette) where the same clustering has some with labels: they then
// share its row.
func labelled(scores []formats.ClusterScore) []formats.ClusterScore {
	withLabels := map[string]bool{}
	for _, s := range scores {
		if s.By != "" {
			withLabels[clusteringKey(s)] = true
		}
	}
	var out []formats.ClusterScore
	for _, s := range scores {
		if s.By != "" || !withLabels[clusteringKey(s)] {
			out = append(out, s)
		}
	}
	return out
}

func clusteringKey(s formats.ClusterScore) string {
	return fmt.Sprintf("%s\x00%s\x00%d", s.Role, s.Algorithm, s.K)
}

func clusterKey(s formats.ClusterScore) string { return clusteringKey(s) + "\x00" + s.By }

func sameClustering(s formats.ClusterScore, key string) bool {
	prefix := clusteringKey(s) + "\x00"
	return len(key) >= len(prefix) && key[:len(prefix)] == prefix
}

func rowModel(c *cast, role string) model {
	if m, ok := c.role(role); ok {
		return m
	}
	return model{Role: role, Name: role}
}

// measureAxis is 0 … 1, or −1 … 1 where some value or bound of the measure is negative.
func measureAxis(scores []formats.ClusterScore, measure string) axis {
	for _, s := range scores {
		if s.Measure == measure && (s.Value < 0 || s.Low < 0) {
			return axis{low: -1, high: 1}
		}
	}
	return axis{low: 0, high: 1}
}

func algorithmName(a string) string {
	switch a {
	case "kmeans":
		return "k-means"
	case "meanshift":
		return "mean shift"
	}
	return a
}

// describe says how a clustering was made.
func describe(m formats.ClustersMeta) string {
	s := algorithmName(m.Algorithm)
	if m.Kernel != "" {
		s += ", " + m.Kernel + " kernel"
	}
	if m.Bandwidth > 0 && !math.IsNaN(m.Bandwidth) {
		s += ", bandwidth " + short(m.Bandwidth)
	}
	s += ", " + plural(m.K, "cluster", "clusters")
	if !m.Converged {
		s += ", stopped before it converged"
	}
	return s
}
