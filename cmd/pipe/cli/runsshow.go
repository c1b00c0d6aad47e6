package cli

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"fashionpipe/dag"
	"fashionpipe/dag/store"
)

func newRunsShow(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "show [RUN]",
		Short: "Tell of one run, the last if none is named: its stages, why they ran, what they noted",
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
			return showRun(cmd.OutOrStdout(), st, r)
		},
	}
}

func showRun(w io.Writer, st *store.Store, r *dag.RunRecord) error {
	row := rowOf(r)
	fmt.Fprintf(w, "run         %s\nexperiment  %s\nstatus      %s\n", r.ID, orDash(r.Experiment), r.Status)
	fmt.Fprintf(w, "began       %s\n", row.Started.Local().Format(time.DateTime))
	fmt.Fprintf(w, "took        %s\nby          pipe %s, process %d on %s\n", tookText(row.Took), orDash(r.Tool), r.PID, orDash(r.Host))
	fmt.Fprintf(w, "folder      %s\n\n", st.RunDir(r.ID))
	name, state := 0, 0
	for _, s := range r.Stages {
		name, state = max(name, len(s.Name)), max(state, len(stateText(r, s)))
	}
	name = min(name, 24)
	for _, s := range r.Stages {
		line := fmt.Sprintf("%-*s  %-*s", name, s.Name, state, stateText(r, s))
		if s.Digest != "" {
			line += fmt.Sprintf("  %8s  %9s  %s", tookText(cmp.Or(s.Saved, s.Took)), size(s.Bytes), s.Digest.Short())
		}
		if s.Reason != "" {
			line += "  " + s.Reason
		}
		if s.Error != "" {
			line += "  " + firstLine(errors.New(s.Error))
		}
		fmt.Fprintln(w, hang(line, 80, name+2))
		for _, n := range s.Notes {
			text := n.Name + ": " + n.Text
			if n.Level != dag.Result {
				text = string(n.Level) + ": " + text
			}
			fmt.Fprintln(w, hang("    "+text, 80, 8))
		}
	}
	_, err := fmt.Fprintf(w, "\n%s: %s\n", plural(len(r.Stages), "stage"), row.counts())
	return err
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
