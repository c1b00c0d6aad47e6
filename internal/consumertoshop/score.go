package consumertoshop

import (
	"context"
	"fmt"
	"math"
	"slices"

	"fashionpipe/eval"
	"fashionpipe/formats"
)

// Model is a result to score, with what is to be said of whose it is.
type Model struct {
	formats.MetricsModel
	Results []formats.ShopResult
	Gallery []Item // what could be retrieved; nil where that is not known, and chance levels with it
}

// Teller takes what a person should know.
type Teller interface {
	Resultf(name, format string, args ...any)
	Warnf(name, format string, args ...any)
}

// Measures names the accuracies: top-1, top-5, ….
func Measures() []string {
	var names []string
	for _, k := range Ks {
		names = append(names, fmt.Sprintf("top-%d", k))
	}
	return names
}

// Score scores ours, then the baseline if there is one, in one setting. labels are those of the truth's queries, for the
// accuracy of groups; nil where they are not known. Intervals are of resampled pairs, as those of package judge.
func Score(ctx context.Context, t Truth, labels []formats.Labels, boxes string, models []Model, b eval.Bootstrap, tell Teller) (*formats.Metrics, error) {
	s := &scoring{truth: t, labels: labels, bootstrap: b, models: models,
		metrics: &formats.Metrics{Confidence: b.Confidence, Resamples: b.Resamples, Protocol: &formats.Protocol{Boxes: boxes, Gallery: len(t.Gallery)}}}
	for _, m := range models {
		s.answers = append(s.answers, Match(t, m.Results))
	}
	if len(s.answers[0]) == 0 {
		return nil, fmt.Errorf("none of the %d items of user photos has a style above 0: there is nothing to look for", len(t.Queries))
	}
	s.count(tell)
	if err := s.overall(ctx); err != nil {
		return nil, err
	}
	if err := s.groups(ctx); err != nil {
		return nil, err
	}
	s.headlines(tell)
	return s.metrics, nil
}

type scoring struct {
	truth     Truth
	labels    []formats.Labels
	bootstrap eval.Bootstrap
	models    []Model
	answers   [][]Answer // per model; all of the same queries
	metrics   *formats.Metrics
}

// count says which queries count as missed, and why.
func (s *scoring) count(tell Teller) {
	p := s.metrics.Protocol
	p.Queries = len(s.answers[0])
	for _, a := range s.answers[0] {
		if !a.Available {
			p.Unavailable++
		}
	}
	if p.Unavailable == p.Queries {
		tell.Warnf("not in the shop", "none of %d queries has a shop item of its garment: all count as missed", p.Queries)
	} else if p.Unavailable > 0 {
		tell.Warnf("not in the shop", "%d of %d queries have no shop item of their garment and count as missed: leaving them out would make "+
			"each accuracy %.3f times as large", p.Unavailable, p.Queries, float64(p.Queries)/float64(p.Queries-p.Unavailable))
	}
	for i, m := range s.models {
		s.metrics.Models = append(s.metrics.Models, m.MetricsModel)
		missed := 0
		for _, a := range s.answers[i] {
			if a.Result < 0 {
				missed++
			}
		}
		p.Models = append(p.Models, formats.ProtocolModel{Role: m.Role, Results: len(m.Results), Missed: missed})
		if missed > 0 {
			tell.Warnf("no result ("+m.Role+")", "%d of %d queries have no result of their category and count as missed", missed, p.Queries)
		}
	}
}

// values are 1 or 0 per query of some places among the answers, and per k.
func (s *scoring) values(model int, places []int) [][]float64 {
	rows := make([][]float64, len(places))
	for i, at := range places {
		for _, k := range Ks {
			v := 0.0
			if s.answers[model][at].Hit(k) {
				v = 1
			}
			rows[i] = append(rows[i], v)
		}
	}
	return rows
}

// compare scores all models over some of the answers.
func (s *scoring) compare(ctx context.Context, places []int) (scores [][]eval.Interval, differences []eval.Interval, err error) {
	var values [][][]float64
	for m := range s.models {
		values = append(values, s.values(m, places))
	}
	pairs, of := make([]int, len(places)), map[int64]int{}
	for i, at := range places {
		pair := s.truth.Queries[s.answers[0][at].Query].Pair
		if _, ok := of[pair]; !ok {
			of[pair] = len(of)
		}
		pairs[i] = of[pair]
	}
	return s.bootstrap.Compare(ctx, values, len(Ks), pairs)
}

