//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && arm64))

package model

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/gomlx/compute"
	"github.com/gomlx/go-xla/compute/xla"
	goxla "github.com/gomlx/go-xla/pjrt"
	"k8s.io/klog/v2"

	"fashionpipe/internal/gpu"
	"fashionpipe/internal/pjrt"
)

// haveXLA says whether this program can load PJRT plugins.
const haveXLA = true

// cpuPlugin is the version of XLA's plugin for processors that go-xla was tested with.
func cpuPlugin() string { return goxla.DefaultCPUVersion }

// openXLA loads a plugin. The package would download plugins when asked for one by name; it is told not to, and gets
// an absolute path. Nothing is rounded.
func openXLA(p pjrt.Plugin) (compute.Backend, error) {
	if err := prepareXLA(p); err != nil {
		return nil, err
	}
	options := goxla.NamedValuesMap{}
	if p.Platform == "cuda" {
		options["memory_fraction"] = float32(xlaShare)
	}
	b, err := xla.NewWithOptions(p.Path, options)
	if err != nil { // not a nil *xla.Backend in an interface
		return nil, explainXLA(p, err)
	}
	b.DotGeneralUseTF32 = false
	return b, nil
}

// loadXLA loads a plugin and asks it for nothing, so that it touches no device.
func loadXLA(p pjrt.Plugin) error {
	if err := prepareXLA(p); err != nil {
		return err
	}
	if _, err := goxla.GetPlugin(p.Path); err != nil {
		return explainXLA(p, err)
	}
	return nil
}

// prepareXLA is what goes before a plugin is loaded.
func prepareXLA(p pjrt.Plugin) error {
	if err := cmp.Or(fitPath(p), checkFlags(p)); err != nil {
		return err
	}
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard) // what it logs as errors, it returns too
	xla.EnableAutoInstall(false)
	if p.Platform == "cuda" {
		return prepareCUDA(p)
	}
	return nil
}

// fitPath refuses paths that go-xla would take wrongly: it tells by the whole path what a plugin computes on, and reads
// options behind a comma.
func fitPath(p pjrt.Plugin) error {
	lower := strings.ToLower(p.Path)
	word := ""
	switch isCUDA := goxla.IsCUDAName(p.Path); {
	case strings.Contains(p.Path, ","):
		word = ","
	case p.Platform == "cuda" && strings.Contains(lower, "cpu"):
		word = "cpu"
	case p.Platform != "cuda" && isCUDA && strings.Contains(lower, "cuda"):
		word = "cuda"
	case p.Platform != "cuda" && isCUDA:
		word = "nvidia"
	default:
		return nil
	}
	return fmt.Errorf("a plugin for %s can't be loaded from %s, since its path has %q in it: move it to a folder that has not", p.Platform, p.Path, word)
}

var (
	rePJRTError = regexp.MustCompile(`PJRT error \(code=\d+\): `)
	reLoadError = regexp.MustCompile(`failed to dynamically load PJRT plugin from "([^"]*)"`) // the loader's words, not a path
)

// explainXLA says of a plugin that can't be opened what is missing and what to do.
func explainXLA(p pjrt.Plugin, err error) error {
	text := err.Error()
	if at := rePJRTError.FindStringIndex(text); at != nil {
		text = text[at[1]:] // what XLA itself says
	} else if m := reLoadError.FindStringSubmatch(text); m != nil {
		text = "it can't be loaded: " + strings.TrimPrefix(m[1], p.Path+": ")
	}
	remedy := "`pipe doctor` with the same backend says what it needs"
	switch {
	case p.Platform == "cuda" && !gpu.Driver():
		remedy = "this machine has no NVIDIA driver: install it (in a container: start it with its GPUs, such as docker run --gpus all), or set backend to auto or cpu"
	case p.Platform == "cuda" && !gpu.Allowed(os.LookupEnv):
		remedy = "CUDA_VISIBLE_DEVICES hides every GPU: unset it, or set backend to auto or cpu"
	}
	return fmt.Errorf("%s: %s: %s", p.Path, strings.TrimRight(text, ". \n"), remedy)
}
