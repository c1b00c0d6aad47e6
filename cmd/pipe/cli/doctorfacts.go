package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"fashionpipe/internal/gpu"
	"fashionpipe/internal/machine"
	"fashionpipe/internal/pjrt"
	"fashionpipe/internal/simd"
	"fashionpipe/model"
)

type programFacts struct {
	Version  string `json:"version"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
	XLA      bool   `json:"xla"` // it was built with cgo, so that it can load plugins
}

type processorFacts struct {
	Name    string `json:"name,omitempty"`
	Best    string `json:"best"`    // vector instructions that it has, of those that kernels are there for
	Kernels string `json:"kernels"` // those in use
	Cores   int    `json:"cores"`   // that this process may run on
	Threads int    `json:"threads"` // that it uses: fewer where a container has less time than cores
	Memory  int64  `json:"memory"`  // bytes; 0: not known
}

type gpuFacts struct {
	Driver bool        `json:"driver"` // it is loaded
	Hidden bool        `json:"hidden"` // CUDA_VISIBLE_DEVICES lets this process use none
	Error  string      `json:"error,omitempty"`
	All    []deviceOne `json:"devices"`
}

type deviceOne struct {
	Index  int    `json:"index"`
	Name   string `json:"name"`
	UUID   string `json:"uuid"`
	Driver string `json:"driver"`
	Total  int64  `json:"total"` // bytes; 0: not known
	Free   int64  `json:"free"`
	MIG    bool   `json:"mig"`
}

type folderFacts struct {
	Path    string `json:"path"`
	Python  bool   `json:"python"` // packages of Python, where plugins are in jax_plugins
	There   bool   `json:"there"`
	Plugins int    `json:"plugins"`
}

type storeFacts struct {
	Path  string `json:"path"`
	There bool   `json:"there"`
	*machine.FileSystem
	Error string `json:"error,omitempty"`
}

type backendFacts struct {
	Setting string `json:"setting"`
	Takes   string `json:"takes,omitempty"` // cpu, go, xla
	Plugin  string `json:"plugin,omitempty"`
	Why     string `json:"why,omitempty"`
	Class   string `json:"class,omitempty"` // what keys have of it
	Error   string `json:"error,omitempty"`
}

// examine looks at all there is.
func examine(ctx context.Context, s *settings) *checkup {
	c := &checkup{
		Event:   "checkup",
		Program: programFacts{version, runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH, model.HasXLA()},
		Processor: processorFacts{
			machine.Processor(), simd.Best().String(), simd.Active().String(), runtime.NumCPU(), runtime.GOMAXPROCS(0), machine.Memory(),
		},
		GPU: examineGPUs(ctx), Folders: []folderFacts{}, Plugins: []*pluginFacts{},
	}
	for _, f := range pjrt.Folders() {
		c.Folders = append(c.Folders, folderFacts{f.Path, f.JAX, isFolder(f.Path), len(f.Plugins())})
	}
	choice, err := model.Choose(s.Backend)
	c.Plugins = examinePlugins(ctx, choice)
	c.Backend = examineBackend(s.Backend, choice, err, c.Plugins)
	c.Store = examineStore(s.Store)
	c.Broken = c.Backend.Error != "" || c.Store.Error != ""
	return c
}

func examineGPUs(ctx context.Context) gpuFacts {
	f := gpuFacts{Driver: gpu.Driver(), Hidden: !gpu.Allowed(os.LookupEnv), All: []deviceOne{}}
	all, err := gpu.Ask(ctx)
	if err != nil {
		f.Error = oneLine(err)
		all = gpu.Named()
	}
	for _, g := range all {
		f.All = append(f.All, deviceOne(g))
	}
	return f
}

// examineBackend says what the setting takes, and whether it works as far as that was tried.
func examineBackend(setting string, choice model.Choice, err error, plugins []*pluginFacts) backendFacts {
	f := backendFacts{Setting: setting, Takes: choice.Name, Plugin: choice.Plugin.Path, Why: choice.Why}
	if err == nil {
		f.Class, err = model.BackendClass(setting)
	}
	if err != nil {
		f.Error = strings.TrimPrefix(oneLine(err), "backend "+setting+": ") // which the row begins with
		return f
	}
	for _, p := range plugins {
		if p.Path == choice.Plugin.Path && p.Tried && p.Error != "" {
			f.Error = p.Error
		}
	}
	return f
}

// examineStore looks at the folder of the store, or at the one it will be made in.
func examineStore(dir string) storeFacts {
	f := storeFacts{Path: dir}
	abs, err := filepath.Abs(dir)
	if err != nil {
		f.Error = oneLine(err)
		return f
	}
	f.Path, f.There = abs, isFolder(abs)
	place := abs
	for isMissing(place) && filepath.Dir(place) != place {
		place = filepath.Dir(place)
	}
	if on, err := machine.FileSystemOf(place); err == nil { // on Linux only
		f.FileSystem = &on
	}
	// Whether it may be written only writing tells: permissions are not all that counts.
	probe, err := os.MkdirTemp(place, ".pipe-doctor-*")
	if err == nil {
		err = os.Remove(probe)
	}
	if err != nil {
		f.Error = oneLine(err)
	}
	return f
}

func isFolder(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.IsDir()
}

func isMissing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}
