package jury

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"fashionpipe/eval"
	"fashionpipe/formats"
)

// Summarise counts the answers about a subject. Of one person the interval of the win rate is Wilson's; of several it comes
// from resampling queries, since their answers to one query are not independent. Where all of them agree, resamples would
// agree too, so there it is Wilson's over queries.
func Summarise(ctx context.Context, all []Answer, s Subject, b eval.Bootstrap) (*formats.Judgements, error) {
	standing, others := Standing(all, s)
	j := &formats.Judgements{Images: s.Images, Ours: s.Ours, Baseline: s.Baseline, K: s.K, Others: others,
		Confidence: b.Confidence, Resamples: b.Resamples}
	byPerson, byQuery := map[string][]Answer{}, map[string][]Answer{}
	for _, a := range standing {
		count(&j.Tally, a)
		byPerson[a.person()] = append(byPerson[a.person()], a)
		byQuery[a.Query] = append(byQuery[a.Query], a)
	}
	for _, answers := range byPerson {
		j.Judges = append(j.Judges, judgeOf(answers))
	}
	slices.SortFunc(j.Judges, func(a, b formats.Judge) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.Name, b.Name))
	})
	j.Queries = len(byQuery)
	for _, answers := range byQuery {
		sign(&j.Signs, answers)
		if len(answers) > 1 {
			j.Shared++
		}
	}
	j.P = eval.SignTest(j.Signs.Won, j.Signs.Lost)
	agreement(j, byPerson, byQuery)
	return j, winRate(ctx, j, standing, b)
}

func count(t *formats.Tally, a Answer) {
	switch a.Verdict() {
	case Ours:
		t.Won++
	case Baseline:
		t.Lost++
	default:
		t.Same++
	}
}

func judgeOf(answers []Answer) formats.Judge {
	p := formats.Judge{Name: answers[0].Judge}
	var ms []float64
	for _, a := range answers {
		count(&p.Tally, a)
		ms = append(ms, float64(a.MS))
	}
	slices.Sort(ms)
	p.Seconds = (ms[(len(ms)-1)/2] + ms[len(ms)/2]) / 2 / 1000
	return p
}

// sign counts a query for whom most of its decided answers say.
func sign(t *formats.Tally, answers []Answer) {
	var of formats.Tally
	for _, a := range answers {
		count(&of, a)
	}
	switch {
	case of.Won > of.Lost:
		t.Won++
	case of.Lost > of.Won:
		t.Lost++
	default:
		t.Same++
	}
}

// winRate is over decided answers.
func winRate(ctx context.Context, j *formats.Judgements, standing []Answer, b eval.Bootstrap) error {
	if j.Won+j.Lost == 0 {
		return nil
	}
	var in eval.Interval
	if len(j.Judges) == 1 || j.Won == 0 || j.Lost == 0 { // of one judge each answer is a query
		j.Interval, j.Resamples = "wilson", 0
		in = eval.Wilson(j.Signs.Won, j.Signs.Won+j.Signs.Lost, b.Confidence)
	} else {
		j.Interval = "bootstrap"
		slices.SortStableFunc(standing, func(a, b Answer) int { // whatever the files are called
			return cmp.Or(strings.Compare(a.Query, b.Query), strings.Compare(a.person(), b.person()))
		})
		var values []float64
		var groups []int
		group := 0
		for i, a := range standing {
			if i > 0 && a.Query != standing[i-1].Query {
				group++
			}
			switch a.Verdict() {
			case Ours:
				values, groups = append(values, 1), append(groups, group)
			case Baseline:
				values, groups = append(values, 0), append(groups, group)
			}
		}
		var err error
		if in, err = b.Mean(ctx, values, groups); err != nil {
			return err
		}
	}
	j.WinRate, j.Low, j.High = number(in.Value), number(in.Low), number(in.High)
	return nil
}

// agreement is Cohen's kappa of two judges, Krippendorff's alpha of more.
func agreement(j *formats.Judgements, byPerson, byQuery map[string][]Answer) {
	codes := map[string]int{Ours: 0, Baseline: 1, Same: 2}
	switch {
	case len(byPerson) == 2:
		j.Measure = "cohen_kappa"
		var a, b []int
		for _, answers := range byQuery {
			if len(answers) == 2 {
				x, y := answers[0], answers[1]
				if x.person() > y.person() {
					x, y = y, x
				}
				a, b = append(a, codes[x.Verdict()]), append(b, codes[y.Verdict()])
			}
		}
		j.Agreement = number(eval.CohenKappa(a, b))
	case len(byPerson) > 2:
		j.Measure = "krippendorff_alpha"
		var units [][]int
		for _, query := range slices.Sorted(maps.Keys(byQuery)) { // sums of floats depend on their order
			var unit []int
			for _, a := range byQuery[query] {
				unit = append(unit, codes[a.Verdict()])
			}
			units = append(units, unit)
		}
		j.Agreement = number(eval.KrippendorffAlpha(units))
	}
}

// number is nil for NaN.
func number(x float64) *float64 {
	if math.IsNaN(x) {
		return nil
	}
	return &x
}

// Headline says how it stands in a line: "ours 0.64 [0.51, 0.75] of 47 decided answers, p 0.031; 12 % about the same".
func Headline(j *formats.Judgements) string {
	if j.Count() == 0 {
		return "no answers yet"
	}
	same := fmt.Sprintf("%.0f %% about the same", 100*float64(j.Same)/float64(j.Count()))
	if j.WinRate == nil {
		return "nothing decided, " + same
	}
	text := fmt.Sprintf("ours %.2f", *j.WinRate)
	if j.Low != nil {
		text += fmt.Sprintf(" [%.2f, %.2f]", *j.Low, *j.High)
	}
	return fmt.Sprintf("%s of %d decided answers, p %s; %s", text, j.Won+j.Lost, PText(j.P), same)
}

// PText writes a p-value as papers do.
func PText(p float64) string {
	if p < 0.001 {
		return "< 0.001"
	}
	return fmt.Sprintf("%.3f", p)
}
