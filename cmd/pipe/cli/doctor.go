package cli

import (
	"encoding/json"
	"strings"

	"github.com/spf13/cobra"
)

func newDoctor(s *settings) *cobra.Command {
	var install string
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check backends, GPUs and XLA; say how to fix what is missing",
		Long: `Reports the processor, memory, GPUs, PJRT plugins (through which XLA computes) and the folders searched for
them, the CUDA libraries that a plugin needs, the store's file system, and which backend the settings select and why.
Each plugin whose device is present is tested in a separate process: it is loaded and runs a small computation.

The exit code is 1 if something requested does not work: the backend that was named, or the store.

With --install-xla it first downloads a plugin to ~/.local/lib/go-xla, where pipe looks for plugins: cpu (about 100
MB, from GitHub), cuda12 or cuda13 (JAX's plugin and NVIDIA's libraries, about 2.5 GB, from PyPI), or the one for this
machine. An interrupted download is resumed the next time. PIPE_PYPI and PIPE_GITHUB set mirrors. No other command
downloads a plugin.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if install != "" {
				if err := installXLA(cmd, s.Log, install); err != nil {
					return err
				}
			}
			c := examine(cmd.Context(), s)
			if cmd.Context().Err() != nil {
				return exit(exitInterrupted)
			}
			var err error
			if s.Log == "json" {
				err = json.NewEncoder(cmd.OutOrStdout()).Encode(c)
			} else {
				err = c.print(cmd.OutOrStdout())
			}
			if err == nil && c.Broken {
				return exit(exitStageFailed)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&install, "install-xla", "", "download a PJRT plugin first: cpu, cuda12, cuda13, or auto, the one for this machine")
	cmd.Flags().Lookup("install-xla").NoOptDefVal = "auto"
	return cmd
}

// checkup is what doctor finds.
type checkup struct {
	Event     string         `json:"event"` // checkup
	Program   programFacts   `json:"program"`
	Processor processorFacts `json:"processor"`
	GPU       gpuFacts       `json:"gpu"`
	Folders   []folderFacts  `json:"folders"` // where plugins were looked for
	Plugins   []*pluginFacts `json:"plugins"`
	Store     storeFacts     `json:"store"`
	Backend   backendFacts   `json:"backend"`
	Broken    bool           `json:"broken"` // something that was asked for doesn't work
}

// oneLine sets an error on one line.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
