package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fashionpipe/internal/process"
	"fashionpipe/model"
)

const (
	tryName   = "try-plugin"
	tryLoad   = "--load"
	tryWithin = 2 * time.Minute // CUDA's first start on a busy machine takes its time
	tryAnswer = "tried: "       // before the answer, among what the plugin prints itself
)

// answer is what the process that tries a plugin says.
type answer struct {
	Device string `json:"device"` // that it computed on
	Error  string `json:"error"`

	log []string // the first few errors that XLA logged
}

var (
	// reLogged finds what XLA logs as an error, and F what it ends the process over.
	reLogged = regexp.MustCompile(`^([EF])[0-9]{4} [^\]]*\] (.+)`)
	// reSignal finds the last words of Go's runtime.
	reSignal = regexp.MustCompile(`^(SIG[A-Z]+: |fatal error: )`)
)

// tryPlugin opens a plugin and computes something small, in a process of its own, since a plugin may end the one it is in. With
// tryLoad it does only what model.Loads does.
func tryPlugin(ctx context.Context, path string, flags ...string) answer {
	exe, err := os.Executable()
	if err != nil {
		return answer{Error: oneLine(err)}
	}
	h := &hearing{}
	err = process.Run(ctx, process.Command{
		Args: slices.Concat([]string{exe, tryName, path}, flags), Timeout: tryWithin,
		Env:  append(os.Environ(), "GOTRACEBACK=none", "TF_CPP_MIN_LOG_LEVEL=2"), // 2: XLA's errors
		Line: h.line,
	})
	var late *process.TimeoutError
	switch {
	case h.said != nil:
	case errors.As(err, &late):
		h.said = &answer{Error: fmt.Sprintf("%s: it has not opened and computed within %v", path, tryWithin)}
	default:
		h.said = &answer{Error: fmt.Sprintf("%s: it ends the process it is loaded in: %s", path, cmp.Or(h.fatal, h.signal, "without a word"))}
	}
	h.said.log = h.log
	return *h.said
}

// hearing is what is heard of that process.
type hearing struct {
	said          *answer
	log           []string
	fatal, signal string // last words
}

func (h *hearing) line(line string) {
	if text, ours := strings.CutPrefix(line, tryAnswer); ours {
		a := &answer{}
		if json.Unmarshal([]byte(text), a) == nil {
			h.said = a
		}
		return
	}
	if reSignal.MatchString(line) {
		h.signal = line
	}
	m := reLogged.FindStringSubmatch(line)
	switch {
	case m == nil:
	case m[1] == "F":
		h.fatal = m[2]
	case len(h.log) < 3:
		h.log = append(h.log, m[2])
	}
}

// newTryPlugin is the command of that process.
func newTryPlugin() *cobra.Command {
	var loadOnly bool
	cmd := &cobra.Command{
		Use:    tryName + " PATH",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			a := answer{}
			if err := try(cmd.Context(), "xla:"+args[0], loadOnly, &a); err != nil {
				a.Error = oneLine(err)
			}
			text, err := json.Marshal(a)
			if err == nil {
				_, err = fmt.Fprintln(cmd.OutOrStdout(), tryAnswer+string(text))
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&loadOnly, strings.TrimPrefix(tryLoad, "--"), false, "only load it where its GPU is here")
	return cmd
}

func try(ctx context.Context, backend string, loadOnly bool, a *answer) error {
	if loadOnly {
		return model.Loads(backend)
	}
	b, err := model.Open(backend, model.F32)
	if err != nil {
		return err
	}
	a.Device = b.Device()
	return b.Try(ctx)
}
