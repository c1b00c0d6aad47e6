package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newLint() *cobra.Command {
	var f experimentFlags
	cmd := &cobra.Command{
		Use:   "lint FILE",
		Short: "Check an experiment without running it",
		Args:  oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			e, err := f.load(args[0])
			if err != nil {
				return err
			}
			what := fmt.Sprintf("%d stages", len(e.Graph.Nodes))
			if e.Sweep != nil {
				what = fmt.Sprintf("%d variants, which are %s when each is counted once", len(e.Sweep.Variants), what)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: fine, %s\n", args[0], what)
			return err
		},
	}
	f.define(cmd)
	return cmd
}
