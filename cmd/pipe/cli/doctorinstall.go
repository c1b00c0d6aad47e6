package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"fashionpipe/internal/gpu"
	"fashionpipe/internal/pjrt"
	"fashionpipe/internal/pjrt/install"
	"fashionpipe/model"
)

// installXLA fetches a plugin, and says so on standard error.
func installXLA(cmd *cobra.Command, log, target string) error {
	why := ""
	if target == "auto" {
		if target = suitable(); target == "cpu" {
			why = ", since no NVIDIA driver is here (for GPUs: --install-xla=cuda13)"
		}
	}
	if !slices.Contains(install.Targets, target) {
		return fmt.Errorf("--install-xla: there is no plugin %q: there are %s, and auto", target, strings.Join(install.Targets, ", "))
	}
	if !model.HasXLA() {
		return errors.New("--install-xla: this program was built without cgo and can't use a plugin: build it by CGO_ENABLED=1 make build first")
	}
	i := install.New(pjrt.UserFolder(), os.Getenv)
	i.CPUVersion = model.CPUPluginVersion()
	if _, err := fmt.Fprintf(cmd.ErrOrStderr(), "installing %s%s\n", target, why); err != nil {
		return err
	}
	end := showFetching(i, cmd.ErrOrStderr())
	where, err := i.Install(cmd.Context(), target)
	end()
	if cmd.Context().Err() != nil {
		return exit(exitInterrupted)
	}
	if err != nil {
		tell(log, fmt.Errorf("--install-xla=%s: %w", target, err))
		return exit(exitStageFailed)
	}
	_, err = fmt.Fprintf(cmd.ErrOrStderr(), "installed %s: %s\n", target, where)
	return err
}

// suitable is the plugin for this machine.
func suitable() string {
	switch major := gpu.DriverMajor(); {
	case !gpu.Driver():
		return "cpu"
	case major != 0 && major < pjrt.CUDA13Driver:
		return "cuda12"
	}
	return "cuda13"
}

// showFetching shows what is fetched: a bar for each file on a terminal, else a line.
func showFetching(i *install.Installer, w io.Writer) (end func()) {
	line := func(text string) { _, _ = fmt.Fprintln(w, text) } // a lost line is no reason to stop
	i.Progress.Say, i.Progress.Start, i.Progress.Add = line, func(int64) {}, func(int64) {}
	i.Name = func(what string, bytes int64) { line(fmt.Sprintf("fetching %s (%s)", what, size(bytes))) }
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return func() {}
	}
	bar := progressbar.DefaultSilent(0)
	i.Name = func(what string, bytes int64) {
		_ = bar.Clear()
		bar = progressbar.NewOptions64(bytes, progressbar.OptionSetWriter(f), progressbar.OptionShowBytes(true), progressbar.OptionSetWidth(20),
			progressbar.OptionSetDescription(short(what, 40)), progressbar.OptionThrottle(progressEvery), progressbar.OptionClearOnFinish())
	}
	i.Progress.Start = func(int64) { bar.Reset() }
	i.Progress.Add = func(n int64) { _ = bar.Add64(n) }
	i.Progress.Say = func(text string) { _ = bar.Clear(); line(text) }
	return func() { _ = bar.Clear() }
}
