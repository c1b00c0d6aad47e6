package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"fashionpipe/dag"
	"fashionpipe/dag/store"
	"fashionpipe/internal/devices"
	"fashionpipe/internal/machine"
	"fashionpipe/internal/spelling"
	"fashionpipe/internal/sweep"
	"fashionpipe/model"
	"fashionpipe/pipelines"
	"fashionpipe/stages"
)

// runFlags are the flags of `pipe run`.
type runFlags struct {
	experimentFlags
	force, only []string
	out, sort   string
	failFast    bool
	stopAtEOF   bool
}

func newRun(s *settings) *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run FILE",
		Short: "Run an experiment, skipping the stages that are cached",
		Example: `  pipe run pipelines/quickstart.yaml
  pipe run pipelines/folder.yaml --set vars.photos=DIR --out results
  pipe run pipelines/quickstart.yaml --set stages.encoder.with.epochs=20`,
		Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.stopAtEOF {
				ctx, cancel := untilEOF(cmd.Context(), cmd.InOrStdin())
				defer cancel()
				cmd.SetContext(ctx)
			}
			return runFile(cmd, s, &f, args[0])
		},
	}
	f.define(cmd)
	cmd.Flags().StringArrayVar(&f.force, "force", nil, "run this `stage` even if it is cached (repeatable)")
	cmd.Flags().StringArrayVar(&f.only, "only", nil, "run only this `stage` and what it needs (repeatable)")
	cmd.Flags().BoolVar(&f.failFast, "fail-fast", false, "stop the run at the first failure")
	cmd.Flags().StringVar(&f.sort, "sort", "", "`measure` by which to rank the variants of a sweep, a column of its table (default: the first)")
	cmd.Flags().BoolVar(&f.stopAtEOF, "stop-at-eof", false, "stop as on Ctrl-C when standard input ends, for use by other programs")
	cmd.Flags().StringVar(&f.out, "out", "", "folder for reports and links to results (default out/NAME of the experiment)")
	return cmd
}

func runFile(cmd *cobra.Command, s *settings, f *runFlags, path string) error {
	e, err := f.load(path)
	if err != nil {
		return err
	}
	if f.sort != "" && e.Sweep == nil {
		return fmt.Errorf("--sort ranks the variants of a sweep, and %s has none", path)
	}
	if err := checkBackend(s.Backend, s.GPUs, e.Graph); err != nil {
		return err
	}
	out := f.out
	if out == "" {
		out = filepath.Join("out", e.Name)
	}
	if err := checkFolder(out, e); err != nil {
		return err
	}
	st, err := store.Open(s.Store, store.Options{})
	if err != nil {
		return err
	}
	defer st.Close() // until then gc leaves alone what the run used: its results are still to be copied out
	screen := newScreen(s.Log, cmd.OutOrStdout(), cmd.ErrOrStderr(), e)
	engine := newEngine(s, st)
	engine.Events = screen.event
	options := dag.RunOptions{
		Force: wholeNames(e.Graph, f.force), Only: wholeNames(e.Graph, f.only), FailFast: f.failFast, Experiment: e.Resolved,
	}
	if err := checkPlugin(cmd.Context(), engine, e.Graph, options); err != nil {
		return err
	}
	sum, err := engine.Run(cmd.Context(), e.Graph, options)
	screen.close()
	if err != nil {
		return unknownStage(err, e)
	}
	exportErr, err := f.tell(cmd, s, out, e, sum)
	switch {
	case errors.Is(exportErr, context.Canceled):
		fmt.Fprintln(cmd.ErrOrStderr(), "\ninterrupted: the results are in the store; the same command makes the table")
		return exit(exitInterrupted)
	case exportErr != nil:
		fmt.Fprintf(cmd.ErrOrStderr(), "\nthe results are in the store, but could not be put into %s: %v\n"+
			"Once that is mended, or with another folder by --out, the same command puts them there.\n", out, exportErr)
	}
	switch code := code(sum.Status); {
	case code != nil:
		return code
	case exportErr != nil:
		return exit(exitStageFailed)
	}
	return err
}

