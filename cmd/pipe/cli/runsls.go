package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"fashionpipe/dag"
	"fashionpipe/dag/store"
)

func newRunsLs(s *settings) *cobra.Command {
	var experiment string
	var most int
	cmd := &cobra.Command{
		Use:   "ls",
		Short: "List runs, newest first, with their main scores",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			st, err := s.openStore(true)
			if err != nil {
				return err
			}
			rows, more, err := listRuns(cmd.ErrOrStderr(), st, experiment, most)
			if err != nil {
				return err
			}
			if len(rows) == 0 && experiment != "" {
				return noRunsOf(st, experiment)
			}
			if s.Log == "json" {
				return jsonLines(cmd.OutOrStdout(), rows)
			}
			return printRuns(cmd.OutOrStdout(), rows, more)
		},
	}
	cmd.Flags().StringVar(&experiment, "experiment", "", "only runs of this `experiment`")
	cmd.Flags().IntVarP(&most, "number", "n", 20, "maximum number of runs; 0 for all")
	return cmd
}

// runRow is a line of `runs ls`.
type runRow struct {
	Event      string        `json:"event"` // run
	ID         string        `json:"id"`
	Experiment string        `json:"experiment"`
	Status     dag.Status    `json:"status"`
	Started    time.Time     `json:"started"`
	Took       float64       `json:"took"` // seconds; 0 where it is not known
	Stages     int           `json:"stages"`
	Ran        int           `json:"ran"`
	Cached     int           `json:"cached"`
	Failed     int           `json:"failed"`
	Other      int           `json:"other"` // skipped, interrupted, or never come to
	Results    []dag.Setting `json:"results,omitempty"`
	*sweepSummary
}

// listRuns reads the newest runs and says how many more there are.
func listRuns(w io.Writer, st *store.Store, experiment string, most int) (rows []runRow, more int, err error) {
	ids, err := st.Runs()
	if err != nil {
		return nil, 0, err
	}
	for i := len(ids) - 1; i >= 0; i-- {
		if most > 0 && len(rows) == most {
			return rows, i + 1, nil
		}
		r, err := dag.ReadRun(st, ids[i])
		if err != nil {
			warnOf(w, err)
			continue
		}
		if experiment == "" || r.Experiment == experiment {
			row := rowOf(r)
			row.headline(st, r)
			rows = append(rows, row)
		}
	}
	return rows, 0, nil
}

// noRunsOf says of which experiments there are runs, where there are none of the one asked for.
func noRunsOf(st *store.Store, experiment string) error {
	docs, _ := dag.ReadRuns(st) // what can't be read was told
	var names []string
	for _, r := range docs {
		if r.Experiment != "" {
			names = append(names, r.Experiment)
		}
	}
	return fmt.Errorf("the store has no runs of experiment %s%s", experiment, insteadOf(experiment, names))
}

func rowOf(r *dag.RunRecord) runRow {
	row := runRow{Event: "run", ID: r.ID, Experiment: r.Experiment, Status: r.Status, Started: r.Started, Stages: len(r.Stages)}
	if row.Started.IsZero() { // killed before its first record
		row.Started = store.RunTime(r.ID)
	}
	if r.Ended != nil {
		row.Took = r.Ended.Sub(r.Started).Seconds()
	}
	for _, s := range r.Stages {
		switch s.State {
		case dag.StateRan:
			row.Ran++
		case dag.StateCached:
			row.Cached++
		case dag.StateFailed:
			row.Failed++
		default:
			row.Other++
		}
	}
	return row
}

func printRuns(w io.Writer, rows []runRow, more int) error {
	if len(rows) == 0 {
		_, err := fmt.Fprintln(w, "no runs")
		return err
	}
	b := &strings.Builder{}
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "RUN\tEXPERIMENT\tAGO\tSTATUS\tTOOK")
	for _, r := range rows {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", r.ID, orDash(clip(r.Experiment, 24)), ago(r.Started, time.Now()), r.Status, tookText(r.Took))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for i, line := range strings.SplitAfter(b.String(), "\n")[:len(rows)+1] {
		fmt.Fprint(w, line)
		if i == 0 || rows[i-1].sums() == "" {
			continue
		}
		text := "    " + rows[i-1].sums()
		if rows[i-1].sweepSummary == nil { // many numbers; of a sweep, one
			text = clip(text, 80)
		}
		fmt.Fprintln(w, hang(text, 80, 6))
	}
	if more > 0 {
		fmt.Fprintf(w, "and %d older (--number 0 lists all)\n", more)
	}
	return nil
}

// sums says how the stages ended, and what came out.
func (r runRow) sums() string {
	text := r.counts()
	if numbers := r.numbers(); numbers != "" {
		text += ": " + numbers
	}
	return text
}

func tookText(seconds float64) string {
	if seconds == 0 {
		return "-"
	}
	return took(time.Duration(seconds * float64(time.Second)))
}

// counts says how the stages ended: "8 cached, 3 ran".
func (r runRow) counts() string {
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{{r.Cached, "cached"}, {r.Ran, "ran"}, {r.Failed, "failed"}, {r.Other, "not done"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	return strings.Join(parts, ", ")
}
