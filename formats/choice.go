package formats

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
)

// ChoiceFile lies in a clusters artifact whose number of clusters or bandwidth was chosen among candidates.
const ChoiceFile = "choice.json"

// Choice says how the candidates did.
type Choice struct {
	By         string            `json:"by"`         // "silhouette", "gap" or "stability"
	Parameter  string            `json:"parameter"`  // what was chosen: "k", "quantile" or "bandwidth"
	Draws      int               `json:"draws"`      // gap: sets of rows without clusters; stability: pairs of resamples; else 0
	Chosen     int               `json:"chosen"`     // number of the candidate taken, from 0
	Candidates []ChoiceCandidate `json:"candidates"` // by value, ascending
}

// ChoiceCandidate is a value of the parameter and what it gives.
type ChoiceCandidate struct {
	Value     float64  `json:"value"`
	Bandwidth *float64 `json:"bandwidth"` // mean shift: L2 distance; else nil
	Clusters  int      `json:"clusters"`  // found
	Inertia   float64  `json:"inertia"`
	Score     *float64 `json:"score"`  // nil: the criterion has none for such clusters; higher is better
	Spread    *float64 `json:"spread"` // gap: standard error; stability: standard deviation over pairs; else nil
}

// choiceFile is choice.json.
type choiceFile struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	*Choice
}

func (c *Choice) check() error {
	if c.Chosen < 0 || c.Chosen >= len(c.Candidates) {
		return fmt.Errorf("candidate %d of %d is chosen", c.Chosen, len(c.Candidates))
	}
	if c.Candidates[c.Chosen].Score == nil {
		return errors.New("the candidate chosen has no score")
	}
	for i, x := range c.Candidates {
		if i > 0 && !(x.Value > c.Candidates[i-1].Value) {
			return fmt.Errorf("candidate %v follows %v", x.Value, c.Candidates[i-1].Value)
		}
		for _, v := range []float64{x.Value, x.Inertia, orNaN(x.Score), orNaN(x.Spread), orNaN(x.Bandwidth)} {
			if math.IsInf(v, 0) {
				return fmt.Errorf("candidate %v has a number that is not finite", x.Value)
			}
		}
	}
	return nil
}

func parseChoice(b []byte) (*Choice, error) {
	f := choiceFile{Choice: &Choice{}}
	if err := unmarshalStrict(b, &f); err != nil {
		return nil, err
	}
	if err := checkVersion(f.Format, f.Version, "choice"); err != nil {
		return nil, err
	}
	return f.Choice, f.check()
}

func writeChoice(dir string, c *Choice) error {
	if err := c.check(); err != nil {
		return fmt.Errorf("%s: %w", ChoiceFile, err)
	}
	return writeJSON(dir, ChoiceFile, choiceFile{"choice", 1, c})
}

// readChoice gives nil where there is none, which is right only where clusters were chosen by "".
func readChoice(dir, by string) (*Choice, error) {
	c, err := readJSON(dir, ChoiceFile, parseChoice)
	if errors.Is(err, fs.ErrNotExist) && by == "" {
		return nil, nil
	}
	return c, err
}
