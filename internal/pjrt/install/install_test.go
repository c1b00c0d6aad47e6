package install

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fashionpipe/internal/pjrt"
)

// server is PyPI and GitHub.
type server struct {
	*httptest.Server
	mu    sync.Mutex
	json  map[string]any    // by path
	files map[string][]byte // by name
	fault func(w http.ResponseWriter, name string, content []byte) bool
	asked []string // files, with the range
}

func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{json: map[string]any{}, files: map[string][]byte{}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.answer))
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return s
}

func (s *server) answer(w http.ResponseWriter, r *http.Request) {
	if j, ok := s.json[r.URL.Path]; ok {
		_ = json.NewEncoder(w).Encode(j)
		return
	}
	name, isFile := strings.CutPrefix(r.URL.Path, "/files/")
	content, ok := s.files[name]
	if !isFile || !ok {
		http.NotFound(w, r)
		return
	}
	s.mu.Lock()
	s.asked = append(s.asked, strings.TrimSpace(name+" "+r.Header.Get("Range")))
	fault := s.fault
	s.mu.Unlock()
	if fault != nil && fault(w, name, content) {
		return
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
}

// publish makes wheels of a package, each with the files in it, known by PyPI.
func (s *server) publish(t *testing.T, name, tag string, requires []string, versions map[string]map[string]string) {
	t.Helper()
	newest, releases := "", map[string]any{}
	for version, in := range versions {
		if newest == "" || compareVersions(version, newest) > 0 {
			newest = version
		}
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for path, text := range in {
			w, err := z.Create(path)
			if err == nil {
				_, err = w.Write([]byte(text))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		file := strings.ReplaceAll(name, "-", "_") + "-" + version + "-" + tag + ".whl"
		s.files[file] = b.Bytes()
		sum := sha256.Sum256(b.Bytes())
		releases[version] = []any{map[string]any{
			"filename": file, "url": "/files/" + file, "size": b.Len(), "digests": map[string]string{"sha256": hex.EncodeToString(sum[:])},
		}}
	}
	s.json["/pypi/"+name+"/json"] = map[string]any{"info": map[string]any{"version": newest, "requires_dist": requires}, "releases": releases}
}

const forAMD = "py3-none-manylinux_2_27_x86_64"

// jax publishes what JAX needs for CUDA 13, smaller.
func (s *server) jax(t *testing.T) {
	t.Helper()
	s.publish(t, "jax-cuda13-plugin", "cp312-cp312-manylinux_2_27_x86_64", []string{
		"jax-cuda13-pjrt==0.10.2", `nvidia-cudnn-cu13<10.0,>=9.12.0.46; sys_platform == "linux" and extra == "with-cuda"`, `nvidia-cuda-nvcc (>=13.0); extra == "with-cuda"`, "numpy",
	}, map[string]map[string]string{"0.10.2": {}})
	plugin := map[string]string{"jax_plugins/xla_cuda13/xla_cuda_plugin.so": strings.Repeat("plugin", 50_000), "jax_cuda13_pjrt-0.10.2.dist-info/METADATA": ""}
	s.publish(t, "jax-cuda13-pjrt", forAMD, nil, map[string]map[string]string{"0.10.2": plugin, "0.12.0": {}})
	s.publish(t, "nvidia-cudnn-cu13", forAMD, nil, map[string]map[string]string{
		"9.12.0.46": {"nvidia/cudnn/lib/libcudnn.so.9": "old"}, "9.15.0": {"nvidia/cudnn/lib/libcudnn.so.9": "cudnn", "nvidia_cudnn_cu13-9.15.0.dist-info/METADATA": ""}, "10.1": {},
	})
	s.publish(t, "nvidia-cuda-nvcc", forAMD, nil, map[string]map[string]string{"13.0.48": {"nvidia/cu13/bin/ptxas": "", "nvidia/cu13/nvvm/libdevice/libdevice.10.bc": ""}, "13.1rc1": {}})
}

type log struct {
	mu    sync.Mutex
	lines []string
}

// installer is one to an empty folder, for an AMD64 machine.
func (s *server) installer(t *testing.T) (*Installer, *log) {
	t.Helper()
	i := New(filepath.Join(t.TempDir(), "go-xla"), func(name string) string {
		return map[string]string{PyPIVariable: s.URL, GitHubVariable: s.URL}[name]
	})
	l := &log{}
	say := func(text string) { l.mu.Lock(); defer l.mu.Unlock(); l.lines = append(l.lines, text) }
	i.Progress.Say, i.Progress.Start, i.Progress.Add = say, func(int64) {}, func(int64) {}
	i.Name = func(what string, bytes int64) { say("fetching " + what) }
	i.CPUVersion, i.arch = "v0.98.0", "amd64"
	i.client.Pause = func(int) time.Duration { return time.Millisecond }
	i.client.Stall = 5 * time.Second
	return i, l
}

// TestCUDA: what is installed is found as a plugin with its version, its libraries and its compiler beside it.
func TestCUDA(t *testing.T) {
	s := newServer(t)
	s.jax(t)
	i, _ := s.installer(t)
	for range 2 { // again in its place
		where, err := i.Install(t.Context(), "cuda13")
		if err != nil {
			t.Fatal(err)
		}
		found := pjrt.Folder{Path: where, JAX: true}.Plugins()
		if len(found) != 1 || found[0].CUDA != "13" || found[0].Version != "0.10.2" {
			t.Fatalf("%+v", found)
		}
		id, err := found[0].Identity()
		if err != nil || !strings.HasPrefix(id, "0.10.2:nvidia-") {
			t.Error(id, err)
		}
		if root := found[0].CUDARoot(); root != filepath.Join(where, "nvidia/cu13") {
			t.Error(root)
		}
		if st, err := os.Stat(filepath.Join(where, "nvidia/cu13/bin/ptxas")); err != nil || st.Mode()&0o111 == 0 {
			t.Error("ptxas can't be run:", st, err)
		}
		left, err := filepath.Glob(filepath.Join(i.Dir, "*"))
		if err != nil || len(left) != 2 { // and the lock
			t.Error("left over:", left, err)
		}
	}
}

func TestCPU(t *testing.T) {
	s := newServer(t)
	var b bytes.Buffer
	g := gzip.NewWriter(&b)
	w := tar.NewWriter(g)
	for _, name := range []string{"README", "./lib/pjrt_c_api_cpu_v0.98.0_plugin.so"} {
		if err := w.WriteHeader(&tar.Header{Name: name, Size: 4, Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("text")); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	s.files["pjrt_cpu_linux_amd64.tar.gz"] = b.Bytes()
	sum := sha256.Sum256(b.Bytes())
	asset := map[string]any{"name": "pjrt_cpu_linux_amd64.tar.gz", "size": b.Len(), "digest": "sha256:" + hex.EncodeToString(sum[:]), "browser_download_url": s.URL + "/files/pjrt_cpu_linux_amd64.tar.gz"}
	s.json["/repos/gomlx/pjrt-cpu-binaries/releases/tags/v0.98.0"] = map[string]any{"assets": []any{asset}}
	i, _ := s.installer(t)
	where, err := i.Install(t.Context(), "cpu")
	if err != nil || where != filepath.Join(i.Dir, "pjrt_c_api_cpu_v0.98.0_plugin.so") {
		t.Fatal(where, err)
	}
	if p := pjrt.At(where); p.Platform != "cpu" || p.Version != "0.98.0" {
		t.Errorf("%+v", p)
	}
	asset["digest"] = nil
	if _, err := i.Install(t.Context(), "cpu"); err == nil || !strings.Contains(err.Error(), "GitHub tells no checksum") {
		t.Error(err)
	}
	i.arch = "riscv64"
	if _, err := i.Install(t.Context(), "cpu"); err == nil || !strings.Contains(err.Error(), "has no pjrt_cpu_linux_riscv64.tar.gz") {
		t.Error(err)
	}
}

// TestBadNetwork: what stalls or is cut off is gone on with, what has other content than it should is not taken.
func TestBadNetwork(t *testing.T) {
	half := func(w http.ResponseWriter, content []byte) {
		w.Header().Set("Content-Length", fmt.Sprint(len(content)))
		_, _ = w.Write(content[:len(content)/2])
		_ = http.NewResponseController(w).Flush()
	}
	plugin := "jax_cuda13_pjrt-0.10.2-" + forAMD + ".whl"
	for name, tt := range map[string]struct {
		fault func(n int, w http.ResponseWriter, content []byte) bool // n: how often it was asked for the plugin, from 1
		asked int
		err   string
	}{
		"stalls": {func(n int, w http.ResponseWriter, content []byte) bool {
			if n == 1 {
				half(w, content)
				time.Sleep(600 * time.Millisecond)
			}
			return n == 1
		}, 2, ""},
		"cut off": {func(n int, w http.ResponseWriter, content []byte) bool {
			if n == 1 {
				half(w, content)
				panic(http.ErrAbortHandler)
			}
			return false
		}, 2, ""},
		"always stalls": {func(_ int, w http.ResponseWriter, content []byte) bool {
			time.Sleep(600 * time.Millisecond)
			return true
		}, 5, "nothing has arrived for too long (tried 5 times): try again"},
		"other content": {func(_ int, w http.ResponseWriter, content []byte) bool {
			_, _ = w.Write(bytes.ToUpper(content))
			return true
		}, 1, "other content than its checksum says"},
		"forbidden": {func(_ int, w http.ResponseWriter, _ []byte) bool { w.WriteHeader(http.StatusForbidden); return true }, 1, "the server says 403 Forbidden"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			s.jax(t)
			n := 0
			s.fault = func(w http.ResponseWriter, name string, content []byte) bool {
				if name != plugin {
					return false
				}
				s.mu.Lock()
				n++
				now := n
				s.mu.Unlock()
				return tt.fault(now, w, content)
			}
			i, l := s.installer(t)
			i.client.Stall = 200 * time.Millisecond
			_, err := i.Install(t.Context(), "cuda13")
			if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err) || !strings.Contains(err.Error(), plugin)) {
				t.Errorf("%v, want %q\n%s", err, tt.err, strings.Join(l.lines, "\n"))
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			if n != tt.asked {
				t.Errorf("asked %d times, not %d: %v", n, tt.asked, s.asked)
			}
			if tt.asked == 2 && !strings.HasPrefix(s.asked[1], plugin+" bytes=") {
				t.Errorf("not gone on with: %v", s.asked)
			}
			if _, err := os.Stat(filepath.Join(i.Dir, "cuda13")); (err == nil) != (tt.err == "") {
				t.Error("installed:", err == nil)
			}
		})
	}
}

// TestInterrupted: an interrupt ends it at once and leaves what a next try goes on with.
func TestInterrupted(t *testing.T) {
	s := newServer(t)
	s.jax(t)
	ctx, cancel := context.WithCancel(t.Context())
	s.fault = func(w http.ResponseWriter, name string, content []byte) bool {
		if strings.HasPrefix(name, "nvidia_cudnn") {
			cancel()
			time.Sleep(300 * time.Millisecond)
			return true
		}
		return false
	}
	i, _ := s.installer(t)
	if _, err := i.Install(ctx, "cuda13"); err == nil || ctx.Err() == nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	s.fault, s.asked = nil, nil
	s.mu.Unlock()
	if _, err := i.Install(t.Context(), "cuda13"); err != nil {
		t.Fatal(err)
	}
	for _, asked := range s.asked {
		if strings.HasPrefix(asked, "jax_cuda13_pjrt") {
			t.Errorf("fetched again: %v", s.asked)
		}
	}
}

func TestNothingFits(t *testing.T) {
	s := newServer(t)
	s.jax(t)
	i, _ := s.installer(t)
	if _, err := i.Install(t.Context(), "cuda12"); err == nil || !strings.Contains(err.Error(), "404 Not Found") || !strings.Contains(err.Error(), PyPIVariable) {
		t.Error(err)
	}
	i.arch = "arm64"
	if _, err := i.Install(t.Context(), "cuda13"); err == nil || !strings.Contains(err.Error(), "is there for aarch64") {
		t.Error(err)
	}
	i.arch = "amd64"
	s.publish(t, "nvidia-cuda-nvcc", forAMD, nil, map[string]map[string]string{"13.2": {"../../outside": "x"}})
	if _, err := i.Install(t.Context(), "cuda13"); err == nil || !strings.Contains(err.Error(), "outside of its folder") {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(i.Dir, "cuda13")); err == nil {
		t.Error("installed all the same")
	}
}

func TestRequirement(t *testing.T) {
	for text, want := range map[string]requirement{
		"jax-cuda12-pjrt==0.10.2":                               {"jax-cuda12-pjrt", [][2]string{{"==", "0.10.2"}}},
		`nvidia-cudnn-cu12<10.0,>=9.8; sys_platform == "linux"`: {"nvidia-cudnn-cu12", [][2]string{{"<", "10.0"}, {">=", "9.8"}}},
		`nvidia-nvvm; extra == "with-cuda"`:                     {"nvidia-nvvm", nil},
		"scipy (>=1.13)":                                        {"scipy", [][2]string{{">=", "1.13"}}},
	} {
		got, err := parseRequirement(text)
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(requirement{})); err != nil || diff != "" {
			t.Errorf("%s: %v %s", text, err, diff)
		}
	}
	for _, text := range []string{"", "; x", "a >= b", "a @ https://x"} {
		if r, err := parseRequirement(text); err == nil {
			t.Errorf("%q: %+v", text, r)
		}
	}
	r, _ := parseRequirement("x<10.0,>=9.8,!=9.9")
	for version, want := range map[string]bool{"9.8": true, "9.8.0.1": true, "9.7.9": false, "10.0": false, "10": false, "9.9.0": false, "9.10": true, "9.10rc1": false, "": false} {
		if r.allows(version) != want {
			t.Errorf("%s: %v", version, !want)
		}
	}
}

func FuzzRequirement(f *testing.F) {
	f.Add("nvidia-cudnn-cu12<10.0,>=9.8; sys_platform == \"linux\"", "9.9")
	f.Fuzz(func(t *testing.T, text, version string) {
		r, err := parseRequirement(text)
		if err == nil && r.name == "" {
			t.Errorf("%q has no name", text)
		}
		r.allows(version)
	})
}
