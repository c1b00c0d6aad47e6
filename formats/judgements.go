package formats

import (
	"errors"
	"fmt"
	"math"
)

// JudgementsFile is the file of a judgements artifact.
const JudgementsFile = "judgements.json"

// Judgements say which of two models' neighbours people find more alike, query by query.
type Judgements struct {
	Images   string `json:"images"`   // digest of the images that people saw
	Ours     string `json:"ours"`     // digests of the neighbours artifacts compared
	Baseline string `json:"baseline"` //
	K        int    `json:"k"`        // neighbours shown of each

	Tally
	Queries int     `json:"queries"` // with an answer
	Others  int     `json:"others"`  // answers in the folder that are about other results, and count nothing
	Judges  []Judge `json:"judges"`  // by name

	WinRate    *float64 `json:"win_rate"` // Ours / (Ours + Baseline) over all answers; nil where nothing is decided
	Low        *float64 `json:"low"`      // its interval; nil where there is none
	High       *float64 `json:"high"`
	Interval   string   `json:"interval"` // how: "wilson" of one judge or where all agree, "bootstrap" over queries else
	Confidence float64  `json:"confidence"`
	Resamples  int      `json:"resamples"` // of the bootstrap

	Signs     Tally    `json:"signs"`     // queries by what most of their decided answers say
	P         float64  `json:"p"`         // of the sign test over Signs, two-sided
	Agreement *float64 `json:"agreement"` // between judges, over Shared; nil where it can't be told
	Measure   string   `json:"measure"`   // of it: "cohen_kappa" of two judges, "krippendorff_alpha" of more; "" of one
	Shared    int      `json:"shared"`    // queries that two judges or more have judged
}

// Tally counts answers.
type Tally struct {
	Won  int `json:"won"`  // ours is more alike
	Lost int `json:"lost"` // the baseline is
	Same int `json:"same"` // about the same
}

// Count is the number of answers.
func (t Tally) Count() int { return t.Won + t.Lost + t.Same }

// Judge is one person's answers.
type Judge struct {
	Name string `json:"name"`
	Tally
	Seconds float64 `json:"seconds"` // median, for an answer
}

type judgementsFile struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	Judgements
}

// WriteJudgements writes judgements.json into dir. It is an error if its counts disagree.
func WriteJudgements(dir string, j *Judgements) error {
	if err := j.check(); err != nil {
		return fmt.Errorf("%s: %w", JudgementsFile, err)
	}
	f := judgementsFile{"judgements", 1, *j}
	f.Judges = append([]Judge{}, f.Judges...)
	return writeJSON(dir, JudgementsFile, f)
}

// ReadJudgements reads judgements.json and checks that its counts agree. A key it doesn't know or another version is an
// error.
func ReadJudgements(dir string) (*Judgements, error) {
	return readJSON(dir, JudgementsFile, parseJudgements)
}

func parseJudgements(b []byte) (*Judgements, error) {
	var f judgementsFile
	if err := unmarshalStrict(b, &f); err != nil {
		return nil, err
	}
	if err := checkVersion(f.Format, f.Version, "judgements"); err != nil {
		return nil, err
	}
	return &f.Judgements, f.check()
}

// CheckJudgements says whether dir is a whole judgements artifact.
func CheckJudgements(dir string) error {
	_, err := ReadJudgements(dir)
	return err
}

func (j *Judgements) check() error {
	var sum Tally
	for _, p := range j.Judges {
		sum = Tally{sum.Won + p.Won, sum.Lost + p.Lost, sum.Same + p.Same}
	}
	switch {
	case sum != j.Tally:
		return fmt.Errorf("the judges' answers are %+v, and all are %+v", sum, j.Tally)
	case j.Signs.Count() != j.Queries || j.Queries > j.Count() || j.Shared > j.Queries:
		return fmt.Errorf("%d queries can't have %d answers, %d signs, %d judged by several", j.Queries, j.Count(), j.Signs.Count(), j.Shared)
	case (j.WinRate == nil) != (j.Won+j.Lost == 0):
		return errors.New("a win rate without decided answers, or the other way round")
	}
	for _, x := range []*float64{j.WinRate, j.Low, j.High, j.Agreement, &j.P, &j.Confidence} {
		if x != nil && (math.IsNaN(*x) || math.IsInf(*x, 0)) {
			return fmt.Errorf("a measure is %v", *x)
		}
	}
	return nil
}
