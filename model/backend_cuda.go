//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && arm64))

package model

import (
	"os"
	"path/filepath"
	"strings"

	"fashionpipe/internal/pjrt"
)

// prepareCUDA gives XLA our flags, among them where the compiler's parts lie, and lets CUDA's libraries find each other, where
// NVIDIA's packages are beside the plugin. go-xla would name another folder, and warn of the layout that JAX has.
func prepareCUDA(p pjrt.Plugin) error {
	if err := os.Setenv("GOPJRT_CUDA_CHECKS", "0"); err != nil {
		return err
	}
	given, err := givenFlags()
	if err != nil {
		return err
	}
	if err := os.Setenv(flagsVariable, cudaFlags(given, p.CUDARoot(), choicesDir(p), p.Knows)); err != nil {
		return err
	}
	for _, file := range p.Beside() {
		load(file)
	}
	return nil
}

// cudaFlags adds to the flags that people gave XLA those that they say nothing of and that the plugin knows. root, where the
// compiler's parts lie, and choices, a folder for flagChoices, may be "".
func cudaFlags(given, root, choices string, knows func(flag string) bool) string {
	all := strings.Fields(given)
	add := func(flag, value string) {
		if value != "" && !strings.Contains(value, " ") && !says(all, flag) && knows(flag) { // XLA would read a space as the end
			all = append(all, flag+"="+value)
		}
	}
	add(flagCUDARoot, root)
	add(flagSame, "true")
	add(flagChoices, choices)
	return strings.Join(all, " ")
}

// choicesDir is a folder of this user's for flagChoices; "" if there can be none. Plugins of other code don't share it.
func choicesDir(p pjrt.Plugin) string {
	cache, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	id, err := p.Identity()
	if err != nil {
		return ""
	}
	dir := filepath.Join(cache, "fashionpipe", "xla", short(id))
	if os.MkdirAll(dir, 0o755) != nil {
		return ""
	}
	return dir
}
