package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"fashionpipe/dag"
)

// The exit codes.
const (
	exitFine        = 0
	exitStageFailed = 1
	exitWrong       = 2
	exitGate        = 3
	exitInterrupted = 130
)

// exit is an error whose message has been shown, or needs none, and that ends the program with its code.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// Main runs the command line, with kinds beside those there are, and gives the exit code. It panics if two kinds share a
// name.
func Main(args []string, kinds ...*dag.Kind) int {
	addKinds(kinds)
	program = programName(os.Args[0])
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second interrupt ends the program at once: the store is whole at any moment.
	context.AfterFunc(ctx, stop)
	s := newSettings()
	root := newRoot(s)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var code exit
	switch {
	case err == nil:
		return exitFine
	case errors.As(err, &code):
		return int(code)
	}
	tell(s.v.GetString("log"), err)
	return exitWrong
}

// program is the name that the program was started by: one with kinds of its own has another than pipe.
var program = "pipe"

// programName gives the name of a program by the path it was started with.
func programName(path string) string {
	name := strings.TrimSuffix(filepath.Base(path), ".exe")
	if name == "." || name == string(filepath.Separator) || strings.HasSuffix(name, ".test") { // started without one, or from a test
		return "pipe"
	}
	return name
}

func newRoot(s *settings) *cobra.Command {
	root := &cobra.Command{
		Use:   program,
		Short: "Turn photographs into clusters, neighbours and a report, running only what changed",
		Long: program + ` runs experiments: YAML files that describe the stages from photographs to a
report. Results are cached by content, so a second run does only what changed.

  ` + program + ` run pipelines/quickstart.yaml
  ` + program + ` run pipelines/folder.yaml --set vars.photos=DIR`,
		Args:              noSuchCommand,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceUsage:      true,
		SilenceErrors:     true,
		PersistentPreRunE: func(*cobra.Command, []string) error { return s.read() },
	}
	fitHelp(root)
	s.define(root)
	root.AddCommand(newRun(s), newPlan(s), newLint(), newKinds(), newGraph(), newSchedule(s), newSchema(), newStore(s), newRuns(s), newJudge(s), newDoctor(s), newTryPlugin(), newVersion())
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w\nTry: %s --help", flagError(err, cmd), cmd.CommandPath())
	})
	return root
}

// fitHelp makes the help of all commands fit 80 columns.
func fitHelp(root *cobra.Command) {
	cobra.AddTemplateFunc("fit", func(text string) string { return wrap(text, "") })
	root.SetHelpTemplate(strings.Replace(root.HelpTemplate(), "{{. | trimTrailingWhitespaces}}", "{{fit .}}", 1))
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), ".FlagUsages", ".FlagUsagesWrapped 80"))
}

// oneFile is the argument rule of the commands that take an experiment.
func oneFile(cmd *cobra.Command, args []string) error {
	if len(args) == 1 {
		return nil
	}
	if len(args) == 0 {
		return fmt.Errorf("which experiment? Name its file: %s pipelines/quickstart.yaml", cmd.CommandPath())
	}
	return fmt.Errorf("one experiment at a time, not %d: %s", len(args), few(args, 4))
}
