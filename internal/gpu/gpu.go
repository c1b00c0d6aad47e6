// Package gpu says which NVIDIA GPUs this machine has: their names, memory and driver. It asks the driver's own
// nvidia-smi, once, or reads what the kernel's driver writes to /proc; it loads no library.
package gpu

import (
	"os"
	"slices"
	"strconv"
	"strings"
)

// GPU is one NVIDIA GPU.
type GPU struct {
	Index  int    // nvidia-smi's number: in the order of the PCI bus
	Name   string // NVIDIA H100 80GB HBM3
	UUID   string // GPU-5a1c…
	Driver string // 580.65.06
	Total  int64  // bytes of memory; 0: not known
	Free   int64  // bytes that nothing used when it was asked; 0 also where Total isn't known
	MIG    bool   // it is cut into instances, which have a part of its memory each
}

// Memory gives how many bytes the GPU has, and how many nothing uses; known is false where the driver doesn't say, and
// for one that is cut into instances.
func (g *GPU) Memory() (total, free int64, known bool) {
	if g.MIG || g.Total == 0 {
		return 0, 0, false
	}
	return g.Total, g.Free, true
}

// Visible gives those of all that a process with this environment may use, by the numbers it knows them by. lookup is
// os.LookupEnv. An entry is nil where it can't be told which GPU it is: an instance of one, a name that none has, or a
// number where GPUs differ, since CUDA then counts them by speed unless CUDA_DEVICE_ORDER is PCI_BUS_ID.
func Visible(all []GPU, lookup func(string) (string, bool)) []*GPU {
	ordered := len(Models(all)) < 2
	if order, _ := lookup("CUDA_DEVICE_ORDER"); order == "PCI_BUS_ID" {
		ordered = true
	}
	visible, set := lookup("CUDA_VISIBLE_DEVICES")
	var found []*GPU
	if !set {
		for i := range all {
			found = append(found, byNumber(all, i, ordered))
		}
		return found
	}
	for id := range strings.SplitSeq(visible, ",") {
		id = strings.TrimSpace(id)
		n, err := strconv.Atoi(id)
		switch {
		case id == "" || err == nil && (n < 0 || n >= len(all)):
			return found // CUDA stops at the first that names none
		case err == nil:
			found = append(found, byNumber(all, n, ordered))
		default:
			found = append(found, byUUID(all, id))
		}
	}
	return found
}

func byNumber(all []GPU, n int, ordered bool) *GPU {
	if !ordered {
		return nil
	}
	return &all[n]
}

// byUUID finds a GPU by its UUID or the beginning of one, as CUDA does; nil unless it is one GPU's alone.
func byUUID(all []GPU, id string) (found *GPU) {
	for i := range all {
		if strings.HasPrefix(all[i].UUID, id) {
			if found != nil {
				return nil
			}
			found = &all[i]
		}
	}
	return found
}

// Models lists the different names, sorted.
func Models(all []GPU) []string {
	var names []string
	for _, g := range all {
		names = append(names, g.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Driver says that the NVIDIA driver is loaded.
func Driver() bool {
	for _, path := range []string{"/dev/nvidiactl", "/proc/driver/nvidia/version", "/dev/dxg"} { // the last is WSL's
		if _, err := os.Stat(path); err == nil {
			return true
		}
	}
	return false
}

// Allowed says that CUDA_VISIBLE_DEVICES does not hide every GPU from this process. lookup is os.LookupEnv.
func Allowed(lookup func(string) (string, bool)) bool {
	visible, set := lookup("CUDA_VISIBLE_DEVICES")
	first, _, _ := strings.Cut(visible, ",")
	first = strings.TrimSpace(first)
	n, err := strconv.Atoi(first)
	return !set || first != "" && (err != nil || n >= 0)
}
