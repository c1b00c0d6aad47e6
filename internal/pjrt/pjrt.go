// Package pjrt finds PJRT plugins, the shared libraries through which XLA computes on a kind of device: where they are
// looked for, what a file's name and neighbours tell of its platform and version, and which libraries it will want. It
// looks only at files, and loads none.
package pjrt

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Plugin is the file of a plugin.
type Plugin struct {
	Path     string
	Platform string // cuda, cpu, or what its name says
	CUDA     string // of a CUDA plugin: 12, 13, or "" where that can't be told
	Version  string // JAX's or go-xla's, see version; "" where neither is told
}

// String names the plugin without its path: cuda 13, version 0.10.2.
func (p Plugin) String() string {
	s := p.Platform
	if p.CUDA != "" {
		s += " " + p.CUDA
	}
	if p.Version != "" {
		s += ", version " + p.Version
	}
	return s
}

// Is says whether the plugin is of a platform as people name it: cuda, cuda12, cpu.
func (p Plugin) Is(platform string) bool {
	return platform == p.Platform || platform == p.Platform+p.CUDA
}

// nvidia says that a plugin needs an NVIDIA GPU.
func (p Plugin) nvidia() bool { return p.Platform == "cuda" }

var (
	reName    = regexp.MustCompile(`^(?:pjrt_c_api_(.+)_plugin|pjrt[-_]plugin[-_](.+)|xla_(.+)_plugin)\.(?:so|dylib)$`)
	reVersion = regexp.MustCompile(`^(.+?)_v(\d[\w.]*)$`)
	reCUDA    = regexp.MustCompile(`cuda_?(1[0-9])`)
)

// At gives the plugin of a file, going by its name.
func At(path string) Plugin {
	p := Plugin{Path: path, Platform: "other"}
	named := path
	if target, err := filepath.EvalSymlinks(path); err == nil { // go-xla links pjrt_c_api_cpu_plugin.so to the one with the version
		named = target
	}
	base := strings.ToLower(filepath.Base(named))
	if m := reName.FindStringSubmatch(base); m != nil {
		p.Platform = m[1] + m[2] + m[3]
	}
	if m := reVersion.FindStringSubmatch(p.Platform); m != nil {
		p.Platform, p.Version = m[1], m[2]
	}
	switch {
	case strings.Contains(base, "cuda"), strings.Contains(base, "nvidia"):
		p.Platform = "cuda"
		// JAX has the number in the folder's name: jax_plugins/xla_cuda13.
		if m := reCUDA.FindStringSubmatch(filepath.Base(filepath.Dir(named)) + "/" + base); m != nil {
			p.CUDA = m[1]
		} else if isThere(filepath.Join(filepath.Dir(named), "cu13")) { // go-xla puts it beside the libraries
			p.CUDA = "13"
		}
	case strings.Contains(base, "cpu"):
		p.Platform = "cpu"
	}
	if v := distInfo(sitePackages(named), "jax_cuda"+p.CUDA+"_pjrt"); p.Version == "" && p.nvidia() && v != "" {
		p.Version = v
	}
	return p
}

// sitePackages is the folder that JAX's plugin is in two folders of.
func sitePackages(path string) string { return filepath.Dir(filepath.Dir(filepath.Dir(path))) }

// distInfo gives the version of a Python package, by the folder that installers leave beside it: NAME-VERSION.dist-info.
func distInfo(site, name string) string {
	found, _ := filepath.Glob(filepath.Join(site, name+"-*.dist-info")) // fails only for a bad pattern
	if len(found) == 0 {
		return ""
	}
	last := strings.TrimSuffix(filepath.Base(found[len(found)-1]), ".dist-info")
	return strings.TrimPrefix(last, name+"-")
}

// Identity names the plugin's code, and what else of its neighbours changes the last bits of what it computes: the
// version where one is told, else a digest of its size and of its first and last megabyte, since all of it (half a
// gigabyte) takes a second to read and the ends hold the dates and offsets that any other build has otherwise; and, by a
// digest, the versions of NVIDIA's packages beside it that compute or compile.
func (p Plugin) Identity() (string, error) {
	id := p.Version
	if id == "" {
		sum, err := digest(p.Path)
		if err != nil {
			return "", fmt.Errorf("PJRT plugin %s: %w", p.Path, err)
		}
		id = "sha-" + sum
	}
	if versions := p.nvidiaVersions(); versions != "" {
		sum := sha256.Sum256([]byte(versions))
		id += ":nvidia-" + hex.EncodeToString(sum[:4])
	}
	return id, nil
}

// nvidiaVersions lists the packages of NVIDIA's beside JAX's plugin whose code the results depend on, with their versions:
// the names end in CUDA's version, up to 12 all of them.
func (p Plugin) nvidiaVersions() string {
	if !p.nvidia() {
		return ""
	}
	var all []string
	for _, name := range []string{"cublas", "cudnn", "cuda_nvcc", "cuda_nvrtc", "nvjitlink", "nvvm"} {
		for _, of := range []string{"", "_cu" + p.CUDA} {
			if v := distInfo(sitePackages(p.Path), "nvidia_"+name+of); v != "" {
				all = append(all, name+" "+v)
			}
		}
	}
	return strings.Join(all, ", ")
}

func digest(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return "", err
	}
	const end = 1 << 20
	sum := sha256.New()
	fmt.Fprintf(sum, "%d\n", size)
	for _, at := range []int64{0, max(0, size-end)} {
		if _, err := io.Copy(sum, io.NewSectionReader(f, at, end)); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil))[:12], nil
}

func isFile(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Mode().IsRegular()
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
