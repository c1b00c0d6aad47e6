package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"fashionpipe/pipelines"
)

// allMistakes are the mistakes of an experiment, told all at once: who asks for them wants to mend them in one go.
type allMistakes struct{ es pipelines.Errors }

func (a allMistakes) Error() string { return a.es.Text() }

// Unwrap lets them be told one by one.
func (a allMistakes) Unwrap() error { return a.es }

func newLint() *cobra.Command {
	var f experimentFlags
	cmd := &cobra.Command{
		Use:   "lint FILE",
		Short: "Check an experiment without running it",
		Args:  oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			e, err := f.load(args[0])
			if es, ok := pipelines.AsErrors(err); ok {
				return allMistakes{es}
			}
			if err != nil {
				return err
			}
			what := plural(len(e.Graph.Nodes), "stage")
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
