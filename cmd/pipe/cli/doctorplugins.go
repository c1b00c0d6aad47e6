package cli

import (
	"context"
	"slices"
	"strings"

	"fashionpipe/internal/pjrt"
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
	Log       []string       `json:"log,omitempty"` // what XLA logged as errors, if there is one

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

// try opens the plugin and computes something small.
func (f *pluginFacts) try(ctx context.Context) {
	f.Tried = true
	a := tryPlugin(ctx, f.Path)
	// The path stands above already, and doctor is what says more.
	f.Error = strings.NewReplacer("backend xla:"+f.Path+": ", "", f.Path+": ", "", ": `pipe doctor` with the same backend says what it needs", "").Replace(a.Error)
	f.Device = a.Device
	if f.Error != "" {
		f.Log = a.log
	}
}
