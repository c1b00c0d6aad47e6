package report

import (
	"cmp"
	"slices"
	"strings"

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
	Label     string // how it was made
	Algorithm string
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
					row.Algorithm, row.Label, row.By = s.Algorithm, s.Label, s.By
					row.Model = rowModel(c, s.Role)
				}
				if s.Measure == name && (clusterKey(s) == g || s.By == "" && strings.HasPrefix(g, s.Clusters+"\x00")) {
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
			withLabels[s.Clusters] = true
		}
	}
	var out []formats.ClusterScore
	for _, s := range scores {
		if s.By != "" || !withLabels[s.Clusters] {
			out = append(out, s)
		}
	}
	return out
}

func clusterKey(s formats.ClusterScore) string { return s.Clusters + "\x00" + s.By }

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

// describe says how a clustering was made, as the scores say it where they know it.
func (b *builder) describe(c ClusterTable) string {
	text := c.Meta.Label()
	if b.in.Scores != nil {
		for _, s := range b.in.Scores.Clusters {
			if s.Clusters == c.Digest {
				text = s.Label
			}
		}
	}
	if !c.Meta.Converged {
		text += ", stopped before it converged"
	}
	return text
}