// tell puts the results of a run into its folder and says what they are.
func (f *runFlags) tell(cmd *cobra.Command, s *settings, out string, e *pipelines.Experiment, sum *dag.Summary) (exportErr, err error) {
	stdout, stderr := cmd.OutOrStdout(), cmd.ErrOrStderr()
	if e.Sweep == nil {
		shown, exportErr := export(out, e, sum)
		if s.Log == "json" {
			return exportErr, summaryJSON(stdout, sum, shown, nil)
		}
		return exportErr, summaryText(stdout, stderr, e.Name, sum, shown)
	}
	ctx := cmd.Context() // one Ctrl-C also ends what compares the variants
	memory := sweep.OpenMemory(filepath.Join(out, memoryFile))
	t, axes, err := sweepTable(ctx, e, sum, f.sort, memory)
	var wrong error
	if unknown := (*sweep.UnknownMeasureError)(nil); errors.As(err, &unknown) {
		wrong = exit(exitWrong)
		defer func() { // last, below the table
			fmt.Fprintf(stderr, "\n%s\n", hang("--sort: "+unknown.Error(), 80, 4))
		}()
	} else if err != nil {
		return err, nil
	}
	shown, exportErr := exportSweep(ctx, out, e, sum, t, axes)
	if exportErr == nil {
		exportErr = keepMemory(out, memory)
	}
	if t.Interim && sum.Status != dag.StatusInterrupted {
		exportErr = cmp.Or(exportErr, ctx.Err())
	}
	rememberSweep(stderr, sum, sweepJSON(t, shown))
	if s.Log == "json" {
		return exportErr, cmp.Or(summaryJSON(stdout, sum, shown, sweepJSON(t, shown)), wrong)
	}
	if err := tellSweep(stdout, e, sum, t, shown); err != nil {
		return exportErr, err
	}
	tellSweepTrouble(stderr, sum, t)
	return exportErr, wrong
}

// checkFolder says before anything runs if results can't be put into the folder, or something of a person's own is where a
// link will go.
func checkFolder(out string, e *pipelines.Experiment) error {
	if err := checkWritable(out); err != nil {
		return err
	}
	if e.Sweep != nil {
		return checkSweepOut(out, e)
	}
	return checkOut(out, e.Graph)
}

// checkBackend says before anything runs if the backend that was asked for can't be had, hasn't the precision that a
// stage is to compute with, or has devices that can't share its work.
func checkBackend(setting string, gpus int, g *dag.Graph) error {
	for _, n := range g.Nodes {
		b, on := n.Stage.(dag.OnBackend)
		o, off := n.Stage.(dag.Offloader)
		if (!on || !b.UsesBackend()) && (!off || !o.Offloads()) {
			continue
		}
		if _, err := model.BackendClass(setting); err != nil {
			return err
		}
		if s, ok := n.Stage.(stages.Precise); ok {
			if err := model.CheckPrecision(setting, s.Precise()); err != nil {
				return fmt.Errorf("stage %s: %w", n.Name, err)
			}
		}
		if s, ok := n.Stage.(stages.Shared); ok && min(n.GPU, gpus) > 1 && model.Shares(setting) {
			if err := s.CheckShared(min(n.GPU, gpus)); err != nil {
				return fmt.Errorf("stage %s: %w", n.Name, err)
			}
		}
	}
	return nil
}

func newEngine(s *settings, st *store.Store) *dag.Engine {
	onGPU := false
	if s.GPUs > 0 {
		onGPU, _ = model.OnGPU(s.Backend) // what is wrong with the setting checkBackend says
	}
	e := &dag.Engine{
		Store: st, Jobs: s.jobs(onGPU), GPUs: s.GPUs, OnGPU: onGPU, Memory: s.Memory, Backend: s.Backend, Version: version,
		BackendClass: func() (string, error) { return model.BackendClass(s.Backend) },
	}
	if s.Locks != "" {
		e.Devices = devices.New(s.Locks, machine.GPUs())
	}
	return e
}

// unknownStage names the stages that there are, as the file has them.
func unknownStage(err error, e *pipelines.Experiment) error {
	var u *dag.UnknownStageError
	if !errors.As(err, &u) {
		return err
	}
	var known []string
	for _, n := range e.Graph.Nodes {
		if name := cmp.Or(n.Base, n.Name); !slices.Contains(known, name) {
			known = append(known, name)
		}
	}
	if near, ok := spelling.Nearest(u.Name, u.Known); ok && strings.Contains(u.Name, "@") { // a variant of a stage
		return fmt.Errorf("%w; did you mean %s?", err, near)
	}
	return fmt.Errorf("%w%s", err, instead(u.Name, known))
}

func code(s dag.Status) error {
	switch s {
	case dag.StatusOK:
		return nil
	case dag.StatusGate:
		return exit(exitGate)
	case dag.StatusInterrupted:
		return exit(exitInterrupted)
	default:
		return exit(exitStageFailed)
	}
}

