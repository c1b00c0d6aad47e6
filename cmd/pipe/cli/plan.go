package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"fashionpipe/dag"
	"fashionpipe/dag/store"
)

func newPlan(s *settings) *cobra.Command {
	var f experimentFlags
	var each bool
	var force, only []string
	cmd := &cobra.Command{
		Use:   "plan FILE",
		Short: "Show what is cached or would run, and why; changes nothing",
		Args:  oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			e, err := f.load(args[0])
			if err != nil {
				return err
			}
			if err := checkBackend(s.Backend, s.GPUs, e.Graph); err != nil {
				return err
			}
			st, err := store.Open(s.Store, store.Options{ReadOnly: true})
			if err != nil {
				return err
			}
			p, err := newEngine(s, st).Plan(cmd.Context(), e.Graph, dag.RunOptions{Force: wholeNames(e.Graph, force), Only: wholeNames(e.Graph, only)})
			if errors.Is(err, context.Canceled) {
				return exit(exitInterrupted)
			}
			if err != nil {
				return unknownStage(err, e)
			}
			if s.Log == "json" {
				return planJSON(cmd.OutOrStdout(), p)
			}
			for _, w := range slices.Concat(p.Lacks, p.Warnings) {
				fmt.Fprintln(cmd.ErrOrStderr(), "warning:", w)
			}
			return printPlan(cmd.OutOrStdout(), p, e.Sweep, each)
		},
	}
	f.define(cmd)
	cmd.Flags().StringArrayVar(&force, "force", nil, "plan as if this `stage` were not cached (repeatable)")
	cmd.Flags().StringArrayVar(&only, "only", nil, "plan only this `stage` and what it needs (repeatable)")
	cmd.Flags().BoolVar(&each, "each", false, "list every variant of a sweep")
	return cmd
}
