package model

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"github.com/gomlx/compute"

	"fashionpipe/internal/gpu"
	"fashionpipe/internal/pjrt"
	"fashionpipe/internal/simd"
	"fashionpipe/model/cpu"
)

// Backend computes graphs. There is one per process, setting, device and precision; Train and Embed on it take turns.
type Backend struct {
	name      string // "cpu", "go" or "xla"
	plugin    pjrt.Plugin
	why       string // it was chosen, when it was first opened
	compute   compute.Backend
	device    compute.DeviceNum   // graphs run on
	more      []compute.DeviceNum // that a training shares its batches with
	precision Precision           // of networks
	gpus      []*gpu.GPU          // by device; nil where a device is none, or can't be told
	mu        sync.Mutex          // held while a graph is compiled or, but on XLA, runs
}

// Describe says in one line what was chosen, on which device, and why.
func (b *Backend) Describe() string {
	text := b.what()
	if b.name == "xla" {
		text = fmt.Sprintf("XLA %s (%s) by %s", b.plugin, b.Device(), b.plugin.Path)
	}
	if b.precision == TF32 || b.precision == BF16 {
		text += ", precision " + string(b.precision)
	}
	text += "; " + b.why
	if b.plugin.Platform == "cuda" {
		if out := leftOut(b.plugin); out != "" {
			text += "; " + out
		}
	}
	return text
}

// what names a backend that has one device.
func (b *Backend) what() string {
	if b.name == "go" {
		return fmt.Sprintf("GoMLX's Go backend (%s)", goClass())
	}
	return b.compute.Description()
}

// Device describes the device that XLA computes on: NVIDIA H100 80GB HBM3, 79.6 GiB, driver 580.65.06.
func (b *Backend) Device() string {
	var about []string
	g := b.gpu()
	switch {
	case g != nil:
		about = append(about, g.Name)
		if total, _, known := g.Memory(); known {
			about = append(about, gibibytes(total))
		}
		if g.Driver != "" {
			about = append(about, "driver "+g.Driver)
		}
	case b.plugin.Platform == "cuda":
		about = append(about, cmp.Or(gpu.Kinds(), b.compute.DeviceDescription(b.device)))
	case b.plugin.Platform == "cpu":
		about = append(about, fmt.Sprintf("%s %s, %d cores", runtime.GOARCH, simd.Best(), runtime.NumCPU()))
	default:
		about = append(about, b.compute.DeviceDescription(b.device))
	}
	if n := b.compute.NumDevices(); n > 1 {
		about = append(about, fmt.Sprintf("%s of %d", b.numbers(), n))
	}
	return strings.Join(about, ", ")
}

// numbers says on which of its devices graphs run: "device 0", "devices 0 and 1", "4 devices".
func (b *Backend) numbers() string {
	switch all := b.devices(); len(all) {
	case 1:
		return fmt.Sprintf("device %d", all[0])
	case 2:
		return fmt.Sprintf("devices %d and %d", all[0], all[1])
	default:
		return fmt.Sprintf("%d devices", len(all))
	}
}

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

// place is where graphs run, and how: on which devices of what a setting stands for, and networks with which precision; ""
// for what all of them have in common.
type place struct {
	name, plugin string
	devices      string // as Open has them, separated by spaces; "": the first
	precision    Precision
}

var (
	openMu sync.Mutex
	opened = map[place]*Backend{}
)

// Open gives the backend for a setting and a precision, opening it on first use. On XLA graphs run on the first of devices,
// counted from 0 among those this process may use, or on device 0 if there are none, and Train shares each batch among all of
// them; other backends have no devices to choose from. No backend is ever downloaded, and one that was named is never replaced
// by another: if it can't be had, that is an error.
func Open(setting string, p Precision, devices ...int) (*Backend, error) {
	c, err := Choose(setting)
	if err == nil {
		err = c.check(p)
	}
	if err != nil {
		return nil, err
	}
	if p == TF32 && !c.rounds() {
		p = F32
	}
	id := place{name: c.Name, plugin: c.Plugin.Path, precision: p}
	if c.Name == "xla" {
		id.devices = strings.Trim(fmt.Sprint(devices), "[]")
	}
	openMu.Lock()
	defer openMu.Unlock()
	if opened[id] == nil {
		b, err := c.open(id)
		if err != nil {
			return nil, fmt.Errorf("backend %s: %w", cmp.Or(setting, "auto"), err)
		}
		opened[id] = b
	}
	return opened[id], nil
}

// open opens what was chosen for a place. openMu is held.
func (c Choice) open(id place) (*Backend, error) {
	common := place{name: id.name, plugin: id.plugin}
	if opened[common] == nil {
		b := &Backend{name: c.Name, plugin: c.Plugin, why: c.Why}
		if err := try(b.open); err != nil {
			return nil, err
		}
		opened[common] = b
	}
	return opened[common].on(id)
}

// on gives the same backend for a place.
func (b *Backend) on(id place) (*Backend, error) {
	other := &Backend{name: b.name, plugin: b.plugin, why: b.why, compute: b.compute, precision: id.precision, gpus: b.gpus}
	if id.precision == TF32 {
		other.compute = rounding(b.compute)
	}
	for i, text := range strings.Fields(id.devices) {
		d, err := strconv.Atoi(text)
		if err != nil {
			return nil, err
		}
		if n := b.compute.NumDevices(); d >= n {
			return nil, fmt.Errorf("there is no device %d: it has %d, counted from 0", d, n)
		}
		if i == 0 {
			other.device = compute.DeviceNum(d)
		} else {
			other.more = append(other.more, compute.DeviceNum(d))
		}
	}
	return other, nil
}

func (b *Backend) open() (err error) {
	switch b.name {
	case "cpu":
		b.compute, err = cpu.New("")
	case "go":
		b.compute, err = cpu.OpenGo("")
	case "xla":
		if b.plugin.Platform == "cuda" {
			all, _ := gpu.Ask(context.Background()) // what is wrong with the driver XLA says itself
			b.gpus = gpu.Visible(all, os.LookupEnv)
		}
		b.compute, err = openXLA(b.plugin)
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
