package report

import (
	"fmt"

	"fashionpipe/formats"
)

// people is what persons said who saw ours and the baseline side by side.
type people struct {
	None    bool // nobody has said anything yet
	K       int
	Verdict verdict
	Facts   []fact
	Method  string // of the interval
	Judges  []personRow
}

// personRow is one person's answers.
type personRow struct {
	Name            string
	Won, Lost, Same string
	Rate            string // of decided answers; "" where there are none
	Seconds         string
}

func newPeople(j *formats.Judgements) *people {
	if j == nil {
		return nil
	}
	p := &people{None: j.Count() == 0, K: j.K, Verdict: peopleVerdict(j), Facts: peopleFacts(j)}
	level := wholePercent(j.Confidence)
	switch j.Interval {
	case "wilson":
		why := "there is one judge"
		if len(j.Judges) > 1 {
			why = "all answers agree"
		}
		p.Method = fmt.Sprintf("The interval of the win rate is a %s Wilson interval over queries, since %s.", level, why)
	case "bootstrap":
		p.Method = fmt.Sprintf("The interval of the win rate is a %s bootstrap interval from %s resamples of queries: answers to the same query are resampled together.",
			level, count(j.Resamples))
	}
	for _, x := range j.Judges {
		r := personRow{Name: x.Name, Won: count(x.Won), Lost: count(x.Lost), Same: count(x.Same), Seconds: decimal(x.Seconds, 1)}
		if n := x.Won + x.Lost; n > 0 {
			r.Rate = decimal(float64(x.Won)/float64(n), 3)
		}
		p.Judges = append(p.Judges, r)
	}
	return p
}

func peopleVerdict(j *formats.Judgements) verdict {
	switch {
	case j.WinRate == nil || j.Low == nil:
		return verdict{"·", "too few answers", "same"}
	case *j.Low > 0.5:
		return verdict{"▲", "people prefer ours", "up"}
	case *j.High < 0.5:
		return verdict{"▼", "people prefer the baseline", "down"}
	}
	return verdict{"≈", "no significant preference", "same"}
}

func peopleFacts(j *formats.Judgements) []fact {
	if j.Count() == 0 {
		return nil
	}
	fs := []fact{
		{"answers", count(j.Count()), ""}, {"queries", count(j.Queries), ""}, {"judges", count(len(j.Judges)), ""},
		{"win rate of ours", winRate(j), ""},
		{"about the same", wholePercent(float64(j.Same) / float64(j.Count())), ""},
		{"sign test over queries", "p " + pText(j.P), ""},
	}
	if name := map[string]string{"cohen_kappa": "agreement (Cohen's κ)", "krippendorff_alpha": "agreement (Krippendorff's α)"}[j.Measure]; name != "" {
		value := "undefined"
		if j.Agreement != nil {
			value = fmt.Sprintf("%s over %s queries", decimal(*j.Agreement, 2), count(j.Shared))
		}
		fs = append(fs, fact{name, value, ""})
	}
	return fs
}

func winRate(j *formats.Judgements) string {
	if j.WinRate == nil {
		return "no preferences"
	}
	text := decimal(*j.WinRate, 3)
	if j.Low != nil {
		text += " " + interval(*j.Low, *j.High, decimal)
	}
	return fmt.Sprintf("%s of %s preferences", text, count(j.Won+j.Lost))
}

// pText writes a p-value as papers do.
func pText(p float64) string {
	if p < 0.001 {
		return "< 0.001"
	}
	return "= " + decimal(p, 3)
}

// peopleTile is the win rate.
func peopleTile(j *formats.Judgements) (tile, bool) {
	if j == nil || j.WinRate == nil {
		return tile{}, false
	}
	v := peopleVerdict(j)
	line := tileLine{Value: decimal(*j.WinRate, 3)}
	if j.Low != nil {
		line.Interval = interval(*j.Low, *j.High, decimal)
	}
	return tile{Name: "People", Note: "win rate of our neighbours over the baseline's; 0.5 is chance", Lines: []tileLine{line}, Verdict: &v}, true
}
