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
		Short: "Say what this machine has to compute with, and what it lacks",
		Long: `Says what there is: processor, memory, GPUs, PJRT plugins through which XLA computes and every folder they were
looked for in, the CUDA libraries that a plugin needs, the store's file system, and what the setting backend takes and why.
Plugins whose device is here are tried, each in a process of its own: opened, and let compute something small.

Exit code 1 if something that was asked for doesn't work: the backend that is named, or the store.

With --install-xla it first fetches a plugin to ~/.local/lib/go-xla, where it is found: cpu (some 100 MB, from GitHub), cuda12 or
cuda13 (JAX's plugin and NVIDIA's libraries, some 2.5 GB, from PyPI), or what suits this machine. What broke off is gone on with
the next time. PIPE_PYPI and PIPE_GITHUB name mirrors. No other command downloads a plugin.`,
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
	cmd.Flags().StringVar(&install, "install-xla", "", "fetch a PJRT plugin first: cpu, cuda12, cuda13, or auto: what suits this machine")
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
