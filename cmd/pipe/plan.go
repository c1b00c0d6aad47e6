package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"fashionpipe/dag"
	"fashionpipe/dag/store"
)

func newPlan(s *settings) *cobra.Command {
	var f experimentFlags
	cmd := &cobra.Command{
		Use:   "plan FILE",
		Short: "Say per stage whether it is cached or would run, and why; write nothing",
		Args:  oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			e, err := f.load(args[0])
			if err != nil {
				return wrong(cmd.ErrOrStderr(), err)
			}
			if err := refuseLater(args[0], e); err != nil {
				return err
			}
			st, err := store.Open(s.Store, store.Options{ReadOnly: true})
			if err != nil {
				return err
			}
			p, err := newEngine(s, st).Plan(cmd.Context(), e.Graph)
			if errors.Is(err, context.Canceled) {
				return exit(exitInterrupted)
			}
			if err != nil {
				return err
			}
			for _, w := range p.Warnings {
				fmt.Fprintln(cmd.ErrOrStderr(), "warning:", w)
			}
			return printPlan(cmd.OutOrStdout(), p)
		},
	}
	f.define(cmd)
	return cmd
}

func printPlan(w io.Writer, p *dag.Plan) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	count := map[dag.Outlook]int{}
	var saved time.Duration
	for _, s := range p.Stages {
		count[s.Outlook]++
		saved += s.Took
		why := s.Reason
		switch {
		case s.Err != nil:
			why = s.Err.Error()
		case s.Outlook == dag.IsCached:
			why = fmt.Sprintf("%s, %s of work", size(s.Bytes), took(s.Took))
		}
		fmt.Fprintf(t, "%s\t%s\t%s\n", s.Node.Name, s.Outlook, why)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	var parts []string
	for _, o := range []dag.Outlook{dag.IsCached, dag.WillRun, dag.MayRun, dag.CannotRun} {
		if count[o] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count[o], o))
		}
	}
	_, err := fmt.Fprintf(w, "\n%d stages: %s\n", len(p.Stages), strings.Join(parts, ", "))
	if err == nil && count[dag.CannotRun] > 0 {
		return exit(exitWrong)
	}
	return err
}
