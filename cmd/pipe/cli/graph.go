package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"fashionpipe/pipelines"
)

func newGraph() *cobra.Command {
	var f experimentFlags
	cmd := &cobra.Command{
		Use:   "graph FILE",
		Short: "Print the stages of an experiment as a Mermaid diagram",
		Args:  oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			e, err := f.load(args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(cmd.OutOrStdout(), pipelines.Mermaid(e.Graph))
			return err
		},
	}
	f.define(cmd)
	return cmd
}
