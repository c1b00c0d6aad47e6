package cli

import (
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

	"fashionpipe/internal/pjrt"
	"fashionpipe/internal/process"
	"fashionpipe/model"
)

// pluginFacts is what is known of a plugin.
type pluginFacts struct {
	Path      string         `json:"path"`
	Platform  string         `json:"platform"`
	CUDA      string         `json:"cuda,omitempty"`
	Version   string         `json:"version,omitempty"`
	CUDARoot  string         `json:"cuda_root,omitempty"` // the compiler's parts beside it
	Libraries []libraryFacts `json:"libraries"`
	Tried     bool           `json:"tried"`
	Device    string         `json:"device,omitempty"` // that it computed on
	Error     string         `json:"error,omitempty"`

	plugin pjrt.Plugin
}

type libraryFacts struct {
	Name   string `json:"name"`
	Path   string `json:"path,omitempty"` // "": not found
	Needed bool   `json:"needed"`
}

// examinePlugins looks at every plugin found and the one that was chosen, and tries those whose device is here.
func examinePlugins(ctx context.Context, choice model.Choice) []*pluginFacts {
	found := pjrt.Find()
	if choice.Name == "xla" && !slices.Contains(found, choice.Plugin) {
		found = append(found, choice.Plugin)
	}
	usable := pjrt.Usable(found)
	all := []*pluginFacts{}
	for _, p := range found {
		f := &pluginFacts{Path: p.Path, Platform: p.Platform, CUDA: p.CUDA, Version: p.Version, CUDARoot: p.CUDARoot(), Libraries: []libraryFacts{}, plugin: p}
		for _, l := range p.Libraries() {
			f.Libraries = append(f.Libraries, libraryFacts(l))
		}
		if model.HasXLA() && (slices.Contains(usable, p) || p == choice.Plugin) {
			f.try(ctx)
		}
		all = append(all, f)
	}
	return all
}

const (
	tryName   = "try-plugin"
	tryWithin = 2 * time.Minute // CUDA's first start on a busy machine takes its time
	tryAnswer = "tried: "       // before the answer, among what the plugin prints itself
)

// answer is what the process that tries a plugin says.
type answer struct {
	Device string `json:"device"`
	Error  string `json:"error"`
}

// try opens the plugin and computes something small, in a process of its own, since a plugin may end the one it is in.
func (f *pluginFacts) try(ctx context.Context) {
	f.Tried = true
	exe, err := os.Executable()
	if err != nil {
		f.Error = oneLine(err)
		return
	}
	var said *answer
	last := "without a word"
	err = process.Run(ctx, process.Command{
		Args: []string{exe, tryName, f.Path}, Env: append(os.Environ(), "GOTRACEBACK=none"), Timeout: tryWithin,
		Line: func(line string) {
			if text, ok := strings.CutPrefix(line, tryAnswer); ok {
				a := &answer{}
				if json.Unmarshal([]byte(text), a) == nil {
					said = a
				}
			} else if reFatal.MatchString(line) {
				last = line
			}
		},
	})
	var late *process.TimeoutError
	switch {
	case said != nil:
		f.Device, f.Error = said.Device, said.Error
	case errors.As(err, &late):
		f.Error = fmt.Sprintf("it has not opened and computed within %v", tryWithin)
	default:
		f.Error = "it ends the process it is loaded in: " + last
	}
}

// reFatal finds the last words of a process: of XLA's library, or of Go's runtime about a signal.
var reFatal = regexp.MustCompile(`^(F[0-9]{4} |SIG[A-Z]+: |fatal error: )`)

// newTryPlugin is what doctor runs for each plugin.
func newTryPlugin() *cobra.Command {
	return &cobra.Command{
		Use:    tryName + " PATH",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var a answer
			b, err := model.Open("xla:"+args[0], model.F32)
			if err == nil {
				a.Device = b.Device()
				err = b.Try(cmd.Context())
			}
			if err != nil {
				// The path stands above already, and doctor is what says more.
				a.Error = strings.NewReplacer("backend xla:"+args[0]+": ", "", args[0]+": ", "", ": `pipe doctor` with the same backend says what it needs", "").Replace(oneLine(err))
			}
			text, err := json.Marshal(a)
			if err == nil {
				_, err = fmt.Fprintln(cmd.OutOrStdout(), tryAnswer+string(text))
			}
			return err
		},
	}
}
