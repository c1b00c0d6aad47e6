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
		Use:   "lint FILE...",
		Short: "Check experiments without running them",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return nil
			}
			return oneFile(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			var mistakes pipelines.Errors
			for _, file := range args {
				e, err := f.load(file)
				if es, ok := pipelines.AsErrors(err); ok {
					mistakes = append(mistakes, es...)
					continue
				}
				if err != nil {
					return err
				}
				if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%s: fine, %s\n", file, extent(e)); err != nil {
					return err
				}
			}
			if mistakes != nil {
				return allMistakes{mistakes}
			}
			return nil
		},
	}
	f.define(cmd)
	return cmd
}

// extent says how much there is to an experiment.
func extent(e *pipelines.Experiment) string {
	what := plural(len(e.Graph.Nodes), "stage")
	if e.Sweep != nil {
		what = fmt.Sprintf("%d variants, which are %s when each is counted once", len(e.Sweep.Variants), what)
	}
	return what
}
