package sweep

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Verdict says which variant is best and how sure that is.
type Verdict struct {
	Best, Second *Row
	Method       Method // of the comparison with the second
	Clear        bool   // the best is better than the second by more than noise
	Others       int    // variants with a value, without the best
	Alike        int    // of these, those that can't be told from the best
	Sentences    []string
}

// judge compares the best variant with the others.
func (t *Table) judge() {
	v := &t.Verdict
	if t.Main < 0 {
		v.Sentences = []string{"No variant has scores: there is nothing to compare."}
		return
	}
	v.Best = &t.Rows[0]
	for i := range t.Rows[1:] {
		row := &t.Rows[i+1]
		if row.Against == nil {
			continue
		}
		if v.Second == nil {
			v.Second, v.Method, v.Clear = row, row.Against.Method, row.Against.Apart
		}
		v.Others++
		if !row.Against.Apart {
			v.Alike++
		}
	}
	v.Sentences = append(v.Sentences, t.bestSentence())
	if gates := v.Best.Gates(); len(gates) > 0 {
		v.Sentences = append(v.Sentences, fmt.Sprintf("However, a quality gate failed for it (%s): investigate that before you call it the best.", strings.Join(gates, "; ")))
	}
	if v.Second != nil {
		v.Sentences = append(v.Sentences, t.secondSentence())
	}
	if v.Others > 1 && !v.none() {
		v.Sentences = append(v.Sentences, othersSentence(v.Alike, v.Others))
	}
	switch {
	case v.Second == nil:
	case t.Seeds != nil && (v.Method == Paired || v.Method == Intervals) && v.Best.Cells[t.Main].SD > leastSpread:
		v.Sentences = append(v.Sentences, "The difference is the same for every seed, so the comparison is by photos.")
	case t.Seeds != nil && (v.Method == Paired || v.Method == Intervals):
		v.Sentences = append(v.Sentences, "The seeds make no difference, so the comparison is by photos.")
	case t.Seeds == nil:
		v.Sentences = append(v.Sentences,
			"With one seed, intervals cover the sampling of photos, not the variation between trainings: add `seed` to the sweep for that.")
	}
}

// Gates lists the quality gates that failed in any of a row's variants, each once.
func (r *Row) Gates() []string {
	var gates []string
	for _, run := range r.Runs {
		for _, g := range run.Gates {
			if !slices.Contains(gates, g) {
				gates = append(gates, g)
			}
		}
	}
	return gates
}

// none says that there are other variants, and none of them is worse by more than noise.
func (v *Verdict) none() bool { return v.Others > 0 && v.Alike == v.Others }

func (t *Table) bestSentence() string {
	v := t.Verdict.Best.Cells[t.Main]
	name := t.Verdict.Best.Name
	s := fmt.Sprintf("Best by %s: %s with %s", t.Measures[t.Main].Words(), name, Spread(v))
	switch {
	case t.Verdict.none():
		s = fmt.Sprintf("By %s, no variant was found to differ significantly from the best: %s with %s", t.Measures[t.Main].Words(), name, Spread(v))
	case len(t.Rows) == 1:
		s = fmt.Sprintf("%s is %s", strings.ToUpper(t.Measures[t.Main].Words()[:1])+t.Measures[t.Main].Words()[1:], Spread(v))
	}
	switch {
	case t.Seeds != nil && v.N == 1:
		s += " from one seed"
	case t.Seeds != nil:
		s += fmt.Sprintf(" over %d seeds", v.N)
	}
	if !math.IsNaN(v.Low) {
		s += fmt.Sprintf(", %s CI %s to %s", percentText, decimal(v.Low), decimal(v.High))
	}
	return s + "."
}

const percentText = "95 %"

func (t *Table) secondSentence() string {
	second := t.Verdict.Second
	c := second.Against
	gap := decimal(math.Abs(c.Difference))
	why := ""
	switch c.Method {
	case Tukey:
		why = fmt.Sprintf("Tukey's test over %d variants, p %s", t.Family, PText(c.Adjusted))
		if t.Blocked {
			why = fmt.Sprintf("Tukey's test over %d variants with seeds as blocks, p %s", t.Family, PText(c.Adjusted))
		}
	case Paired:
		why = "sign test on the same photos, p " + PText(c.Adjusted)
		if t.Pairs > 1 {
			why += fmt.Sprintf(" Bonferroni-corrected for %d comparisons", t.Pairs)
		}
	case Intervals:
		switch {
		case c.Apart:
			why = "their intervals do not overlap"
		case c.Overlap:
			why = "their intervals overlap"
		default:
			why = fmt.Sprintf("their intervals do not overlap, but %d comparisons were made", t.Pairs)
		}
	case None:
		return fmt.Sprintf("The second, %s, is %s behind; significance cannot be tested without an interval.", second.Name, gap)
	}
	if c.Apart {
		return fmt.Sprintf("It is significantly better than the second, %s, by %s (%s).", second.Name, gap, why)
	}
	if gap == "0.000" {
		return fmt.Sprintf("The second, %s, is equal to three decimals (%s).", second.Name, why)
	}
	if c.Method == Intervals {
		return fmt.Sprintf("The second, %s, is %s behind, which is inconclusive (%s).", second.Name, gap, why)
	}
	return fmt.Sprintf("The second, %s, is %s behind, which is not significant (%s).", second.Name, gap, why)
}

func othersSentence(alike, others int) string {
	if alike == 0 {
		return fmt.Sprintf("All %d others are significantly worse.", others)
	}
	return fmt.Sprintf("No significant difference from it was found for %d of the %d others.", alike, others)
}

// Words is a measure in a sentence: "recall@1 (garment)".
func (m Measure) Words() string {
	title := m.Title
	if strings.HasPrefix(title, "Recall") || strings.HasPrefix(title, "Precision") || m.By == "background" {
		title = strings.ToLower(title[:1]) + title[1:]
	}
	if m.By != "" {
		title += " (" + m.By + ")"
	}
	return title
}

// Spread writes a value with its standard deviation over seeds: "0.612 ± 0.010".
func Spread(v Value) string {
	if math.IsNaN(v.SD) {
		return decimal(v.Mean)
	}
	return decimal(v.Mean) + " ± " + decimal(v.SD)
}

// decimal writes a number with three decimals; "–" for none.
func decimal(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	s := fmt.Sprintf("%.3f", v)
	if s == "-0.000" {
		return "0.000"
	}
	return s
}

// PText writes a probability after a "p": "= 0.64", "< 0.001". It has a third decimal near where it matters.
func PText(p float64) string {
	switch {
	case p < 0.001:
		return "< 0.001"
	case p < 0.1:
		return fmt.Sprintf("= %.3f", p)
	}
	return fmt.Sprintf("= %.2f", p)
}
