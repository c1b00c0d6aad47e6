package cli

import (
	"fmt"
	"io"
	"text/tabwriter"

	"fashionpipe/formats"
	"fashionpipe/internal/jury"
)

// printJudgements tells how it stands.
func printJudgements(w io.Writer, t *judged, j *formats.Judgements, answers string) error {
	fmt.Fprintf(w, "%s, %d neighbours of each\n", t, j.K)
	if j.Others > 0 {
		fmt.Fprintf(w, "%s in %s about other results or another --k, not counted\n", plural(j.Others, "line"), answers)
	}
	if j.Count() == 0 {
		_, err := fmt.Fprintf(w, "no answers yet in %s: pipe judge asks for them\n", answers)
		return err
	}
	fmt.Fprintf(w, "%s of %s for %s\n\n", plural(j.Count(), "answer"), plural(len(j.Judges), "judge"), plural(j.Queries, "photo"))
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if j.WinRate != nil {
		fmt.Fprintf(tw, "ours wins\t%.3f%s of %d decided answers\n", *j.WinRate, bounds(j), j.Won+j.Lost)
	} else {
		fmt.Fprintf(tw, "ours wins\tnothing is decided\n")
	}
	fmt.Fprintf(tw, "about the same\t%.0f %% of all answers\n", 100*float64(j.Same)/float64(j.Count()))
	fmt.Fprintf(tw, "sign test\tp %s: %d photos for ours, %d for the baseline, %d for neither\n", jury.PText(j.P), j.Signs.Won, j.Signs.Lost, j.Signs.Same)
	if name := measureName(j.Measure); name != "" {
		value := "can't be told"
		if j.Agreement != nil {
			value = fmt.Sprintf("%.3f (%s) over %s", *j.Agreement, name, plural(j.Shared, "photo"))
		}
		fmt.Fprintf(tw, "agreement\t%s\n", value)
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w)
	tw = tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(tw, "JUDGE\tOURS\tBASELINE\tSAME\tSECONDS\n")
	for _, p := range j.Judges {
		fmt.Fprintf(tw, "%s\t%d\t%d\t%d\t%.1f\n", p.Name, p.Won, p.Lost, p.Same, p.Seconds)
	}
	return tw.Flush()
}

// bounds says what the interval is and how it was made.
func bounds(j *formats.Judgements) string {
	how := map[string]string{"wilson": "Wilson", "bootstrap": "bootstrap over photos"}[j.Interval]
	if j.Low == nil {
		return ""
	}
	return fmt.Sprintf(" [%.3f, %.3f] (%.0f %%, %s)", *j.Low, *j.High, 100*j.Confidence, how)
}

func measureName(measure string) string {
	return map[string]string{"cohen_kappa": "Cohen's kappa", "krippendorff_alpha": "Krippendorff's alpha"}[measure]
}
