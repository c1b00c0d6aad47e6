package pjrt

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"

	"fashionpipe/internal/gpu"
)

// Variable lists the only folders where plugins are looked for, where it is set; go-xla has it too.
const Variable = "PJRT_PLUGIN_LIBRARY_PATH"

// Home is the folder below a user's or the system's lib where go-xla, and pipe doctor, install plugins to.
const Home = "go-xla"

// UserFolder is where plugins of this user are installed, "" where there is no home folder.
func UserFolder() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".local", "lib", Home)
}

// Folder is one that plugins are looked for in.
type Folder struct {
	Path string
	JAX  bool // Python's packages: the plugin is in jax_plugins
}

// Folders lists where plugins are looked for, in this order: the folders of Variable if it is set; else the ones that
// go-xla and pipe doctor install to, those of LD_LIBRARY_PATH, and the packages of Python.
func Folders() []Folder {
	if v, ok := os.LookupEnv(Variable); ok {
		return absolute(v)
	}
	var roots []string
	if home := UserFolder(); home != "" {
		roots = append(roots, filepath.Dir(home))
	}
	var folders []Folder
	for _, root := range append(roots, "/usr/local/lib") {
		folders = append(folders, Folder{Path: filepath.Join(root, Home)}, Folder{Path: filepath.Join(root, Home, "nvidia")},
			Folder{Path: filepath.Join(root, "gomlx", "pjrt")})
	}
	folders = append(folders, absolute(os.Getenv("LD_LIBRARY_PATH"))...)
	for _, root := range roots { // by pipe doctor
		folders = append(folders, Folder{filepath.Join(root, Home, "cuda13"), true}, Folder{filepath.Join(root, Home, "cuda12"), true})
	}
	return append(folders, pythonFolders()...)
}

// absolute splits a list of folders and leaves out relative ones, which mean another folder wherever a run begins.
func absolute(list string) []Folder {
	var folders []Folder
	for _, f := range filepath.SplitList(list) {
		if filepath.IsAbs(f) {
			folders = append(folders, Folder{Path: f})
		}
	}
	return folders
}

// Find lists the plugins in Folders, in their order.
func Find() []Plugin {
	var found []Plugin
	for _, f := range Folders() {
		found = append(found, f.Plugins()...)
	}
	return found
}

// Plugins lists the plugins in the folder.
func (f Folder) Plugins() (found []Plugin) {
	if f.JAX {
		files, _ := filepath.Glob(filepath.Join(f.Path, "jax_plugins", "xla_cuda*", "xla_cuda_plugin.so")) // fails only for a bad pattern
		for _, path := range files {
			found = append(found, At(path))
		}
		return found
	}
	entries, _ := os.ReadDir(f.Path) // most of the folders don't exist
	for _, e := range entries {
		path := filepath.Join(f.Path, e.Name())
		if reName.MatchString(e.Name()) && isFile(path) {
			found = append(found, At(path))
		}
	}
	return found
}

// Usable lists those plugins whose device is here, best first: for an NVIDIA GPU where one may be used, then for
// processors, then others. Among CUDA's the one for 13 goes before the one for 12 where the driver knows CUDA 13.
func Usable(all []Plugin) []Plugin {
	here := gpu.Driver() && gpu.Allowed(os.LookupEnv)
	usable := slices.DeleteFunc(slices.Clone(all), func(p Plugin) bool { return p.nvidia() && !here })
	major := gpu.DriverMajor()
	slices.SortStableFunc(usable, func(a, b Plugin) int { return cmp.Compare(rank(b, major), rank(a, major)) })
	return usable
}

// CUDA13Driver is the first driver that CUDA 13 runs on.
const CUDA13Driver = 580

func rank(p Plugin, driver int) int {
	switch {
	case p.nvidia() && p.CUDA == "13" && driver != 0 && driver < CUDA13Driver:
		return 2
	case p.nvidia() && p.CUDA == "12":
		return 3
	case p.nvidia():
		return 4
	case p.Platform == "cpu":
		return 1
	}
	return 0
}
