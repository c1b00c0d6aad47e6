package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestWeightsOfHub runs testdata/weights beside a server that answers as the Hugging Face hub, with what the scripts put into
// the folder served.
func TestWeightsOfHub(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:  "testdata/weights",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
		Setup: func(env *testscript.Env) error {
			server := httptest.NewServer(hubOf(filepath.Join(env.WorkDir, "served")))
			env.Defer(server.Close)
			env.Setenv("HF_ENDPOINT", server.URL)
			env.Setenv("HF_HOME", filepath.Join(env.WorkDir, "hf"))
			return nil
		},
	})
}

// hubOf serves the files of a folder as those of the repository org/net.
func hubOf(dir string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, path, ok := strings.Cut(r.URL.Path, "/org/net/resolve/")
		_, path, _ = strings.Cut(path, "/")
		content, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(path)))
		if !ok || err != nil {
			w.Header().Set("X-Error-Code", "EntryNotFound")
			w.WriteHeader(http.StatusNotFound)
			return
		}
		sum := sha256.Sum256(content)
		w.Header().Set("X-Repo-Commit", strings.Repeat("1", 40))
		w.Header().Set("X-Linked-Etag", `"`+hex.EncodeToString(sum[:])+`"`)
		w.Header().Set("X-Linked-Size", fmt.Sprint(len(content)))
		http.ServeFile(w, r, filepath.Join(dir, filepath.FromSlash(path)))
	})
}
