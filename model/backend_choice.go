package model

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fashionpipe/internal/gpu"
	"fashionpipe/internal/pjrt"
)

// Choice is what a backend setting stands for on this machine, and why.
type Choice struct {
	Name   string      // "cpu", "go" or "xla"
	Plugin pjrt.Plugin // of "xla"
	Why    string
}

// HasXLA says whether this program was built with XLA, so that it can load PJRT plugins.
func HasXLA() bool { return haveXLA }

// CPUPluginVersion is the version of XLA's plugin for processors that suits this program, "" without XLA.
func CPUPluginVersion() string { return cpuPlugin() }

// whyNamed is why a backend was taken that the setting names.
const whyNamed = "named by the setting backend"

// Choose reads a backend setting: "auto" (or ""), "cpu", "go", "xla", "xla:PLATFORM", "xla:/path/of/plugin.so". It looks
// only at files.
func Choose(setting string) (Choice, error) {
	of, isXLA := strings.CutPrefix(setting, "xla")
	switch {
	case setting == "cpu" || setting == "go":
		return Choice{Name: setting, Why: whyNamed}, nil
	case setting == "auto" || setting == "":
		return automatic(), nil
	case !isXLA || of != "" && of[0] != ':':
		return Choice{}, fmt.Errorf("unknown backend %q: there are auto, cpu, go, xla, xla:cuda, xla:cpu and xla:/path/of/plugin.so", setting)
	case !haveXLA:
		return Choice{}, fmt.Errorf("backend %s: this program was built without cgo, so without XLA: build it by CGO_ENABLED=1 make build, or set backend to cpu", setting)
	case of == "":
		return first(setting, pjrt.Usable(pjrt.Find()))
	}
	if of = of[1:]; isPath(of) {
		return byPath(of)
	}
	found := pjrt.Find()
	of = strings.ToLower(of)
	// Those whose device is here go first; of the others opening says what is missing.
	ordered := append(pjrt.Usable(found), found...)
	return first(setting, slices.DeleteFunc(ordered, func(p pjrt.Plugin) bool { return !p.Is(of) }))
}

// isPath tells the path of a plugin from the name of a platform.
func isPath(text string) bool {
	return strings.ContainsAny(text, `/\.`) || text == ""
}

// automatic takes the best plugin for an NVIDIA GPU that is here, else the backend that needs none: on a processor that is faster.
func automatic() Choice {
	ours := func(why string) Choice { return Choice{Name: "cpu", Why: "auto: " + why} }
	if !haveXLA {
		return ours("this program was built without cgo, so without XLA" + onGPUMachine(": CGO_ENABLED=1 make build, and it can use this machine's GPU"))
	}
	found := pjrt.Find()
	for _, p := range pjrt.Usable(found) {
		if p.Platform == "cuda" { // of others it isn't known whether their device is here
			return Choice{Name: "xla", Plugin: p, Why: "auto: its device is here"}
		}
	}
	found = slices.DeleteFunc(found, func(p pjrt.Plugin) bool { return p.Platform != "cuda" })
	switch {
	case len(found) > 0 && !gpu.Driver():
		return ours("the PJRT plugin found is for NVIDIA GPUs, and this machine has no NVIDIA driver (pipe doctor says more)")
	case len(found) > 0:
		return ours("the PJRT plugin found is for NVIDIA GPUs, and CUDA_VISIBLE_DEVICES hides them")
	}
	return ours("no PJRT plugin for GPUs found" + cmp.Or(onGPUMachine(": pipe doctor --install-xla fetches one"), " (pipe doctor says where it looked)"))
}

// onGPUMachine gives text where an NVIDIA driver is, else none.
func onGPUMachine(text string) string {
	if gpu.Driver() {
		return text
	}
	return ""
}

// first takes the first of the plugins that fit a setting.
func first(setting string, fitting []pjrt.Plugin) (Choice, error) {
	if len(fitting) > 0 {
		return Choice{Name: "xla", Plugin: fitting[0], Why: whyNamed}, nil
	}
	var other []string
	for _, p := range pjrt.Find() {
		other = append(other, fmt.Sprintf("%s (%s)", p.Path, p))
	}
	found := "no PJRT plugin was found"
	if len(other) > 0 {
		found = "no PJRT plugin fits, there is " + strings.Join(other, " and ")
	}
	return Choice{}, fmt.Errorf("backend %s: %s: `pipe doctor` says where it looked, `pipe doctor --install-xla%s` fetches one; or name its file as xla:/path/of/plugin.so, or set backend to auto or cpu",
		setting, found, target(strings.TrimPrefix(setting, "xla:")))
}

// target is what --install-xla is to be told for a platform, where by itself it might fetch the plugin of another.
func target(platform string) string {
	switch {
	case platform == "cuda" && !gpu.Driver():
		return "=cuda13"
	case platform == "cpu" || platform == "cuda12" || platform == "cuda13":
		return "=" + platform
	}
	return ""
}

func byPath(path string) (Choice, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return Choice{}, fmt.Errorf("backend xla:%s: %w", path, err)
	}
	switch st, err := os.Stat(abs); {
	case errors.Is(err, os.ErrNotExist):
		return Choice{}, fmt.Errorf("backend xla:%s: no such file: name the .so file of a PJRT plugin", path)
	case err != nil:
		return Choice{}, fmt.Errorf("backend xla:%s: %w", path, err)
	case !st.Mode().IsRegular():
		return Choice{}, fmt.Errorf("backend xla:%s: not a file: name the .so file of a PJRT plugin", path)
	}
	return Choice{Name: "xla", Plugin: pjrt.At(abs), Why: whyNamed}, nil
}
