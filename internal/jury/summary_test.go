package jury

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"fashionpipe/eval"
	"fashionpipe/formats"
)

var boot = eval.Bootstrap{Resamples: 500, Confidence: 0.95, Seed: 1, Workers: 1}

// said makes answers: a letter per query, o for ours, b for the baseline, s for the same, - for none.
func said(judge, verdicts string) (all []Answer) {
	for i, v := range verdicts {
		left := []string{Ours, Baseline}[i%2]
		choice := map[rune]string{'s': Same, 'o': Left, 'b': Right}[v]
		if choice == "" {
			continue
		}
		if left == Baseline && choice != Same {
			choice = map[string]string{Left: Right, Right: Left}[choice]
		}
		all = append(all, answerOf(judge, fmt.Sprint("q", i), left, choice))
	}
	return all
}

func summary(t *testing.T, all []Answer) *formats.Judgements {
	t.Helper()
	j, err := Summarise(t.Context(), all, about, boot)
	if err != nil {
		t.Fatal(err)
	}
	if err := formats.WriteJudgements(t.TempDir(), j); err != nil {
		t.Error(err)
	}
	return j
}

func TestSummaryOfOne(t *testing.T) {
	j := summary(t, said("Anna", "ooobbsooos"))
	if j.Tally != (formats.Tally{Won: 6, Lost: 2, Same: 2}) || j.Signs != j.Tally || j.Interval != "wilson" || j.Measure != "" || j.Shared != 0 {
		t.Errorf("%+v", j)
	}
	w := eval.Wilson(6, 8, 0.95)
	if *j.WinRate != 0.75 || *j.Low != w.Low || *j.High != w.High || j.P != eval.SignTest(6, 2) {
		t.Errorf("%v [%v, %v], p %v", *j.WinRate, *j.Low, *j.High, j.P)
	}
	if p := j.Judges[0]; p.Name != "Anna" || p.Seconds != 1.5 {
		t.Errorf("%+v", p)
	}
}

// Of several who all agree each resample is the same; their interval still has a width, that of so few queries.
func TestSummaryOfOneMind(t *testing.T) {
	j := summary(t, slices.Concat(said("Anna", "oos"), said("Bert", "ooo")))
	if w := eval.Wilson(3, 3, 0.95); j.Interval != "wilson" || *j.WinRate != 1 || *j.Low != w.Low || *j.High != w.High || w.Low > 0.5 {
		t.Errorf("%s, %v [%v, %v], wanted %v", j.Interval, *j.WinRate, *j.Low, *j.High, w)
	}
}

func TestSummaryOfSeveral(t *testing.T) {
	anna, bert, cleo := said("Anna", "ooobbso-"), said("Bert", "oobbbsoo"), said("cleo", "osob-so-")
	two := summary(t, slices.Concat(anna, bert))
	if two.Measure != "cohen_kappa" || two.Shared != 7 || two.Queries != 8 || two.Interval != "bootstrap" || two.Low == nil {
		t.Errorf("%+v", two)
	}
	if want := eval.CohenKappa([]int{0, 0, 0, 1, 1, 2, 0}, []int{0, 0, 1, 1, 1, 2, 0}); math.Abs(*two.Agreement-want) > 1e-12 {
		t.Errorf("kappa %v, want %v", *two.Agreement, want)
	}
	three := summary(t, slices.Concat(cleo, anna, bert))
	want := eval.KrippendorffAlpha([][]int{{0, 0, 0}, {0, 0, 2}, {0, 1, 0}, {1, 1, 1}, {1, 1}, {2, 2, 2}, {0, 0, 0}, {0}})
	if three.Measure != "krippendorff_alpha" || math.Abs(*three.Agreement-want) > 1e-12 {
		t.Errorf("%+v, want %v", three, want)
	}
	// q2 is for ours by two to one, q7 by Bert alone, q1 by two with one that sees no difference.
	if three.Signs != (formats.Tally{Won: 5, Lost: 2, Same: 1}) {
		t.Errorf("%+v", three.Signs)
	}
	if names := []string{three.Judges[0].Name, three.Judges[1].Name, three.Judges[2].Name}; !slices.Equal(names, []string{"Anna", "Bert", "cleo"}) {
		t.Error(names)
	}
	again := summary(t, slices.Concat(bert, cleo, anna)) // whatever the order of the files
	if *again.WinRate != *three.WinRate || *again.Low != *three.Low || *again.High != *three.High || *again.Agreement != *three.Agreement {
		t.Errorf("another order gives %+v", again)
	}
}

func TestSummaryOfNothing(t *testing.T) {
	j := summary(t, nil)
	if j.WinRate != nil || j.Count() != 0 || j.P != 1 || Headline(j) != "no answers yet" {
		t.Errorf("%+v", j)
	}
	if j := summary(t, said("Anna", "sss")); j.WinRate != nil || Headline(j) != "nothing decided, 100 % about the same" {
		t.Errorf("%+v: %s", j, Headline(j))
	}
	if h := Headline(summary(t, said("Anna", "ooob"))); h != "ours 0.75 [0.30, 0.95] of 4 decided answers, p 0.625; 0 % about the same" {
		t.Error(h)
	}
}
