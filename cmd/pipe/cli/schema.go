package cli

import (
	"github.com/spf13/cobra"

	"fashionpipe/pipelines"
)

func newSchema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print a JSON Schema of experiments, for editors",
		Long: `Prints a JSON Schema (2020-12) of experiment files, with the parameters of every
kind, their descriptions and defaults. Editors with the YAML language server (VS
Code's YAML extension, Neovim, Helix, …) use it for files that begin with

  # yaml-language-server: $schema=experiment.schema.json`,
		Example: `  pipe schema > experiment.schema.json`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			text, err := pipelines.Schema(registry)
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(text)
			return err
		},
	}
}
