package model

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/gomlx/compute"

	"fashionpipe/internal/gpu"
	"fashionpipe/internal/simd"
	"fashionpipe/model/cpu"
)

// Backend computes graphs. There is one per process and setting; Train and Embed on it take turns.
type Backend struct {
	name     string // "cpu", "go" or "xla"
	describe string
	compute  compute.Backend
	device   compute.DeviceNum // graphs run on
	gpus     []*gpu.GPU        // by device; nil where a device is none, or can't be told
	mu       sync.Mutex        // held while a graph runs or is compiled
}

// Describe says in one line what was chosen.
func (b *Backend) Describe() string { return b.describe }

// Memory gives the bytes of the device's memory, and how many of them this process may use: what others left free when
// the backend was opened, and at most the share that XLA takes. known is false for processors, and where the driver
// doesn't say.
func (b *Backend) Memory() (total, free int64, known bool) {
	g := b.gpu()
	if g == nil {
		return 0, 0, false
	}
	total, free, known = g.Memory()
	return total, min(free, int64(xlaShare*float64(total))), known
}

// gpu gives the device's, nil where it is none or can't be told.
func (b *Backend) gpu() *gpu.GPU {
	if int(b.device) < len(b.gpus) {
		return b.gpus[b.device]
	}
	return nil
}

// xlaShare is how much of a GPU's memory XLA may take; the rest is for what CUDA itself needs.
const xlaShare = 0.9

// choice is a backend setting resolved to what will be opened.
type choice struct {
	name   string // "cpu", "go" or "xla"
	plugin string // of "xla": path of a PJRT plugin
}

// resolve reads a backend setting: "auto" (or ""), "cpu", "go", "xla", "xla:/path/of/plugin.so". It looks only at files.
func resolve(setting string) (choice, error) {
	plugins := findPlugins()
	switch {
	case setting == "cpu" || setting == "go":
		return choice{name: setting}, nil
	case setting == "auto" || setting == "":
		if !haveXLA || len(plugins) == 0 {
			return choice{name: "cpu"}, nil
		}
		return choice{name: "xla", plugin: plugins[0]}, nil
	case setting == "xla" || strings.HasPrefix(setting, "xla:"):
		if !haveXLA {
			return choice{}, errors.New("backend xla: this program was built without cgo, so without XLA: build it with CGO_ENABLED=1, or set backend to cpu")
		}
		if path, named := strings.CutPrefix(setting, "xla:"); named {
			return namedPlugin(path)
		}
		if len(plugins) == 0 {
			return choice{}, fmt.Errorf("backend xla: no PJRT plugin in %s: put one there (pjrt_c_api_cpu_plugin.so, …), name one as xla:/path/of/plugin.so, or set backend to auto or cpu",
				strings.Join(pluginFolders(), ", "))
		}
		return choice{name: "xla", plugin: plugins[0]}, nil
	}
	return choice{}, fmt.Errorf("unknown backend %q: there are auto, cpu, go, xla and xla:/path/of/plugin.so", setting)
}

func namedPlugin(path string) (choice, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return choice{}, fmt.Errorf("backend xla:%s: %w", path, err)
	}
	if !isFile(abs) {
		return choice{}, fmt.Errorf("backend xla:%s: no such file: name the .so file of a PJRT plugin", path)
	}
	return choice{name: "xla", plugin: abs}, nil
}

// BackendClass names what a setting stands for on this machine as far as it changes the last bits of a result:
// "cpu:1:amd64:avx512", "go:amd64", "xla:cpu", "xla:cuda". It is part of cache keys, and cheap: it looks at files and
// processor features, and initialises nothing.
func BackendClass(setting string) (string, error) {
	c, err := resolve(setting)
	if err != nil {
		return "", err
	}
	if c.name == "xla" {
		return "xla:" + pluginPlatform(c.plugin), nil
	}
	if err := simd.Check(); err != nil {
		return "", err
	}
	if c.name == "go" {
		return "go:" + goClass(), nil
	}
	if goClass() == runtime.GOARCH {
		return cpu.Class(), nil
	}
	return cpu.Class() + "+go:" + goClass(), nil // what has no kernel of its own there runs on the Go backend
}

// place is where graphs run: on which device of what a setting stands for.
type place struct {
	choice
	device int
}

var (
	openMu sync.Mutex
	opened = map[place]*Backend{}
)

// Open gives the backend for a setting, opening it on first use. On XLA graphs run on the first of devices, counted from
// 0 among those this process may use, or on device 0 if there are none; other backends have no devices to choose from. No backend is ever downloaded, and one that was
// named is never replaced by another: if it can't be had, that is an error.
func Open(setting string, devices ...int) (*Backend, error) {
	c, err := resolve(setting)
	if err != nil {
		return nil, err
	}
	openMu.Lock()
	defer openMu.Unlock()
	id := place{choice: choice{name: c.name, plugin: c.plugin}}
	first := opened[id]
	if first == nil {
		first = &Backend{name: c.name}
		if err := try(func() error { return first.open(c) }); err != nil {
			return nil, fmt.Errorf("open backend %s: %w", setting, err)
		}
		opened[id] = first
	}
	if c.name != "xla" || len(devices) == 0 || devices[0] == 0 {
		return first, nil
	}
	if id.device = devices[0]; opened[id] == nil {
		b, err := first.on(id.device)
		if err != nil {
			return nil, fmt.Errorf("open backend %s: %w", setting, err)
		}
		opened[id] = b
	}
	return opened[id], nil
}

// on gives the same backend on another device.
func (b *Backend) on(device int) (*Backend, error) {
	if n := b.compute.NumDevices(); device >= n {
		return nil, fmt.Errorf("there is no device %d: it has %d, counted from 0", device, n)
	}
	return &Backend{
		name: b.name, describe: fmt.Sprintf("%s, device %d", b.describe, device), compute: b.compute, device: compute.DeviceNum(device),
		gpus: b.gpus,
	}, nil
}

func (b *Backend) open(c choice) (err error) {
	switch c.name {
	case "cpu":
		b.compute, err = cpu.New("")
		if err == nil {
			b.describe = b.compute.Description()
		}
	case "go":
		b.describe = fmt.Sprintf("GoMLX's Go backend (%s)", goClass())
		b.compute, err = cpu.OpenGo("")
	case "xla":
		b.describe = fmt.Sprintf("XLA %s by %s", pluginPlatform(c.plugin), c.plugin)
		if pluginPlatform(c.plugin) == "cuda" {
			all, _ := gpu.Ask(context.Background()) // what is wrong with the driver XLA says itself
			b.gpus = gpu.Visible(all, os.LookupEnv)
		}
		b.compute, err = openXLA(c.plugin)
	}
	return err
}

// try runs f and turns GoMLX's panics into errors.
func try(f func() error) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case error:
			err = fmt.Errorf("backend: %w", r)
		default:
			err = fmt.Errorf("backend: %v", r)
		}
	}()
	return f()
}
