package cli

import (
	"fmt"
	"math"

	"fashionpipe/internal/sweep"
	"fashionpipe/pipelines"
)

// sweepSize is how large a sweep is; the first line of --log json.
type sweepSize struct {
	Event     string `json:"event"`
	Variants  int    `json:"variants"`
	Stages    int    `json:"stages"`    // of all variants
	Different int    `json:"different"` // those that are the same in several variants counted once
}

func sizeOf(e *pipelines.Experiment) sweepSize {
	s := sweepSize{Event: "sweep", Variants: len(e.Sweep.Variants), Different: len(e.Graph.Nodes)}
	for _, v := range e.Sweep.Variants {
		s.Stages += len(v.Nodes)
	}
	return s
}

// String says it in a line: "108 variants, 1,296 stages, 412 different".
func (s sweepSize) String() string {
	return fmt.Sprintf("%s, %s, %s different", plural(s.Variants, "variant"), plural(s.Stages, "stage"), thousands(s.Different))
}

// sweepSummary is what the last line of --log json says of a sweep.
type sweepSummary struct {
	Variants sweepCounts `json:"variants"`
	Best     *sweepBest  `json:"best,omitempty"`
	Table    string      `json:"table,omitempty"`
}

type sweepCounts struct {
	Total      int `json:"total"`
	OK         int `json:"ok"`
	Failed     int `json:"failed"`
	Incomplete int `json:"incomplete"`
}

// sweepBest is the best variant; numbers that there are none of are left out.
type sweepBest struct {
	Variant string   `json:"variant"`
	Measure string   `json:"measure"`
	Value   float64  `json:"value"`
	SD      *float64 `json:"sd,omitempty"`
	Low     *float64 `json:"low,omitempty"`
	High    *float64 `json:"high,omitempty"`
	Seeds   int      `json:"seeds"`
	Clear   bool     `json:"clear"`            // better than the second by more than noise
	Method  string   `json:"method,omitempty"` // how that was found
	Second  string   `json:"second,omitempty"`
	Alike   int      `json:"alike"` // others that can't be told from it
}

func sweepJSON(t *sweep.Table, shown results) *sweepSummary {
	s := &sweepSummary{Table: shown.Table, Variants: sweepCounts{Total: len(t.Runs)}}
	for _, r := range t.Runs {
		switch {
		case r.Problem != "":
			s.Variants.Failed++
		case r.Missing:
			s.Variants.Incomplete++
		default:
			s.Variants.OK++
		}
	}
	v := t.Verdict
	if v.Best == nil {
		return s
	}
	cell := v.Best.Cells[t.Main]
	s.Best = &sweepBest{
		Variant: v.Best.Name, Measure: t.Measures[t.Main].Name, Value: cell.Mean, SD: known(cell.SD), Low: known(cell.Low),
		High: known(cell.High), Seeds: cell.N, Clear: v.Clear, Method: string(v.Method), Alike: v.Alike,
	}
	if v.Second != nil {
		s.Best.Second = v.Second.Name
	}
	return s
}

// known is nil for NaN, which JSON can't say.
func known(v float64) *float64 {
	if math.IsNaN(v) {
		return nil
	}
	return &v
}
