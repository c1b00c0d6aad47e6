package cli

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
	"strings"

	"fashionpipe/internal/pjrt"
	"fashionpipe/internal/simd"
)

const doctorWidth = 80

// print sets a checkup as a table: what it is about, how it stands, and the facts; what to do is behind an arrow.
func (c *checkup) print(w io.Writer) error {
	t := &doctorTable{}
	c.Program.rows(t)
	c.Processor.rows(t)
	c.GPU.rows(t)
	for _, p := range c.Plugins {
		p.rows(t, c.GPU)
	}
	c.folderRows(t)
	c.Store.rows(t)
	c.Backend.rows(t)
	return printRows(w, t.list, doctorWidth)
}

// How something stands.
const (
	isFine    = "ok"
	isNone    = "none"
	isUnknown = "?"
	isBroken  = "BROKEN"
)

type doctorTable struct {
	list []row
	last string
}

// add adds a fact; what it is about is said once for all that follow.
func (t *doctorTable) add(about, state, format string, args ...any) {
	if about == t.last {
		about = ""
	} else {
		t.last = about
	}
	t.list = append(t.list, row{[]string{about, state}, fmt.Sprintf(format, args...)})
}

// more adds a line to the last fact, and todo what to do about it.
func (t *doctorTable) more(format string, args ...any) { t.add(t.last, "", format, args...) }
func (t *doctorTable) todo(format string, args ...any) { t.more("→ "+format, args...) }

func (p programFacts) rows(t *doctorTable) {
	t.add("program", isFine, "%s %s (%s, %s)", program, p.Version, p.Go, p.Platform)
	if p.XLA {
		t.more("built with cgo: XLA can be used")
		return
	}
	t.more("built without cgo: it can't use XLA, nor a GPU")
	t.todo("CGO_ENABLED=1 make build, which needs a C compiler")
}

func (p processorFacts) rows(t *doctorTable) {
	t.add("processor", isFine, "%s", cmp.Or(p.Name, "unknown"))
	kernels := map[string]string{"none": "in plain Go"}
	text := "our kernels: " + cmp.Or(kernels[p.Kernels], p.Kernels)
	if p.Kernels != p.Best {
		text += fmt.Sprintf(", as %s asks; it has %s", simd.Variable, p.Best)
	}
	t.more("%s", text)
	cores := plural(p.Cores, "core")
	if p.Threads != p.Cores {
		cores += fmt.Sprintf(", and %s: the container's share, or GOMAXPROCS", plural(p.Threads, "thread"))
	}
	memory := "memory unknown"
	if p.Memory > 0 {
		memory = size(p.Memory) + " of memory"
	}
	t.more("%s, %s", cores, memory)
}

func (g gpuFacts) rows(t *doctorTable) {
	for _, d := range g.All {
		memory := ""
		if d.Total > 0 {
			memory = fmt.Sprintf(", %.1f GiB (%.1f free)", float64(d.Total)/(1<<30), float64(d.Free)/(1<<30))
		}
		if d.MIG {
			memory += ", cut into instances (MIG)"
		}
		driver := ""
		if d.Driver != "" {
			driver = ", driver " + d.Driver
		}
		t.add("GPU", isFine, "%d: %s%s%s", d.Index, d.Name, memory, driver)
	}
	switch {
	case g.Error != "":
		t.add("GPU", isUnknown, "%s", g.Error)
	case !g.Driver && len(g.All) == 0:
		t.add("GPU", isNone, "no NVIDIA driver here")
		t.todo("for a GPU: install its driver; in a container: start it with its GPUs (docker run --gpus all)")
	case len(g.All) == 0:
		t.add("GPU", isNone, "the NVIDIA driver is here, and knows no GPU")
		t.todo("see what `nvidia-smi` says")
	}
	if g.Hidden {
		t.more("CUDA_VISIBLE_DEVICES hides all of them from this process")
	}
}

