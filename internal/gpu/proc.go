package gpu

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

const procFolder = "/proc/driver/nvidia/gpus"

// Kinds names the GPUs that this process may use, each kind once, sorted, from files where the driver writes names there,
// which costs nothing, else by List; "" where neither knows any.
func Kinds() string {
	all := Named()
	if len(all) == 0 {
		all, _ = List() // names are all that is asked for
	}
	return kinds(all, os.LookupEnv)
}

// kinds has all names and the variable that chooses among them where it can't be told which GPU that is.
func kinds(all []GPU, lookup func(string) (string, bool)) string {
	var used []GPU
	for _, g := range Visible(all, lookup) {
		if g == nil {
			visible, _ := lookup("CUDA_VISIBLE_DEVICES")
			return strings.Join(Models(all), "+") + " (" + visible + ")"
		}
		used = append(used, *g)
	}
	return strings.Join(Models(used), "+")
}

// Named lists the GPUs that files of the driver name, without their memory.
func Named() []GPU { return proc(procFolder) }

// proc reads a folder per GPU, named by its place on the PCI bus. It knows names and UUIDs, and nothing of those that
// the driver has not set up.
func proc(dir string) []GPU {
	files, _ := filepath.Glob(filepath.Join(dir, "*", "information")) // sorted; fails only for a bad pattern
	var all []GPU
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			continue // a GPU of another container
		}
		g := GPU{Index: len(all)}
		for line := range strings.Lines(string(b)) {
			name, value, _ := strings.Cut(line, ":")
			switch value = strings.TrimSpace(value); {
			case name == "Model" && value != "Unknown":
				g.Name = value
			case name == "GPU UUID" && !strings.Contains(value, "?"):
				g.UUID = value
			}
		}
		if g.Name != "" {
			all = append(all, g)
		}
	}
	return all
}

var reDriver = regexp.MustCompile(`\b([0-9]{3,4})\.[0-9]+`)

// DriverMajor gives the first number of the driver's version, 580 of 580.65.06, by a file; 0 where there is none.
func DriverMajor() int { return driverMajor("/proc/driver/nvidia/version") }

func driverMajor(path string) int {
	b, _ := os.ReadFile(path) // not there without a driver, nor on WSL
	line, _, _ := strings.Cut(string(b), "\n")
	if m := reDriver.FindStringSubmatch(line); m != nil {
		n, _ := strconv.Atoi(m[1]) // digits
		return n
	}
	return 0
}
