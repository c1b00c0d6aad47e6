package cli

import (
	"os"

	"github.com/spf13/cobra"

	"fashionpipe/pipelines"
)

// experimentFlags are the flags of every command that reads an experiment.
type experimentFlags struct{ set []string }

func (f *experimentFlags) define(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.set, "set", nil, "override a value: `path=value`, such as vars.photos=DIR (repeatable)")
}

// load reads and checks an experiment.
func (f *experimentFlags) load(path string) (*pipelines.Experiment, error) {
	return f.loadTelling(path, nil)
}

// loadTelling is load that tells each file before it is read, also those that the experiment extends.
func (f *experimentFlags) loadTelling(path string, reads func(path string)) (*pipelines.Experiment, error) {
	return pipelines.Load(path, pipelines.Options{Registry: registry, Set: f.set, Getenv: os.LookupEnv, Reads: reads})
}
