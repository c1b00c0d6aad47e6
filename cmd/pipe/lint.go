package main

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
				return wrong(cmd.ErrOrStderr(), err)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: fine, %d stages\n", args[0], len(e.Graph.Nodes))
			return err
		},
	}
	f.define(cmd)
	return cmd
}
