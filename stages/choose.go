package stages

import (
	"context"
	"fmt"
	"math"

	"fashionpipe/dag"
	"fashionpipe/formats"
	"fashionpipe/internal/choose"
	"fashionpipe/model/cluster"
)

// choiceDoc is what the kinds say of choosing; theirs is what the list is called.
const choiceDoc = `- silhouette: the highest mean silhouette (Rousseeuw 1987), on at most 2,000
  rows drawn with the seed;
- stability: the highest mean adjusted Rand index between the clusterings of two
  bootstrap resamples, over the rows that both contain; draws is the number of
  pairs of resamples (Ben-Hur et al. 2002; Fang & Wang 2012). Ties go to the
  larger number of clusters`

// defaultDraws is what draws is unless said otherwise.
const defaultDraws = 10

// choosing is a choice among candidates of one parameter.
type choosing struct {
	by, parameter string
	list          string // the parameter that lists the candidates
	draws         int
	values        []float64 // of the parameter
	bandwidths    []float64 // of each, for mean shift; else nil
	fit           func(ctx context.Context, data []float32, candidate int, seed uint64) (*cluster.Result, error)
}

// run clusters data by each candidate; it gives the clustering chosen, and how all did.
func (c choosing) run(ctx context.Context, t *dag.Task, data []float32, dim int) (*cluster.Result, *formats.Choice, error) {
	o := choose.Options{By: choose.Criterion(c.by), Draws: c.draws, Seed: t.Seed, Workers: t.Workers, Progress: func() { t.Report.Add(1) }}
	for i := range c.values {
		o.Values = append(o.Values, float64(i))
	}
	o.Fit = func(ctx context.Context, data []float32, i float64, seed uint64) (*cluster.Result, error) {
		t.Report.Live(fmt.Sprintf("%s %v", c.parameter, c.values[int(i)]))
		return c.fit(ctx, data, int(i), seed)
	}
	t.Report.Start(o.Fits(), "clusterings")
	found, best, err := choose.Choose(ctx, data, dim, o)
	if err != nil {
		return nil, nil, fmt.Errorf("choosing from %s by %s: %w", c.list, c.by, err)
	}
	choice := &formats.Choice{By: c.by, Parameter: c.parameter, Chosen: best}
	if c.by != string(choose.Silhouette) {
		choice.Draws = c.draws
	}
	for i, x := range found {
		row := formats.ChoiceCandidate{Value: c.values[i], Clusters: x.Result.K, Inertia: x.Result.Inertia, Score: known(x.Score), Spread: known(x.Spread)}
		if c.bandwidths != nil {
			row.Bandwidth = &c.bandwidths[i]
		}
		choice.Candidates = append(choice.Candidates, row)
	}
	c.tell(t, choice)
	return found[best].Result, choice, nil
}

// known is nil where x was not measured.
func known(x float64) *float64 {
	if math.IsNaN(x) {
		return nil
	}
	return &x
}

// tell notes what was chosen, and where a better one may lie beyond the candidates.
func (c choosing) tell(t *dag.Task, choice *formats.Choice) {
	best := choice.Candidates[choice.Chosen]
	t.Resultf(c.parameter, "%v, chosen from %d by %s %.3g", best.Value, len(c.values), c.by, *best.Score)
	switch {
	case choice.Chosen == len(c.values)-1:
		t.Warnf(c.list, "%v was chosen, the last of them: a better one may lie beyond; add larger ones", best.Value)
	case choice.Chosen == 0 && best.Value > c.least():
		t.Warnf(c.list, "%v was chosen, the first of them: a better one may lie below; add smaller ones", best.Value)
	}
}

// least is the smallest value that could be a candidate.
func (c choosing) least() float64 {
	if c.parameter != "k" {
		return 0
	}
	return float64(leastK(c.by))
}

// leastK is the fewest clusters that the criterion has a score for.
func leastK(by string) int {
	if by == string(choose.Gap) {
		return 1
	}
	return 2
}

// checkChoice refuses lists of candidates that no choice can be made from, and what goes with choosing only where nothing
// is to be chosen.
func checkChoice[T int | float64](list string, values []T, by, otherwise string, draws int) error {
	if err := atLeastOne("draws", draws); err != nil {
		return err
	}
	switch {
	case len(values) == 0 && by != string(choose.Silhouette):
		return &dag.ParamError{Param: "choose", Msg: fmt.Sprintf("has nothing to choose from: list candidates in %s", otherwise)}
	case draws != defaultDraws && (len(values) == 0 || by == string(choose.Silhouette)):
		return &dag.ParamError{Param: "draws", Msg: "is only for choices by draws: leave it out, or say choose: stability"}
	case draws < 2 && by == string(choose.Gap):
		return &dag.ParamError{Param: "draws", Msg: "must be at least 2 for gap"}
	case len(values) == 1:
		return &dag.ParamError{Param: list, Msg: "must list more than one candidate"}
	}
	for i := 1; i < len(values); i++ {
		if values[i] <= values[i-1] {
			return &dag.ParamError{Param: list, Msg: fmt.Sprintf("must ascend: %v follows %v", values[i], values[i-1])}
		}
	}
	return nil
}
