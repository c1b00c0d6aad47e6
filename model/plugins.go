package model

import (
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
)

// pluginFolders lists where PJRT plugins are looked for: the folders of PJRT_PLUGIN_LIBRARY_PATH if that is set, else
// the ones that go-xla installs to and those of LD_LIBRARY_PATH.
func pluginFolders() []string {
	if v, ok := os.LookupEnv("PJRT_PLUGIN_LIBRARY_PATH"); ok {
		return splitFolders(v)
	}
	var roots []string
	if home, err := os.UserHomeDir(); err == nil {
		roots = append(roots, filepath.Join(home, ".local", "lib"))
	}
	var folders []string
	for _, root := range append(roots, "/usr/local/lib") {
		folders = append(folders, filepath.Join(root, "go-xla"), filepath.Join(root, "go-xla", "nvidia"), filepath.Join(root, "gomlx", "pjrt"))
	}
	return append(folders, splitFolders(os.Getenv("LD_LIBRARY_PATH"))...)
}

func splitFolders(list string) []string {
	var folders []string
	for _, f := range filepath.SplitList(list) {
		if filepath.IsAbs(f) {
			folders = append(folders, f)
		}
	}
	return folders
}

var pluginName = regexp.MustCompile(`^(?:pjrt_c_api_(.+)_plugin|pjrt[-_]plugin[-_](.+))\.(?:so|dylib)$`)

// findPlugins lists the plugin files in pluginFolders, those for a device that is here first (CUDA only where there
// is an NVIDIA device), then in folder order.
func findPlugins() []string {
	var found []string
	for _, folder := range pluginFolders() {
		entries, err := os.ReadDir(folder)
		if err != nil {
			continue // most of the folders don't exist
		}
		for _, e := range entries {
			path := filepath.Join(folder, e.Name())
			if !pluginName.MatchString(e.Name()) || !isFile(path) || rank(path) < 0 {
				continue
			}
			found = append(found, path)
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return rank(found[i]) > rank(found[j]) })
	return found
}

// rank orders plugins by what they run on; below 0 are those without their device.
func rank(path string) int {
	switch pluginPlatform(path) {
	case "cuda":
		if isThere("/dev/nvidiactl") || isThere("/proc/driver/nvidia/version") {
			return 2
		}
		return -1
	case "cpu":
		return 1
	}
	return 0
}

// pluginPlatform guesses from its name what a plugin runs on: "cuda", "cpu", or the rest of its name.
func pluginPlatform(path string) string {
	base := strings.ToLower(filepath.Base(path))
	switch {
	case strings.Contains(base, "cuda"), strings.Contains(base, "nvidia"):
		return "cuda"
	case strings.Contains(base, "cpu"):
		return "cpu"
	}
	if m := pluginName.FindStringSubmatch(base); m != nil {
		return m[1] + m[2]
	}
	return "other"
}

func isFile(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Mode().IsRegular()
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
