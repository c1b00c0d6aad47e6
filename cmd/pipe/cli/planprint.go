package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"fashionpipe/dag"
	"fashionpipe/pipelines"
)

var outlooks = []dag.Outlook{dag.IsCached, dag.WillRun, dag.MayRun, dag.CannotRun}

// printPlan prints a line per stage; of a sweep, one for all variants of a stage unless each is asked for.
func printPlan(w io.Writer, p *dag.Plan, sweep *pipelines.Sweep, each bool) error {
	width := columnsOf(w)
	var rows []row
	if sweep == nil || each {
		for _, s := range p.Stages {
			rows = append(rows, row{[]string{s.Node.Name, string(s.Outlook)}, whyPlanned(s)})
		}
	} else {
		rows = foldPlanned(p)
	}
	if err := printRows(w, rows, width); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%s\n", hangLines(planned(p, sweep), width, 2))
	if err == nil && count(p.Stages)[dag.CannotRun] > 0 {
		return exit(exitWrong)
	}
	return err
}

func whyPlanned(s dag.PlannedStage) string {
	switch {
	case s.Err != nil:
		return s.Err.Error()
	case s.Outlook == dag.IsCached:
		return fmt.Sprintf("%s, %s of work", size(s.Bytes), took(s.Took))
	default:
		return s.Reason
	}
}

// foldPlanned gives a line per stage of the file: how many different variants it has, what becomes of them, and why
// the first of those runs that does; where not all of them say the same, how to see the rest.
func foldPlanned(p *dag.Plan) (rows []row) {
	var order []string
	variants := map[string][]dag.PlannedStage{}
	for _, s := range p.Stages {
		base := s.Node.BaseName()
		if variants[base] == nil {
			order = append(order, base)
		}
		variants[base] = append(variants[base], s)
	}
	for _, base := range order {
		all := variants[base]
		why := ""
		for _, s := range all {
			if s.Outlook == dag.IsCached {
				continue
			}
			if why == "" {
				why = whyPlanned(s)
			} else if why != whyPlanned(s) {
				why += "; other reasons: --each"
				break
			}
		}
		rows = append(rows, row{[]string{base, fmt.Sprintf("×%d", len(all)), countPlanned(all)}, why})
	}
	return rows
}

func count(stages []dag.PlannedStage) map[dag.Outlook]int {
	n := map[dag.Outlook]int{}
	for _, s := range stages {
		n[s.Outlook]++
	}
	return n
}

func countPlanned(stages []dag.PlannedStage) string {
	n := count(stages)
	var parts []string
	for _, o := range outlooks {
		if n[o] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[o], o))
		}
	}
	return strings.Join(parts, ", ")
}

// planned is the last line of a plan: how many stages, what becomes of them, and how much work that may be.
func planned(p *dag.Plan, sweep *pipelines.Sweep) string {
	text := plural(len(p.Stages), "stage")
	if sweep != nil {
		all := 0
		for _, v := range sweep.Variants {
			all += len(v.Nodes)
		}
		text = fmt.Sprintf("%d variants of %d stages, %d of them different", len(sweep.Variants), all, len(p.Stages))
	}
	text += ": " + countPlanned(p.Stages)
	for _, more := range []string{onGPUs(p), expected(p)} {
		if more != "" {
			text += "\n" + more
		}
	}
	return text
}

// onGPUs says how many of the stages that run will have GPUs to themselves, where any will.
func onGPUs(p *dag.Plan) string {
	stages, least, most := 0, p.GPUs, 0
	for _, s := range p.Stages {
		if s.GPUs > 0 {
			stages, least, most = stages+1, min(least, s.GPUs), max(most, s.GPUs)
		}
	}
	each, number := "each ", fmt.Sprint(least)
	if stages == 0 {
		return ""
	}
	if stages == 1 {
		each = ""
	}
	if least < most {
		number = fmt.Sprintf("%d to %d", least, most)
	}
	return fmt.Sprintf("on GPUs: %s, %swith %s of %d to itself", plural(stages, "stage"), each, number, p.GPUs)
}

// expected says how much work there is to do, as far as earlier runs tell. What took some time with other parameters is no
// part of the sum.
func expected(p *dag.Plan) string {
	var sum, otherSum time.Duration
	known, other, unknown := 0, 0, 0
	for _, s := range p.Stages {
		switch {
		case s.Outlook != dag.WillRun && s.Outlook != dag.MayRun:
		case s.Expect == 0:
			unknown++
		case s.ExpectOther:
			other, otherSum = other+1, otherSum+s.Expect
		default:
			known, sum = known+1, sum+s.Expect
		}
	}
	var parts []string
	if known > 0 {
		parts = append(parts, fmt.Sprintf("about %s of work, as earlier runs took", took(sum)))
	}
	if other > 0 {
		parts = append(parts, fmt.Sprintf("%s took %s with other parameters", plural(other, "stage"), took(otherSum)))
	}
	if len(parts) > 0 && unknown > 0 {
		parts = append(parts, plural(unknown, "stage")+" of unknown length")
	}
	return strings.Join(parts, "; ")
}