func (s *scoring) overall(ctx context.Context) error {
	all := make([]int, len(s.answers[0]))
	for i := range all {
		all[i] = i
	}
	scores, differences, err := s.compare(ctx, all)
	if err != nil {
		return err
	}
	by := s.metrics.Protocol.Boxes
	for m, model := range s.models {
		byChance := slices.Repeat([]float64{math.NaN()}, len(Ks))
		if model.Gallery != nil {
			byChance = chance(s.truth, s.answers[m], model.Gallery)
		}
		for i, measure := range Measures() {
			v := scores[m][i]
			s.metrics.Retrieval = append(s.metrics.Retrieval, formats.RetrievalScore{Role: model.Role, By: by, Measure: measure,
				Value: v.Value, Low: v.Low, High: v.High, Chance: byChance[i], Queries: len(all)})
		}
	}
	for i, d := range differences {
		s.metrics.Difference = append(s.metrics.Difference, formats.Difference{By: by, Measure: Measures()[i], Value: d.Value, Low: d.Low, High: d.High})
	}
	return nil
}

// attributes are the variations of the paper's table, with the names of their levels 1 to 3.
var attributes = []struct {
	name   string
	levels [3]string
	of     func(formats.Labels) int32
}{
	{"scale", [3]string{"small", "moderate", "large"}, func(l formats.Labels) int32 { return l.Scale }},
	{"occlusion", [3]string{"slight", "medium", "heavy"}, func(l formats.Labels) int32 { return l.Occlusion }},
	{"zoom_in", [3]string{"no", "medium", "large"}, func(l formats.Labels) int32 { return l.ZoomIn }},
	{"viewpoint", [3]string{"no wear", "frontal", "side or back"}, func(l formats.Labels) int32 { return l.Viewpoint }},
}

// groups scores the queries of each level of each variation.
func (s *scoring) groups(ctx context.Context) error {
	if s.labels == nil {
		return nil
	}
	for _, a := range attributes {
		for level, name := range a.levels {
			var places []int
			for i, answer := range s.answers[0] {
				if int(a.of(s.labels[answer.Query])) == level+1 {
					places = append(places, i)
				}
			}
			if len(places) == 0 {
				continue
			}
			scores, _, err := s.compare(ctx, places)
			if err != nil {
				return err
			}
			for m, model := range s.models {
				for i, measure := range Measures() {
					v := scores[m][i]
					s.metrics.Protocol.Groups = append(s.metrics.Protocol.Groups, formats.GroupScore{Role: model.Role, Attribute: a.name, Level: level + 1,
						Name: name, Queries: len(places), Measure: measure, Value: v.Value, Low: v.Low, High: v.High})
				}
			}
		}
	}
	return nil
}

// headlines tells the first and the last accuracy, with their setting.
func (s *scoring) headlines(tell Teller) {
	setting := SettingName(s.metrics.Protocol.Boxes)
	for _, measure := range []string{Measures()[0], Measures()[len(Ks)-1]} {
		text := ""
		for _, r := range s.metrics.Retrieval {
			if r.Measure != measure {
				continue
			}
			if text != "" {
				text += ", " + r.Role + " "
			}
			text += bounds("%.3f", r.Value, r.Low, r.High)
			if s.metrics.Models[slices.IndexFunc(s.metrics.Models, func(m formats.MetricsModel) bool { return m.Role == r.Role })].Random {
				text += " (random weights)"
			}
		}
		for _, d := range s.metrics.Difference {
			if d.Measure == measure {
				text += ", difference " + bounds("%+.3f", d.Value, d.Low, d.High)
			}
		}
		tell.Resultf(measure+" ("+setting+")", "%s", text)
	}
}

func bounds(format string, value, low, high float64) string {
	if math.IsNaN(low) {
		return fmt.Sprintf(format, value)
	}
	return fmt.Sprintf(format+" ["+format+", "+format+"]", value, low, high)
}