// summaryText prints the few numbers that matter and where the report is on out, and what went wrong on err.
func summaryText(out, err io.Writer, name string, sum *dag.Summary, shown results) error {
	b, width := &strings.Builder{}, min(80, columnsOf(out))
	fmt.Fprintf(b, "\n%s: %s in %s\n", name, countText(sum), took(sum.Took))
	for _, line := range numbers(sum) {
		fmt.Fprintln(b, hang("  "+line, width, 6))
	}
	for _, p := range shown.Reports {
		fmt.Fprintf(b, "report: %s\n", p)
	}
	if len(shown.Reports) == 0 && shown.Dir != "" && sum.Count(dag.StateCached)+sum.Count(dag.StateRan) > 0 {
		fmt.Fprintf(b, "results: %s\n", shown.Dir)
	}
	if len(shown.Old) > 0 {
		fmt.Fprintln(b, hang("not renewed by this run: "+strings.Join(shown.Old, ", "), width, 4))
	}
	if _, e := io.WriteString(out, b.String()); e != nil {
		return e
	}
	tellTrouble(err, sum)
	return nil
}

// numbers are the results that matter: those of encoders, scores and drift, or of every stage where there are none of these.
func numbers(sum *dag.Summary) []string {
	var all, few []string
	for _, s := range sum.Stages {
		if s.Node.Kind.Name == "train" && (s.State == dag.StateRan || s.State == dag.StateCached) {
			few = append(few, fmt.Sprintf("%s: digest: %s", s.Node.Name, s.Artifact.Digest.Short())) // to pin it by
		}
		for _, n := range s.Notes {
			if n.Level != dag.Result {
				continue
			}
			line := s.Node.Name + ": " + of(s.Node.Name, n.Name, n.Text)
			all = append(all, line)
			if out := s.Node.Out(); out == stages.Encoder || out == stages.Metrics || out == stages.Drift || out == stages.Judgements {
				few = append(few, line)
			}
		}
	}
	if len(few) > 0 {
		return few
	}
	return all
}

// of puts the name of a note before its text, unless the stage has the same one.
func of(stage, note, text string) string {
	if stage == note {
		return text
	}
	return note + ": " + text
}

func countText(sum *dag.Summary) string {
	parts := []string{plural(len(sum.Stages), "stage")}
	for _, state := range []dag.State{dag.StateCached, dag.StateRan, dag.StateFailed, dag.StateSkipped, dag.StateInterrupted} {
		if n := sum.Count(state); n > 0 {
			parts = append(parts, thousands(n)+" "+string(state))
		}
	}
	return strings.Join(parts, ", ")
}

func tellTrouble(w io.Writer, sum *dag.Summary) {
	width := columnsOf(w)
	for _, s := range sum.Stages {
		if s.State == dag.StateFailed {
			fmt.Fprintf(w, "\n%s\n", hang(fmt.Sprintf("stage %s failed: %s", s.Node.Name, gist(s.Err.Error())), width, 4))
		}
	}
	for _, g := range sum.Gates {
		fmt.Fprintf(w, "\n%s\n", hang(fmt.Sprintf("GATE FAILED at stage %s: %s", g.Stage, of(g.Stage, g.Note.Name, g.Note.Text)), width, 4))
		fmt.Fprintf(w, "To go on all the same, say `allow: [%s]` in the stage.\n", g.Note.Name)
	}
	switch sum.Status {
	case dag.StatusInterrupted:
		fmt.Fprintln(w, "\ninterrupted: what is done is kept; run the same command to go on")
	case dag.StatusFailed:
		fmt.Fprintln(w, hang("log of the run: "+logOf(sum), width, 4))
	}
}

func logOf(sum *dag.Summary) string { return filepath.Join(sum.RunDir, "log.jsonl") }

// summaryJSON prints the last line of --log json; of is nil unless the experiment is a sweep.
func summaryJSON(out io.Writer, sum *dag.Summary, shown results, of *sweepSummary) error {
	return json.NewEncoder(out).Encode(struct {
		Event   string     `json:"event"`
		Run     string     `json:"run"`
		Status  dag.Status `json:"status"`
		Took    float64    `json:"took"`
		Cached  int        `json:"cached"`
		Ran     int        `json:"ran"`
		Failed  int        `json:"failed"`
		Skipped int        `json:"skipped"`
		Out     string     `json:"out,omitempty"`
		Reports []string   `json:"reports,omitempty"`
		*sweepSummary
	}{
		"summary", sum.RunID, sum.Status, sum.Took.Seconds(), sum.Count(dag.StateCached), sum.Count(dag.StateRan),
		sum.Count(dag.StateFailed), sum.Count(dag.StateSkipped), shown.Dir, shown.Reports, of,
	})
}
