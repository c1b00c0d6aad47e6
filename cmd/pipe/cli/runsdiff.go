package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"fashionpipe/dag"
	"fashionpipe/dag/store"
	"fashionpipe/pipelines"
)

func newRunsDiff(s *settings) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:     "diff A B",
		Short:   "Compare two runs: first change, settings and results",
		Example: "  pipe runs diff last~1 last",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 {
				return errors.New("name two runs: pipe runs diff last~1 last")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			st, err := s.openStore(true)
			if err != nil {
				return err
			}
			a, err := findRun(st, args[0])
			if err != nil {
				return err
			}
			b, err := findRun(st, args[1])
			if err != nil {
				return err
			}
			d := dag.CompareRuns(st, a, b, meantBy(st))
			if s.Log == "json" {
				return diffJSON(cmd.OutOrStdout(), a, b, d)
			}
			return diffText(cmd.OutOrStdout(), a, b, d, all)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "also show results that are the same")
	return cmd
}

func diffText(w io.Writer, a, b *dag.RunRecord, d *dag.RunDiff, all bool) error {
	fmt.Fprintf(w, "A  %s  %s, %s\nB  %s  %s, %s\n\n", a.ID, orDash(a.Experiment), a.Status, b.ID, orDash(b.Experiment), b.Status)
	switch {
	case d.First == "" && len(d.Endings) > 0:
		fmt.Fprintln(w, "no settings or inputs differ, but how the same work ended")
	case d.First == "" && len(d.OnlyA)+len(d.OnlyB)+len(d.Unknown) == 0:
		fmt.Fprintln(w, "both did the same work")
	case d.First == "" && len(d.OnlyA) == len(a.Stages):
		fmt.Fprintln(w, "no stage is in both")
	case d.First == "":
		fmt.Fprintln(w, "the stages that can be compared did the same work")
	default:
		fmt.Fprintln(w, hang(fmt.Sprintf("first: %s: %s", d.First, strings.Join(d.Why, ", ")), 80, 7))
	}
	for _, l := range []struct {
		what  string
		names []string
	}{{"only in A", d.OnlyA}, {"only in B", d.OnlyB}, {"not known any more, or not come to", d.Unknown}} {
		if len(l.names) > 0 {
			fmt.Fprintln(w, hang(l.what+": "+few(l.names, 12), 80, 4))
		}
	}
	var params, inputs []dag.Setting
	for _, s := range d.Settings {
		if strings.HasPrefix(s.Name, "input ") {
			inputs = append(inputs, s)
		} else {
			params = append(params, s)
		}
	}
	if err := errors.Join(sideBySide(w, "PARAMETER", params), sideBySide(w, "INPUT", inputs), sideBySide(w, "THE SAME WORK", d.Endings)); err != nil {
		return err
	}
	results := d.Results
	if !all {
		results = nil
		for _, r := range d.Results {
			if r.A != r.B {
				results = append(results, r)
			}
		}
	}
	return resultsSideBySide(w, results)
}

// meantBy reads what a run was to do from the experiment that is kept with it. It is only to explain: where that is gone, or
// was written by a version with other words, nothing is known.
func meantBy(st *store.Store) dag.Meant {
	return func(r *dag.RunRecord) map[string]*dag.Node {
		nodes := map[string]*dag.Node{}
		src, err := os.ReadFile(filepath.Join(st.RunDir(r.ID), "experiment.yaml"))
		if err != nil {
			return nodes
		}
		e, err := pipelines.Parse(r.Experiment, src, pipelines.Options{Registry: registry})
		if err != nil {
			return nodes
		}
		for _, n := range e.Graph.Nodes {
			nodes[n.Name] = n
		}
		return nodes
	}
}

func diffJSON(w io.Writer, a, b *dag.RunRecord, d *dag.RunDiff) error {
	return json.NewEncoder(w).Encode(struct {
		Event    string        `json:"event"`
		A        string        `json:"a"`
		B        string        `json:"b"`
		First    string        `json:"first,omitempty"`
		Why      []string      `json:"why,omitempty"`
		OnlyA    []string      `json:"only_a,omitempty"`
		OnlyB    []string      `json:"only_b,omitempty"`
		Unknown  []string      `json:"unknown,omitempty"`
		Settings []dag.Setting `json:"settings"`
		Results  []dag.Setting `json:"results"`
		Endings  []dag.Setting `json:"endings,omitempty"`
	}{"diff", a.ID, b.ID, d.First, d.Why, d.OnlyA, d.OnlyB, d.Unknown, d.Settings, d.Results, d.Endings})
}
