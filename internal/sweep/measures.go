package sweep

import (
	"math"
	"slices"
	"strings"

	"fashionpipe/formats"
)

// Measure is a number that variants are compared by.
type Measure struct {
	Name   string  // of its column: "garment.recall@1", "kmeans.category.ami", with the stage before it where several give scores
	Title  string  // for people: "Recall@1", "AMI, kmeans"
	By     string  // "garment", "category", or "" where no labels are needed
	Head   bool    // one of the few that are shown first
	Less   bool    // less is better; else more is
	aside  bool    // it describes a variant and doesn't judge it: variants are sorted by it only where people ask for that
	lowest float64 // what it can be at least; at most it is 1
	rank   int     // among those shown first: the lowest is what variants are sorted by
}

// worse says whether a difference from the best is one for the worse.
func (m Measure) worse(difference float64) bool {
	if m.Less {
		return difference > 0
	}
	return difference < 0
}

// role is whose scores count: the baseline is the same in all variants, or at least not what the sweep is about.
const role = "ours"

// found is the value of a measure in one variant.
type found struct {
	Measure
	value, low, high float64 // the bounds NaN where there are none
	chance           float64 // what a random order would reach; NaN where scores don't say
	raw              string  // as the scores call it: "recall@1"
	of               string  // digest of the embeddings whose rows find each other; "" of those that are looked for in a gallery
}

// measuresOf lists what the scores of one variant hold. prefix says whether names begin with the stage.
func measuresOf(r *Run, prefix bool) []found {
	var all []found
	for at, m := range r.Metrics {
		first, of := 100*at, ""
		for _, model := range m.Models {
			if model.Role == role && model.Gallery == "" {
				of = model.Embeddings
			}
		}
		add := func(x Measure, raw string, value, low, high, chance float64) {
			if prefix {
				x.Name = m.Stage + "." + x.Name
				x.Title += " of " + m.Stage
			}
			x.Head, x.rank = x.rank > 0, x.rank+first
			if slices.Contains([]string{"ami", "ari", "silhouette", "excess"}, raw) {
				x.lowest = -1
			}
			all = append(all, found{x, value, low, high, chance, raw, of})
		}
		head := firstRecall(m.Retrieval)
		for _, s := range m.Retrieval {
			if s.Role != role {
				continue
			}
			x := Measure{Name: s.By + "." + s.Measure, Title: measureTitle(s.Measure), By: s.By}
			switch s.Measure {
			case head:
				x.rank = 1 + labelRank(s.By)
			case "top-1": // of consumer-to-shop retrieval, after all others
				x.rank = 99
			}
			add(x, s.Measure, s.Value, s.Low, s.High, s.Chance)
		}
		backgroundMeasures(m, add)
		clusterMeasures(m, add)
	}
	return append(all, encoderMeasures(r)...)
}

// encoderMeasures are what training says of its encoder: the spread that the gate "collapse" looks at.
func encoderMeasures(r *Run) []found {
	var all []found
	for _, e := range r.Encoders {
		m := Measure{Name: e.Stage + ".spread", Title: "Spread, " + e.Stage, aside: true}
		all = append(all, found{m, e.Spread, math.NaN(), math.NaN(), math.NaN(), "spread", ""})
	}
	return all
}

// backgroundRank puts the background behind all else that is shown first.
const backgroundRank = 90

// headBackground are the measures of the background that are shown first.
var headBackground = []string{"sensitivity", "excess"}

// backgroundMeasures are better where the garment counts for more and the background for less.
func backgroundMeasures(m Metrics, add func(x Measure, raw string, value, low, high, chance float64)) {
	for _, s := range m.Background {
		if s.Role != role {
			continue
		}
		x := Measure{Name: "background." + s.Measure, Title: measureTitle(s.Measure), By: "background"}
		x.Less = !strings.HasPrefix(s.Measure, "garment@") && !strings.HasPrefix(s.Measure, "overlap@")
		if i := slices.Index(headBackground, s.Measure); i >= 0 {
			x.rank = backgroundRank + i
		}
		add(x, s.Measure, s.Value, s.Low, s.High, s.Chance)
	}
}

// firstRecall is recall at the smallest k that was measured.
func firstRecall(scores []formats.RetrievalScore) string {
	for _, s := range scores { // evaluate keeps the order of k in its parameters: the first is the one people put first
		if s.Role == role && strings.HasPrefix(s.Measure, "recall@") {
			return s.Measure
		}
	}
	return ""
}

// labelRank puts garments first: finding the same garment is the harder task, and tells variants apart best.
func labelRank(by string) int {
	if by == "garment" {
		return 0
	}
	return 1
}

// headAgreement are the measures of clusters that are shown first, in their order: corrected for chance before others.
var headAgreement = []string{"ami", "ari", "nmi"}

func clusterMeasures(m Metrics, add func(x Measure, raw string, value, low, high, chance float64)) {
	var digests []string
	by := agreementLabel(m.Clusters)
	for _, s := range m.Clusters {
		if s.Role != role {
			continue
		}
		if !slices.Contains(digests, s.Clusters) {
			digests = append(digests, s.Clusters)
		}
		stage := m.Clusterings[s.Clusters]
		if stage == "" {
			stage = s.Algorithm
		}
		x := Measure{Name: stage + "." + s.By + "." + s.Measure, Title: measureTitle(s.Measure) + ", " + stage, By: s.By}
		if s.By == "" {
			x.Name = stage + "." + s.Measure
		}
		if i := slices.Index(headAgreement, s.Measure); i >= 0 && s.By == by {
			x.rank = 3 + 20*i + slices.Index(digests, s.Clusters)
		}
		add(x, s.Measure, s.Value, s.Low, s.High, math.NaN())
	}
}

// agreementLabel is the kind of label that clusters are first compared with: categories where there are any.
func agreementLabel(scores []formats.ClusterScore) string {
	by := ""
	for _, s := range scores {
		if s.By == "category" || by == "" {
			by = s.By
		}
	}
	return by
}

// measureTitle writes a measure as people do.
func measureTitle(m string) string {
	switch m {
	case "nmi", "ami", "ari":
		return strings.ToUpper(m)
	case "r_precision":
		return "R-precision"
	case "map@r":
		return "mAP@R"
	case "v_measure":
		return "V-measure"
	case "":
		return ""
	}
	for raw, written := range map[string]string{"map@": "mAP@", "mrr@": "MRR@", "ndcg@": "nDCG@"} {
		if k, ok := strings.CutPrefix(m, raw); ok {
			return written + k
		}
	}
	return strings.ToUpper(m[:1]) + strings.ReplaceAll(m[1:], "_", " ")
}
