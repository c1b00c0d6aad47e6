package pjrt

import (
	"cmp"
	"debug/elf"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Library is a shared library that a plugin loads while it works.
type Library struct {
	Name   string // libcudnn.so.9
	Path   string // "" where it is in none of the folders that are looked in
	Needed bool   // nothing runs without it; else only what few programs do
}

// cudaLibraries are those that XLA, and the libraries themselves, load by name when they first need them, by CUDA's
// version; ! stands before those that every network needs. Their order is JAX's, which loads them one after the other so
// that each finds what it asks for. libcuda.so.1 is the driver's own.
var cudaLibraries = map[string]string{
	"12": `!libcudart.so.12 !libnvrtc.so.12 !libcublas.so.12 !libcublasLt.so.12 libnccl.so.2 libcupti.so.12 libcusparse.so.12
		libcusolver.so.11 libcufft.so.11 libnvshmem_host.so.3 !libcudnn.so.9`,
	"13": `!libcudart.so.13 !libnvrtc.so.13 !libcublas.so.13 !libcublasLt.so.13 libnccl.so.2 libcupti.so.13 libcusparse.so.12
		libcusolver.so.12 libcufft.so.12 libnvshmem_host.so.3 !libcudnn.so.9`,
}

// Libraries lists what a CUDA plugin loads beside itself, and where each is: in the folders that the plugin's own code
// names, in those of NVIDIA's packages beside it, else where the system looks. Of other plugins it lists what they are
// linked to.
func (p Plugin) Libraries() []Library {
	needed, own := dynamic(p.Path)
	folders := slices.Concat(own, p.packages(), systemFolders())
	var all []Library
	for _, name := range needed {
		all = append(all, Library{Name: name, Needed: true})
	}
	if p.nvidia() {
		for _, name := range strings.Fields("!libcuda.so.1 " + cudaLibraries[p.cuda(own)]) {
			name, must := strings.CutPrefix(name, "!")
			all = append(all, Library{Name: name, Needed: must})
		}
	}
	for i := range all {
		all[i].Path = inFolders(folders, all[i].Name)
	}
	return all
}

// Beside lists the files of NVIDIA's packages beside a CUDA plugin that it loads, in the order that they should be.
func (p Plugin) Beside() []string {
	if !p.nvidia() {
		return nil
	}
	_, own := dynamic(p.Path)
	var files []string
	for _, name := range strings.Fields(cudaLibraries[p.cuda(own)]) {
		if path := inFolders(p.packages(), strings.TrimPrefix(name, "!")); path != "" {
			files = append(files, path)
		}
	}
	return files
}

// cuda is CUDA's version; the folders in the plugin's code tell it where its name doesn't.
func (p Plugin) cuda(own []string) string {
	if p.CUDA == "" && slices.ContainsFunc(own, func(f string) bool { return strings.Contains(f, "cu13") }) {
		return "13"
	}
	return cmp.Or(p.CUDA, "12")
}

// nvidiaFolders are where NVIDIA's packages may be: two up from JAX's plugin, one up from go-xla's.
func (p Plugin) nvidiaFolders() []string {
	one := filepath.Dir(filepath.Dir(p.Path))
	return []string{filepath.Join(filepath.Dir(one), "nvidia"), filepath.Join(one, "nvidia")}
}

func (p Plugin) packages() []string {
	var folders []string
	for _, dir := range p.nvidiaFolders() {
		found, _ := filepath.Glob(filepath.Join(dir, "*", "lib")) // fails only for a bad pattern
		folders = append(folders, found...)
	}
	return folders
}

// CUDARoot is the folder of NVIDIA's packages that holds the compiler's parts (ptxas, libdevice), "" where none is
// beside the plugin: XLA then looks in /usr/local/cuda.
func (p Plugin) CUDARoot() string {
	for _, dir := range p.nvidiaFolders() {
		for _, name := range []string{"cu13", "cuda_nvcc"} {
			if root := filepath.Join(dir, name); isFile(filepath.Join(root, "nvvm", "libdevice", "libdevice.10.bc")) {
				return root
			}
		}
	}
	return ""
}

// dynamic reads from a library which others it is linked to, and in which folders it has the loader look for others.
func dynamic(path string) (needed, folders []string) {
	f, err := elf.Open(path)
	if err != nil {
		return nil, nil // no library at all: opening it says so
	}
	defer func() { _ = f.Close() }()
	needed, _ = f.ImportedLibraries()
	for _, tag := range []elf.DynTag{elf.DT_RPATH, elf.DT_RUNPATH} {
		lists, _ := f.DynString(tag)
		for _, list := range lists {
			for _, dir := range filepath.SplitList(list) {
				folders = append(folders, filepath.Clean(strings.NewReplacer("$ORIGIN", filepath.Dir(path), "${ORIGIN}", filepath.Dir(path)).Replace(dir)))
			}
		}
	}
	return needed, slices.Compact(folders)
}

func inFolders(folders []string, name string) string {
	for _, dir := range folders {
		if path := filepath.Join(dir, name); isFile(path) {
			return path
		}
	}
	return ""
}

// systemFolders lists where the dynamic loader looks: LD_LIBRARY_PATH, what /etc/ld.so.conf names, and its own.
func systemFolders() []string {
	folders := filepath.SplitList(os.Getenv("LD_LIBRARY_PATH"))
	folders = append(folders, loaderFolders("/etc/ld.so.conf", 0)...)
	return append(folders, "/lib64", "/usr/lib64", "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu",
		"/usr/lib/aarch64-linux-gnu", "/lib", "/usr/lib", "/usr/lib/wsl/lib")
}

// loaderFolders reads a file of the loader's, which may include others.
func loaderFolders(file string, depth int) (folders []string) {
	b, err := os.ReadFile(file)
	if err != nil || depth > 3 {
		return nil // musl has none
	}
	for line := range strings.Lines(string(b)) {
		line, _, _ = strings.Cut(line, "#")
		switch f := strings.Fields(line); {
		case len(f) == 2 && f[0] == "include":
			files, _ := filepath.Glob(f[1])
			for _, name := range files {
				folders = append(folders, loaderFolders(name, depth+1)...)
			}
		case len(f) == 1:
			folders = append(folders, f[0])
		}
	}
	return folders
}
