package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"fashionpipe/dag"
	"fashionpipe/dag/store"
	"fashionpipe/internal/spelling"
	"fashionpipe/stages"
)

func newRuns(s *settings) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "runs",
		Short: "List, show and compare runs",
		Long: `Every run leaves a record in the store. A run is named by its ID, a prefix of it, the letters after its last
dash, or by last, last~1 (the one before) and so on.`,
		Args: noSuchCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newRunsLs(s), newRunsShow(s), newRunsDiff(s))
	return cmd
}

// findRun reads the record of the run that a person names.
func findRun(st *store.Store, name string) (*dag.RunRecord, error) {
	ids, err := st.Runs()
	if err != nil {
		return nil, err
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("the store has no record of a run: pipe run makes one")
	}
	if rest, ok := strings.CutPrefix(name, "last"); ok && (rest == "" || rest[0] == '~') {
		back := 0
		if rest != "" {
			if back, err = strconv.Atoi(rest[1:]); err != nil || back < 0 {
				return nil, fmt.Errorf("%q: write last, or last~1 for the run before it", name)
			}
		}
		if back >= len(ids) {
			return nil, fmt.Errorf("%s: there are records of only %s", name, plural(len(ids), "run"))
		}
		return dag.ReadRun(st, ids[len(ids)-1-back])
	}
	var found []string
	for _, id := range ids {
		if strings.HasPrefix(id, name) || name != "" && strings.HasSuffix(id, "-"+name) {
			found = append(found, id)
		}
	}
	switch len(found) {
	case 0:
		return nil, noRun(st, name, ids)
	case 1:
		return dag.ReadRun(st, found[0])
	}
	slices.Reverse(found)
	return nil, &store.AmbiguousError{Prefix: name, Among: found}
}

// noRun says that there is no run of a name, and which may be meant.
func noRun(st *store.Store, name string, ids []string) error {
	slices.Reverse(ids) // of equally near ones the newest
	_, back, _ := strings.Cut(name, "~")
	names := append([]string{"last", "last~" + back}, ids...)
	for _, id := range ids {
		names = append(names, id[strings.LastIndex(id, "-")+1:])
	}
	text := fmt.Sprintf("there is no record of a run %s", name)
	if near, ok := spelling.Nearest(name, names); ok {
		return fmt.Errorf("%s; did you mean %s?", text, near)
	}
	docs, _ := dag.ReadRuns(st) // only to help
	if slices.ContainsFunc(docs, func(r *dag.RunRecord) bool { return r.Experiment == name }) {
		return fmt.Errorf("%s; it is an experiment: pipe runs ls --experiment %s lists its runs", text, name)
	}
	return fmt.Errorf("%s: pipe runs ls lists them", text)
}

// headline gives the results of a run that matter: drift, else scores, else those of encoders, else of all stages.
func headline(r *dag.RunRecord) []dag.Setting {
	reg := registry
	var all, drift, scores, encoders []dag.Setting
	for _, s := range r.Stages {
		for _, n := range s.Notes {
			if n.Level != dag.Result {
				continue
			}
			line := dag.Setting{Stage: s.Name, Name: n.Name, A: n.Text}
			all = append(all, line)
			switch k, ok := reg.Get(s.Kind); {
			case ok && k.Out == stages.Drift:
				drift = append(drift, line)
			case ok && k.Out == stages.Metrics:
				scores = append(scores, line)
			case ok && k.Out == stages.Encoder:
				encoders = append(encoders, line)
			}
		}
	}
	for _, few := range [][]dag.Setting{drift, scores, encoders} {
		if len(few) > 0 {
			return few
		}
	}
	return all
}

// brief gives the beginning of a result: up to the first comma that is in no brackets.
func brief(text string) string {
	depth := 0
	for i, r := range text {
		switch {
		case strings.ContainsRune("([", r):
			depth++
		case strings.ContainsRune(")]", r):
			depth--
		case r == ',' && depth == 0:
			return text[:i]
		}
	}
	return text
}

// clip shortens a text to so many columns.
func clip(text string, width int) string {
	if r := []rune(text); len(r) > width {
		return string(r[:width-1]) + "…"
	}
	return text
}
