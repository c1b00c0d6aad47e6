package pjrt

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// files makes empty files below a folder.
func files(t *testing.T, dir string, names ...string) {
	t.Helper()
	for _, n := range names {
		path := filepath.Join(dir, n)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAt(t *testing.T) {
	dir := t.TempDir()
	files(t, dir,
		"jax/jax_plugins/xla_cuda12/xla_cuda_plugin.so", "jax/jax_cuda12_pjrt-0.10.2.dist-info/METADATA", "jax/jax_cuda13_pjrt-9.dist-info/METADATA",
		"go-xla/pjrt_c_api_cpu_v0.83.1_plugin.so", "go-xla/nvidia/pjrt_c_api_cuda_plugin.so", "go-xla/nvidia/cu13/lib/libcudart.so.13",
		"old/pjrt_c_api_cuda_plugin.so", "old/pjrt-plugin-metal.so", "old/libmine.so", "old/pjrt_plugin_tpu.so")
	if err := os.Symlink("pjrt_c_api_cpu_v0.83.1_plugin.so", filepath.Join(dir, "go-xla/pjrt_c_api_cpu_plugin.so")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]Plugin{
		"jax/jax_plugins/xla_cuda12/xla_cuda_plugin.so": {Platform: "cuda", CUDA: "12", Version: "0.10.2"},
		"go-xla/pjrt_c_api_cpu_v0.83.1_plugin.so":       {Platform: "cpu", Version: "0.83.1"},
		"go-xla/pjrt_c_api_cpu_plugin.so":               {Platform: "cpu", Version: "0.83.1"},
		"go-xla/nvidia/pjrt_c_api_cuda_plugin.so":       {Platform: "cuda", CUDA: "13"},
		"old/pjrt_c_api_cuda_plugin.so":                 {Platform: "cuda"},
		"old/pjrt-plugin-metal.so":                      {Platform: "metal"},
		"old/pjrt_plugin_tpu.so":                        {Platform: "tpu"},
		"old/libmine.so":                                {Platform: "other"},
	} {
		want.Path = filepath.Join(dir, name)
		if diff := cmp.Diff(want, At(want.Path)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestIs(t *testing.T) {
	p := Plugin{Platform: "cuda", CUDA: "13"}
	if !p.Is("cuda") || !p.Is("cuda13") || p.Is("cuda12") || p.Is("cpu") || p.Is("") {
		t.Error(p)
	}
}

func TestIdentity(t *testing.T) {
	dir := t.TempDir()
	files(t, dir, "jax_plugins/xla_cuda13/xla_cuda_plugin.so")
	path := filepath.Join(dir, "jax_plugins/xla_cuda13/xla_cuda_plugin.so")
	id := func() string {
		t.Helper()
		id, err := At(path).Identity()
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	had := map[string]bool{}
	for what, change := range map[int]func(b []byte) []byte{
		0: func(b []byte) []byte { return b }, 1: func(b []byte) []byte { b[5]++; return b },
		2: func(b []byte) []byte { b[len(b)-5]++; return b }, 3: func(b []byte) []byte { return append(b, 0) },
	} {
		if err := os.WriteFile(path, change(make([]byte, 3<<20)), 0o644); err != nil {
			t.Fatal(err)
		}
		got := id()
		if had[got] || !strings.HasPrefix(got, "sha-") {
			t.Errorf("%d: %s once more", what, got)
		}
		had[got] = true
	}
	files(t, dir, "jax_cuda13_pjrt-0.10.2.dist-info/METADATA", "nvidia_cudnn_cu13-9.12.0.46.dist-info/METADATA")
	one := id()
	if !strings.HasPrefix(one, "0.10.2:nvidia-") || At(path).nvidiaVersions() != "cudnn 9.12.0.46" {
		t.Error(one, At(path).nvidiaVersions())
	}
	files(t, dir, "nvidia_cublas-13.0.1.dist-info/METADATA", "nvidia_nccl_cu13-2.27.dist-info/METADATA")
	if two := id(); two == one || At(path).nvidiaVersions() != "cublas 13.0.1, cudnn 9.12.0.46" {
		t.Error(two, At(path).nvidiaVersions())
	}
	if _, err := (Plugin{Path: filepath.Join(dir, "none"), Platform: "cuda"}).Identity(); err == nil {
		t.Error("identity of no file")
	}
}

// TestFind: the order is go-xla's folders, the loader's, the ones of pipe doctor, then Python's.
func TestFind(t *testing.T) {
	home, venv, lib, bin := t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("VIRTUAL_ENV", venv)
	t.Setenv("CONDA_PREFIX", "relative")
	t.Setenv("LD_LIBRARY_PATH", lib+"::relative")
	t.Setenv("PATH", filepath.Join(bin, "bin"))
	unset(t, Variable)
	const jax = "jax_plugins/xla_cuda12/xla_cuda_plugin.so"
	files(t, home, ".local/lib/go-xla/pjrt_c_api_cpu_plugin.so", ".local/lib/go-xla/notes.so", ".local/lib/go-xla/cuda13/jax_plugins/xla_cuda13/xla_cuda_plugin.so",
		".local/lib/python3.12/site-packages/"+jax)
	files(t, lib, "pjrt-plugin-x.so")
	files(t, venv, "lib/python3.11/site-packages/"+jax)
	files(t, bin, "bin/python3", "lib/python3.13/dist-packages/"+jax)
	if err := os.Chmod(filepath.Join(bin, "bin/python3"), 0o755); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range Find() {
		for _, dir := range []string{home, venv, lib, bin} {
			if rel, err := filepath.Rel(dir, p.Path); err == nil && !strings.HasPrefix(rel, "..") {
				got = append(got, rel)
			}
		}
	}
	want := []string{".local/lib/go-xla/pjrt_c_api_cpu_plugin.so", "pjrt-plugin-x.so", ".local/lib/go-xla/cuda13/jax_plugins/xla_cuda13/xla_cuda_plugin.so",
		"lib/python3.11/site-packages/" + jax, "lib/python3.13/dist-packages/" + jax, ".local/lib/python3.12/site-packages/" + jax}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	t.Setenv(Variable, lib)
	if got := Find(); len(got) != 1 || got[0].Platform != "x" {
		t.Error(got)
	}
}

func unset(t *testing.T, name string) {
	t.Helper()
	t.Setenv(name, "") // puts it back at the end
	if err := os.Unsetenv(name); err != nil {
		t.Fatal(err)
	}
}

func TestRank(t *testing.T) {
	cuda12, cuda13, plain, cpu, other := Plugin{Platform: "cuda", CUDA: "12"}, Plugin{Platform: "cuda", CUDA: "13"}, Plugin{Platform: "cuda"}, Plugin{Platform: "cpu"}, Plugin{Platform: "x"}
	for driver, want := range map[int][]Plugin{0: {cuda13, plain, cuda12, cpu, other}, 580: {cuda13, plain, cuda12, cpu, other}, 570: {plain, cuda12, cuda13, cpu, other}} {
		got := []Plugin{cuda13, other, cpu, cuda12, plain}
		slices.SortStableFunc(got, func(a, b Plugin) int { return rank(b, driver) - rank(a, driver) })
		// cuda13 and plain are equal: the order of folders decides.
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("driver %d: %s", driver, diff)
		}
	}
}

// TestLibraries: of an installation as pip makes it.
func TestLibraries(t *testing.T) {
	site := t.TempDir()
	t.Setenv("LD_LIBRARY_PATH", filepath.Join(site, "loader"))
	files(t, site, "jax_plugins/xla_cuda13/xla_cuda_plugin.so", "nvidia/cu13/lib/libcublas.so.13", "nvidia/cudnn/lib/libcudnn.so.9", "nvidia/cu13/lib/libcusolver.so.12",
		"loader/libnccl.so.2", "nvidia/cu13/nvvm/libdevice/libdevice.10.bc")
	p := At(filepath.Join(site, "jax_plugins/xla_cuda13/xla_cuda_plugin.so"))
	found := map[string]Library{}
	for _, l := range p.Libraries() {
		found[l.Name] = l
	}
	for name, want := range map[string]Library{
		"libcublas.so.13":      {Path: "nvidia/cu13/lib/libcublas.so.13", Needed: true},
		"libcudnn.so.9":        {Path: "nvidia/cudnn/lib/libcudnn.so.9", Needed: true},
		"libcusolver.so.12":    {Path: "nvidia/cu13/lib/libcusolver.so.12"},
		"libnccl.so.2":         {Path: "loader/libnccl.so.2"},
		"libcublasLt.so.13":    {Needed: true},
		"libnvshmem_host.so.3": {},
	} {
		want.Name = name
		if want.Path != "" {
			want.Path = filepath.Join(site, want.Path)
		}
		if diff := cmp.Diff(want, found[name]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	var beside []string
	for _, f := range p.Beside() {
		beside = append(beside, filepath.Base(f))
	}
	if want := []string{"libcublas.so.13", "libcusolver.so.12", "libcudnn.so.9"}; !slices.Equal(beside, want) {
		t.Errorf("loaded first: %v, want %v", beside, want)
	}
	if got, want := p.CUDARoot(), filepath.Join(site, "nvidia/cu13"); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := At(filepath.Join(site, "pjrt_c_api_cpu_plugin.so")); got.Beside() != nil {
		t.Error("libraries of CUDA for a processor")
	}
}

// TestDynamic: what a real library is linked to. A Go test on Linux has none of its own, so it is the C library.
func TestDynamic(t *testing.T) {
	libc := inFolders(systemFolders(), "libm.so.6")
	if libc == "" {
		t.Skip("there is no libm.so.6 here")
	}
	if needed, _ := dynamic(libc); !slices.Contains(needed, "libc.so.6") {
		t.Errorf("%s needs %v", libc, needed)
	}
}

func TestLoaderFolders(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"ld.so.conf": "# all\ninclude " + dir + "/d/*.conf\n/last # of all\nhwcap 0 nosegneg\n", "d/a.conf": "/first\n", "d/b.conf": "include " + dir + "/d/b.conf\n/second\n",
	} {
		files(t, dir, name)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got := loaderFolders(filepath.Join(dir, "ld.so.conf"), 0)
	if got[0] != "/first" || got[len(got)-1] != "/last" || !slices.Contains(got, "/second") || len(got) > 6 {
		t.Error(got)
	}
}

// BenchmarkFind is what every run pays before it begins.
func BenchmarkFind(b *testing.B) {
	for b.Loop() {
		Usable(Find())
	}
}
