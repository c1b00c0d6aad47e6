package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"fashionpipe/dag"
	"fashionpipe/dag/store"
)

func newRunsShow(s *settings) *cobra.Command {
	var each bool
	cmd := &cobra.Command{
		Use:   "show [RUN]",
		Short: "Show a run (default: the last): why stages ran, their results",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			st, err := s.openStore(true)
			if err != nil {
				return err
			}
			r, err := findRun(st, append(args, "last")[0])
			if err != nil {
				return err
			}
			if s.Log == "json" {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(struct {
					Event  string `json:"event"`
					Folder string `json:"folder"`
					*dag.RunRecord
				}{"run", st.RunDir(r.ID), r})
			}
			return showRun(cmd.OutOrStdout(), st, r, each)
		},
	}
	cmd.Flags().BoolVar(&each, "each", false, "show every variant of a sweep")
	return cmd
}

func showRun(w io.Writer, st *store.Store, r *dag.RunRecord, each bool) error {
	row := rowOf(r)
	row.headline(st, r)
	fmt.Fprintf(w, "run         %s\nexperiment  %s\nstatus      %s\n", r.ID, orDash(r.Experiment), r.Status)
	fmt.Fprintf(w, "began       %s\n", row.Started.Local().Format(time.DateTime))
	fmt.Fprintf(w, "took        %s\nby          pipe %s, process %d on %s\n", tookText(row.Took), orDash(r.Tool), r.PID, orDash(r.Host))
	fmt.Fprintf(w, "folder      %s\n\n", st.RunDir(r.ID))
	if isSweep(r) && !each {
		if err := foldRun(w, r); err != nil {
			return err
		}
		if row.sweepSummary != nil {
			fmt.Fprintln(w, hang("\n"+row.numbers(), 80, 4))
		}
	} else {
		showStages(w, r)
	}
	_, err := fmt.Fprintf(w, "\n%s: %s\n", plural(len(r.Stages), "stage"), row.counts())
	return err
}

// foldRun prints a line per stage of the file: how many variants it had, what became of them, and what went wrong first.
func foldRun(w io.Writer, r *dag.RunRecord) error {
	var order []string
	variants := map[string]*dag.RunRecord{}
	for _, s := range r.Stages {
		base := baseOf(s.Name)
		if variants[base] == nil {
			order = append(order, base)
			variants[base] = &dag.RunRecord{}
		}
		variants[base].Stages = append(variants[base].Stages, s)
	}
	var rows []row
	for _, base := range order {
		problem := ""
		for _, s := range variants[base].Stages {
			if s.State == dag.StateFailed {
				problem = s.Name + ": " + gist(s.Error)
				break
			}
		}
		rows = append(rows, row{[]string{base, fmt.Sprintf("×%d", len(variants[base].Stages)), rowOf(variants[base]).counts()}, problem})
	}
	if err := printRows(w, rows, 80); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w, "\nwhy each variant ran and what it noted: --each")
	return err
}

// showStages prints each stage with its notes. What is said of a stage with a longer name than most stands below the name.
func showStages(w io.Writer, r *dag.RunRecord) {
	name, state := 0, 0
	for _, s := range r.Stages {
		name, state = max(name, utf8.RuneCountInString(s.Name)), max(state, len(stateText(r, s)))
	}
	name = min(name, 24)
	for _, s := range r.Stages {
		line := fmt.Sprintf("%-*s  %-*s", name, s.Name, state, stateText(r, s))
		if utf8.RuneCountInString(s.Name) > name {
			fmt.Fprintln(w, s.Name)
			line = fmt.Sprintf("%*s  %-*s", name, "", state, stateText(r, s))
		}
		if s.Digest != "" {
			line += fmt.Sprintf("  %8s  %9s  %s", tookText(cmp.Or(s.Saved, s.Took)), size(s.Bytes), s.Digest.Short())
		}
		if why := whyEnded(s); why != "" {
			line += "  " + why
		}
		fmt.Fprintln(w, strings.TrimRight(hang(line, 80, name+2), " "))
		for _, n := range s.Notes {
			text := of(s.Name, n.Name, n.Text)
			if n.Level != dag.Result {
				text = string(n.Level) + ": " + text
			}
			fmt.Fprintln(w, hang("    "+text, 80, 8))
		}
	}
}

// whyEnded says why a stage ran, and how it failed. One that was stopped has only the cause of all stops for an error.
func whyEnded(s dag.StageRecord) string {
	switch {
	case s.State == dag.StateInterrupted && s.Reason == "":
		return "had not begun"
	case s.Error == "" || s.State == dag.StateInterrupted:
		return s.Reason
	case s.Reason == "":
		return gist(s.Error)
	default:
		return s.Reason + "  " + gist(s.Error)
	}
}

// stateText says how a stage ended; one without a state was being worked on or waited for.
func stateText(r *dag.RunRecord, s dag.StageRecord) string {
	switch {
	case s.State != "":
		return string(s.State)
	case r.Status == dag.StatusRunning:
		return "to do"
	default:
		return "not done"
	}
}
