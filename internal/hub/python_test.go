package hub

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// python gives a Python that has huggingface_hub: $PYTHON, or python3.
func python(t *testing.T) string {
	t.Helper()
	name := firstOf(os.Getenv("PYTHON"), "python3")
	if err := exec.Command(name, "-c", "import huggingface_hub").Run(); err != nil {
		t.Skipf("%s has no huggingface_hub: set PYTHON to one that has", name)
	}
	return name
}

// peer runs testdata/peer.py.
func peer(t *testing.T, f *fakeHub, cache string, env []string, args ...string) []string {
	t.Helper()
	cmd := exec.Command(python(t), append([]string{"testdata/peer.py"}, args...)...)
	cmd.Env = append(os.Environ(), "HF_ENDPOINT="+f.hub.URL, "HF_HOME="+t.TempDir(), "HF_HUB_CACHE="+cache, "HF_HUB_DISABLE_XET=1", "HF_HUB_DISABLE_TELEMETRY=1",
		"HF_HUB_DISABLE_UPDATE_CHECK=1", "HF_TOKEN=")
	cmd.Env = append(cmd.Env, env...)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("peer.py: %v\n%s", err, errs.String())
	}
	return strings.Fields(string(out))
}

// tree lists what is in a cache: files with their content, links with where they lead.
func tree(t *testing.T, root string) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(root, path)
		switch {
		case err != nil || d.IsDir() || rel == "CACHEDIR.TAG":
			return err
		case d.Type() == fs.ModeSymlink:
			to, err := os.Readlink(path)
			list = append(list, rel+" → "+to)
			return err
		}
		b, err := os.ReadFile(path)
		list = append(list, rel+": "+string(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return list
}

// TestSameCacheAsPython: the cache is what huggingface_hub makes of the same server, and each uses the other's offline.
func TestSameCacheAsPython(t *testing.T) {
	python(t)
	f := newFakeHub(t)
	f.files[commit1]["config.json"], f.files[commit1]["pytorch_model.bin"] = []byte("{}"), content("bin", 300)
	ours, theirs := t.TempDir(), t.TempDir()
	h, l := f.clientOn(ours), &log{}
	var mine []string
	for _, text := range []string{"hf:org/name", "hf:org/name/config.json"} {
		found, err := h.Fetch(t.Context(), mustParse(t, text), l.progress())
		if err != nil {
			t.Fatal(err)
		}
		mine = append(mine, found.File)
	}
	peer(t, f, theirs, nil, "main", "model.safetensors", "pytorch_model.bin", "config.json")
	if a, b := tree(t, ours), tree(t, theirs); !slices.Equal(a, b) {
		t.Errorf("ours:\n%s\ntheirs:\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
	}
	f.requests()
	if got := peer(t, f, ours, []string{"HF_HUB_OFFLINE=1"}, "main", "pytorch_model.bin", "config.json"); !slices.Equal(got, mine) {
		t.Errorf("Python finds %v in our cache, want %v", got, mine)
	}
	h = f.clientOn(theirs)
	for _, text := range []string{"hf:org/name", "hf:org/name@" + commit1 + "/config.json"} {
		if _, err := h.Find(mustParse(t, text)); err != nil {
			t.Errorf("not found in Python's cache: %v", err)
		}
	}
	if asked := f.requests(); asked != nil {
		t.Errorf("asked %v", asked)
	}
}