func (p *pluginFacts) rows(t *doctorTable, g gpuFacts) {
	state, device := isFine, "computes on "+p.Device
	switch {
	case p.Tried && p.Error != "":
		state, device = isBroken, p.Error
	case !p.Tried && p.Platform == "cuda" && (!g.Driver || g.Hidden):
		state, device = isNone, "not tried: there is no GPU for it"
	case !p.Tried:
		state, device = isUnknown, "not tried: this program can't load plugins"
	}
	t.add("plugin", state, "%s", p.plugin)
	t.more("%s", p.Path)
	t.more("%s", device)
	for _, line := range p.Log {
		t.more("XLA says: %s", line)
	}
	if p.Platform != "cuda" {
		p.missingRows(t)
		return
	}
	found := 0
	for _, l := range p.Libraries {
		if l.Path != "" {
			found++
		}
	}
	t.more("%d of %d libraries found", found, len(p.Libraries))
	if p.CUDARoot == "" {
		t.more("no compiler's parts (ptxas, libdevice) beside it: it looks in /usr/local/cuda")
	}
	p.missingRows(t)
}

// missingRows lists the libraries that are nowhere.
func (p *pluginFacts) missingRows(t *doctorTable) {
	need, want := []string{}, []string{}
	for _, l := range p.Libraries {
		switch {
		case l.Path != "" || l.Name == "libcuda.so.1": // the driver's own, of which GPU tells
		case l.Needed:
			need = append(need, l.Name)
		default:
			want = append(want, l.Name)
		}
	}
	if len(need) > 0 {
		t.more("missing: %s", strings.Join(need, ", "))
	}
	if len(want) > 0 {
		t.more("missing, and seldom needed: %s", strings.Join(want, ", "))
	}
	if len(need) > 0 && p.Platform == "cuda" {
		cuda := cmp.Or(p.CUDA, "13")
		t.todo("%s doctor --install-xla=cuda%s, or pip install \"jax[cuda%s]\"", program, cuda, cuda)
	}
}

func (c *checkup) folderRows(t *doctorTable) {
	switch {
	case len(c.Plugins) > 0:
	case c.GPU.Driver:
		t.add("plugin", isNone, "no PJRT plugin was found, through which XLA computes on the GPU")
		t.todo("%s doctor --install-xla fetches one", program)
	default:
		t.add("plugin", isNone, "no PJRT plugin was found, and without a GPU none is needed: the backend cpu is in this program")
	}
	for i, f := range c.Folders {
		text := f.Path
		switch {
		case !f.There:
			text += " (not there)"
		case f.Python && f.Plugins == 0:
			text += " (no plugin of JAX in it)"
		case f.Plugins == 0:
			text += " (none in it)"
		default:
			text += fmt.Sprintf(" (%s)", plural(f.Plugins, "plugin"))
		}
		if i == 0 {
			t.add("looked in", "", "%s", text)
			continue
		}
		t.more("%s", text)
	}
	t.todo("%s names other folders, or --backend xla:/path/plugin.so a file", pjrt.Variable)
}

func (s storeFacts) rows(t *doctorTable) {
	state := isFine
	if s.Error != "" {
		state = isBroken
	}
	where := s.Path
	if !s.There {
		where += " (not there yet)"
	}
	t.add("store", state, "%s", where)
	if f := s.FileSystem; f != nil {
		text := fmt.Sprintf("on %s, %s free", f.Type, size(f.Free))
		switch {
		case f.Network:
			text += "; a network's file system: slower, and its locks hold only as far as its server keeps them"
		case f.Volatile:
			text += "; in memory: it is gone when the machine stops"
		}
		t.more("%s", text)
	}
	if s.Error != "" {
		t.more("%s", s.Error)
		t.todo("name a folder that can be written: --store")
	}
}

// reDoctor is what sends people here.
var reDoctor = regexp.MustCompile(` \(pipe doctor says [^)]*\)`)

func (b backendFacts) rows(t *doctorTable) {
	if b.Error != "" {
		t.add("backend", isBroken, "%s: %s", b.Setting, b.Error)
		return
	}
	takes := b.Takes
	if b.Plugin != "" {
		takes += " by " + b.Plugin
	}
	t.add("backend", isFine, "%s takes %s", b.Setting, takes)
	t.more("%s", reDoctor.ReplaceAllString(strings.TrimPrefix(b.Why, "auto: "), ""))
	t.more("in keys: %s", b.Class)
}
