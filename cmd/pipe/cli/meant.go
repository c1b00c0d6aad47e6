package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"fashionpipe/dag/store"
	"fashionpipe/internal/spelling"
)

// instead says, behind a name that there is none of, which one may be meant, or which there are.
func instead(word string, names []string) string {
	if near, ok := spelling.Nearest(word, names); ok {
		return "; did you mean " + near + "?"
	}
	if len(names) == 0 {
		return ""
	}
	return "; there are " + few(names, 20)
}

// insteadOf is instead for names of which each may come more than once, in any order.
func insteadOf(word string, names []string) string {
	names = slices.Clone(names)
	slices.Sort(names)
	return instead(word, slices.Compact(names))
}

// flagError says what a flag takes that was given something else, and which flag may be meant where there is none of the
// name. err is what pflag says.
func flagError(err error, cmd *cobra.Command) error {
	var wrong *pflag.InvalidValueError
	if errors.As(err, &wrong) {
		if takes := flagTakes[wrong.GetFlag().Value.Type()]; takes != "" {
			return fmt.Errorf("--%s takes %s, not %q", wrong.GetFlag().Name, takes, wrong.GetValue())
		}
		return err
	}
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) || unknown.GetSpecifiedShortnames() != "" {
		return err
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	if near, ok := spelling.Nearest(unknown.GetSpecifiedName(), names); ok {
		return fmt.Errorf("%w; did you mean --%s?", err, near)
	}
	return err
}

// flagTakes says in words what flags of a type take.
var flagTakes = map[string]string{"int": "a whole number", "uint64": "a whole number of at least 0", "bool": "true or false"}

// insteadOfResult says which EXPERIMENT/STAGE may be meant, or which stages of the experiment there are, or which
// experiments.
func insteadOfResult(name string, lasts []store.Last) string {
	experiment, stage, _ := strings.Cut(name, "/")
	var all, stages, experiments []string
	for _, l := range lasts {
		all, experiments = append(all, l.Experiment+"/"+l.Stage), append(experiments, l.Experiment)
		if l.Experiment == experiment {
			stages = append(stages, l.Stage)
		}
	}
	if near, ok := spelling.Nearest(stage, stages); ok {
		return "; did you mean " + experiment + "/" + near + "?"
	}
	if len(stages) > 0 {
		return "; of this experiment it has " + few(stages, 12)
	}
	if near, ok := spelling.Nearest(name, all); ok {
		return "; did you mean " + near + "?"
	}
	return "; of experiments it knows " + few(slices.Compact(experiments), 12)
}

// meantResult gives the EXPERIMENT/STAGE of a stage that is called so, or nearly so; "" if there is none.
func meantResult(st *store.Store, stage string) string {
	lasts, _ := st.Lasts() // only to help; what can't be read is told where it is wanted
	var stages []string
	for _, l := range lasts {
		stages = append(stages, l.Stage)
	}
	near, ok := spelling.Nearest(stage, stages)
	if !ok {
		return ""
	}
	return lasts[slices.Index(stages, near)].Experiment + "/" + near
}
