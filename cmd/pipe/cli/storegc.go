package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fashionpipe/dag"
	"fashionpipe/dag/store"
)

// gcFlags are the flags of `pipe store gc`.
type gcFlags struct {
	runs, days       int
	last, apply, all bool
}

// gcDefaults is what gc keeps without flags.
var gcDefaults = store.KeepOptions{Runs: 20, Age: 30 * day, Last: true}

const day = 24 * time.Hour

func newStoreGC(s *settings) *cobra.Command {
	var f gcFlags
	cmd := &cobra.Command{
		Use:   "gc",
		Short: "List what is no longer needed; delete it with --apply",
		Long: `Lists what is no longer needed, and deletes it with --apply. These are kept: pinned artifacts, what the
newest runs used and made (--keep-runs, --keep-days), the last result of each stage of each experiment (--keep-last),
and whatever running experiments use. It can run beside other commands and can be killed at any time: the next gc
continues.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return gc(cmd, s, f) },
	}
	cmd.Flags().IntVar(&f.runs, "keep-runs", gcDefaults.Runs, "keep the newest `N` runs and what they used")
	cmd.Flags().IntVar(&f.days, "keep-days", int(gcDefaults.Age/day), "keep runs, results and unfinished work from the last `D` days")
	cmd.Flags().BoolVar(&f.last, "keep-last", gcDefaults.Last, "keep the last result of each stage of each experiment")
	cmd.Flags().BoolVar(&f.apply, "apply", false, "delete what is listed")
	cmd.Flags().BoolVar(&f.all, "all", false, "also list what is kept, and why")
	return cmd
}

func gc(cmd *cobra.Command, s *settings, f gcFlags) error {
	if f.runs < 0 || f.days < 0 {
		return errors.New("--keep-runs and --keep-days must be 0 or more")
	}
	st, err := s.openStore(!f.apply)
	if err != nil {
		return err
	}
	defer st.Close()
	g, err := dag.PlanGC(cmd.Context(), st, store.KeepOptions{Runs: f.runs, Age: time.Duration(f.days) * day, Last: f.last})
	if errors.Is(err, context.Canceled) {
		return exit(exitInterrupted)
	}
	if err != nil {
		return err
	}
	if s.Log != "json" {
		warnOf(cmd.ErrOrStderr(), errors.Join(g.Unread...))
	}
	uses, _ := dag.Usages(st) // what can't be read was told
	show := gcText
	if s.Log == "json" {
		show = gcJSON
	}
	if err := show(cmd.OutOrStdout(), g, uses, f); err != nil || !f.apply {
		return err
	}
	freed, err := st.Apply(cmd.Context(), g, nil)
	if shown := gcFreed(cmd.OutOrStdout(), s.Log, freed); err == nil {
		return shown
	}
	if errors.Is(err, context.Canceled) {
		return exit(exitInterrupted)
	}
	return err
}

// gcText prints the table of what goes, and sums.
func gcText(w io.Writer, g *store.Garbage, uses map[dag.Digest]*dag.Usage, f gcFlags) error {
	var rows []row
	count := map[store.Why]int{}
	bytes := map[store.Why]int64{}
	for _, v := range g.Artifacts {
		count[v.Why]++
		bytes[v.Why] += v.Bytes
		if v.Why != store.KeptNothing && !f.all {
			continue
		}
		text := storedRow{Names: namesOf(uses, v.Digest)}.remarks() + "  " + whyText(v.Why, f.all)
		rows = append(rows, row{[]string{v.Digest.Short(), orDash(v.Kind()), size(v.Bytes),
			orDash(ago(lastUse(uses, v.Stored), time.Now()))}, strings.TrimSpace(text)})
	}
	if len(rows) > 0 {
		rows = append([]row{{[]string{"DIGEST", "KIND", "SIZE", "USED"}, "FOR"}}, rows...)
		if err := printRows(w, rows, columnsOf(w)); err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	for _, why := range []store.Why{store.KeptPinned, store.KeptInUse, store.KeptWorked, store.KeptRun, store.KeptYoung, store.KeptLast, store.KeptHistory} {
		if count[why] > 0 {
			fmt.Fprintf(w, "keeps %s, %s: %s\n", plural(count[why], "artifact"), size(bytes[why]), why)
		}
	}
	if f.apply {
		return nil
	}
	what := gcParts(count[store.KeptNothing], len(g.Runs), len(g.Scratch), len(g.Records)+len(g.Notes)+len(g.Files))
	if what == "" {
		_, err := fmt.Fprintln(w, "nothing to delete")
		return err
	}
	_, err := fmt.Fprintln(w, hang(fmt.Sprintf("would free %s: %s. Nothing is deleted yet: add --apply", size(g.Bytes), what), 80, 2))
	return err
}

func whyText(why store.Why, all bool) string {
	switch {
	case !all:
		return ""
	case why == store.KeptNothing:
		return "goes"
	default:
		return string(why)
	}
}

// gcParts counts what goes.
func gcParts(artifacts, runs, scratch, others int) string {
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{{artifacts, "artifact"}, {runs, "record of a run"}, {scratch, "piece of unfinished work"}, {others, "leftover"}} {
		switch {
		case p.n == 1:
			parts = append(parts, "1 "+p.what)
		case p.n > 1 && strings.Contains(p.what, " of "):
			parts = append(parts, fmt.Sprintf("%d %s", p.n, strings.NewReplacer("record of a run", "records of runs", "piece", "pieces").Replace(p.what)))
		case p.n > 1:
			parts = append(parts, fmt.Sprintf("%d %ss", p.n, p.what))
		}
	}
	return strings.Join(parts, ", ")
}

// gcFreed tells what is gone.
func gcFreed(w io.Writer, log string, f store.Freed) error {
	if log == "json" {
		return json.NewEncoder(w).Encode(struct {
			Event     string `json:"event"`
			Artifacts int    `json:"artifacts"`
			Runs      int    `json:"runs"`
			Scratch   int    `json:"scratch"`
			Others    int    `json:"others"`
			Spared    int    `json:"spared"`
			Bytes     int64  `json:"bytes"`
		}{"freed", f.Artifacts, f.Runs, f.Scratch, f.Others, f.Spared, f.Bytes})
	}
	text := "nothing to delete"
	if what := gcParts(f.Artifacts, f.Runs, f.Scratch, f.Others); what != "" {
		text = fmt.Sprintf("freed %s: %s", size(f.Bytes), what)
	}
	if f.Spared > 0 {
		text += fmt.Sprintf("; %s stayed: runs began to need them meanwhile", plural(f.Spared, "artifact"))
	}
	_, err := fmt.Fprintln(w, hang(text, 80, 2))
	return err
}

// gcJSON prints a line per artifact and one for the rest.
func gcJSON(w io.Writer, g *store.Garbage, uses map[dag.Digest]*dag.Usage, f gcFlags) error {
	enc := json.NewEncoder(w)
	for _, v := range g.Artifacts {
		if v.Why != store.KeptNothing && !f.all {
			continue
		}
		event := "garbage"
		if v.Why != store.KeptNothing {
			event = "kept"
		}
		line := struct {
			Event  string       `json:"event"`
			Digest store.Digest `json:"digest"`
			Kind   string       `json:"kind,omitempty"`
			Bytes  int64        `json:"bytes"`
			Names  []string     `json:"names,omitempty"`
			Why    store.Why    `json:"why,omitempty"`
		}{event, v.Digest, v.Kind(), v.Bytes, namesOf(uses, v.Digest), v.Why}
		if err := enc.Encode(line); err != nil {
			return err
		}
	}
	return enc.Encode(struct {
		Event   string         `json:"event"`
		Runs    []string       `json:"runs"`
		Scratch []store.Digest `json:"scratch"`
		Records []store.Digest `json:"records"`
		Notes   []string       `json:"notes"`
		Files   []string       `json:"files"`
		Bytes   int64          `json:"bytes"`
		Apply   bool           `json:"apply"`
	}{"garbage plan", g.Runs, g.Scratch, g.Records, g.Notes, g.Files, g.Bytes, f.apply})
}
