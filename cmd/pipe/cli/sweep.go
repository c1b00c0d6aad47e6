package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"fashionpipe/dag"
	"fashionpipe/internal/sweep"
	"fashionpipe/pipelines"
)

// thousands writes a whole number with commas from 1,000 up.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// sweepAxes are the axes of a sweep as its table takes them. An axis is one of seeds if it changes nothing else.
func sweepAxes(s *pipelines.Sweep) []sweep.Axis {
	var axes []sweep.Axis
	for _, a := range s.Axes {
		seed := len(a.Paths) > 0
		for _, p := range a.Paths {
			seed = seed && (p == "seed" || strings.HasPrefix(p, "stages.") && strings.HasSuffix(p, ".seed") && strings.Count(p, ".") == 2)
		}
		axes = append(axes, sweep.Axis{Name: a.Name, Values: a.Values, Seed: seed})
	}
	return axes
}

// wholeNames turns the names of stages as the file has them into those of all their nodes. A text that names no stage may
// be several names with commas between; the names of nodes have commas themselves.
func wholeNames(g *dag.Graph, texts []string) []string {
	nodes := map[string][]string{}
	for _, n := range g.Nodes {
		nodes[n.Name] = append(nodes[n.Name], n.Name)
		if n.Base != "" && n.Base != n.Name {
			nodes[n.Base] = append(nodes[n.Base], n.Name)
		}
	}
	var out []string
	for _, text := range texts {
		names := strings.Split(text, ",")
		unknown := func(name string) bool { return nodes[name] == nil }
		if nodes[text] != nil || strings.Contains(text, "@") && slices.ContainsFunc(names, unknown) {
			names = []string{text}
		}
		for _, name := range names {
			if of := nodes[name]; of != nil {
				out = append(out, of...)
			} else {
				out = append(out, name) // the engine says that there is none
			}
		}
	}
	return out
}

// interimTime is how long an interrupted run may take to read the scores that there are: they are worth a look, but whoever
// interrupts wants the end.
const interimTime = 500 * time.Millisecond

// sweepTable makes the result table of a run. Beside a table, an *UnknownMeasureError says that it is sorted by another
// measure: the run is done, and its table is worth more than none. One of a run that was interrupted, or is as it is being
// compared, is interim.
func sweepTable(ctx context.Context, e *pipelines.Experiment, sum *dag.Summary, sort string, memory *sweep.Memory) (*sweep.Table, []sweep.Axis, error) {
	axes := sweepAxes(e.Sweep)
	if sum.Status != dag.StatusInterrupted {
		runs, err := sweepRuns(ctx, e, sum)
		if err != nil {
			return nil, nil, err
		}
		t, err := sweep.New(ctx, axes, runs, sort, memory)
		if ctx.Err() == nil {
			return t, axes, err
		}
	}
	moment, done := context.WithTimeout(context.WithoutCancel(ctx), interimTime)
	defer done()
	runs, err := sweepRuns(moment, e, sum)
	if err != nil {
		return nil, nil, err
	}
	return sweep.Interim(axes, runs, sort), axes, nil
}

// tellSweep prints the table with its verdict on out.
func tellSweep(out io.Writer, e *pipelines.Experiment, sum *dag.Summary, t *sweep.Table, shown results) error {
	b := &strings.Builder{}
	fmt.Fprintf(b, "\n%s: %s, %s in %s\n\n", e.Name, plural(len(e.Sweep.Variants), "variant"), countText(sum), took(sum.Took))
	rest := "table.csv"
	if t.Interim {
		rest = ""
	}
	if text := t.Text(80, 20, rest); text != "" {
		fmt.Fprintln(b, text)
	}
	for _, s := range append(interimSentence(t), t.Verdict.Sentences...) {
		fmt.Fprintln(b, hang(s, 80, 2))
	}
	if len(shown.Reports) > 0 {
		fmt.Fprintf(b, "report: %s\n", shown.Reports[0])
	}
	if shown.Table != "" {
		fmt.Fprintf(b, "table:  %s\n", shown.Table)
	}
	if len(shown.Old) > 0 {
		fmt.Fprintln(b, hang("not renewed by this run: "+few(shown.Old, 5), 80, 4))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// interimSentence says how much of a sweep an interim table has; nothing of any other table.
func interimSentence(t *sweep.Table) []string {
	if !t.Interim {
		return nil
	}
	least := ""
	if slices.ContainsFunc(t.Runs, func(r *sweep.Run) bool { return r.Unread }) {
		least = "at least "
	}
	return []string{fmt.Sprintf("Interrupted, %s%d of %s have scores. The run that ends writes the table and the page, and compares.",
		least, t.Scored(), plural(len(t.Runs), "variant"))}
}

// few lists the first names and counts the rest.
func few(names []string, n int) string {
	if len(names) <= n {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %s more", strings.Join(names[:n], ", "), thousands(len(names)-n))
}

// mostTroubles is how many failed stages of a sweep are told on the screen.
const mostTroubles = 10

// tellSweepTrouble says on w which stages failed and which variants that cost.
func tellSweepTrouble(w io.Writer, sum *dag.Summary, t *sweep.Table) {
	var problems []string
	variants := map[string][]string{}
	for _, r := range t.Failed() {
		if variants[r.Problem] == nil {
			problems = append(problems, r.Problem)
		}
		variants[r.Problem] = append(variants[r.Problem], r.Name)
	}
	for i, p := range problems {
		if i == mostTroubles {
			fmt.Fprintf(w, "\nand %d more failed stages, see the column problem of the table\n", len(problems)-i)
			break
		}
		fmt.Fprintf(w, "\n%s\n", hang("stage "+p, 80, 4))
		fmt.Fprintln(w, hang(fmt.Sprintf("  without it: %s: %s", plural(len(variants[p]), "variant"), few(variants[p], 4)), 80, 4))
	}
	tellSweepGates(w, sum)
	switch sum.Status {
	case dag.StatusInterrupted:
		fmt.Fprintln(w, "\ninterrupted: what is done is kept; run the same command to go on")
	case dag.StatusFailed:
		fmt.Fprintf(w, "\nThe same command runs only what is missing. Log: %s\n", logOf(sum))
	}
}

// tellSweepGates says each failed gate once, with the stages it failed at.
func tellSweepGates(w io.Writer, sum *dag.Summary) {
	var names []string
	stages := map[string][]string{}
	for _, g := range sum.Gates {
		if stages[g.Note.Name] == nil {
			names = append(names, g.Note.Name)
		}
		stages[g.Note.Name] = append(stages[g.Note.Name], g.Stage)
	}
	for _, n := range names {
		fmt.Fprintln(w, hang(fmt.Sprintf("\nGATE FAILED: %s: at %s: %s. To go on all the same, say `allow: [%s]` in the stage.",
			n, plural(len(stages[n]), "stage"), few(stages[n], 4), n), 80, 4))
	}
}
