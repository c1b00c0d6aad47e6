package hub

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]Ref{
		"hf:timm/vgg16.tv_in1k":                    {"timm/vgg16.tv_in1k", "main", ""},
		"hf:timm/vgg16.tv_in1k/sub/model.pth":      {"timm/vgg16.tv_in1k", "main", "sub/model.pth"},
		"hf:a/b@v1.0":                              {"a/b", "v1.0", ""},
		"hf:a/b@" + commit1 + "/pytorch_model.bin": {"a/b", commit1, "pytorch_model.bin"},
		"hf:a/b@refs/pr/1":                         {"a/b", "refs/pr/1", ""},
		"hf:a/b@refs/pr/1/x.bin":                   {"a/b", "refs/pr/1", "x.bin"},
		"hf:a/b@my%2Fbranch/x.bin":                 {"a/b", "my/branch", "x.bin"},
		"hf:a/b/with@in.bin":                       {"a/b", "main", "with@in.bin"},
	} {
		got, err := Parse(text)
		if err != nil || got != want {
			t.Errorf("%s is %+v, want %+v (%v)", text, got, want, err)
		}
		if again, err := Parse(got.String()); err != nil || again != got {
			t.Errorf("%s, written %s, reads %+v (%v)", text, got, again, err)
		}
	}
	for _, text := range []string{"", "vgg16.pth", "hf:", "hf:gpt2", "hf:a/", "hf:/b", "hf:a/..", "hf:a/b/../c", "hf:a/b//c", "hf:a/b@", "hf:a/b@..",
		"hf:a/b/", "hf:a/b@%zz", "hf:a/b@x/..", `hf:a/b/c\d`, "hf:a/b@%2Fetc", "hf:a--b/c", "hf:a b/c", "hf:../b", "hf:a/b@..%2F..%2Fx"} {
		if r, err := Parse(text); err == nil || !strings.Contains(err.Error(), "write hf:org/name[@revision][/file]") {
			t.Errorf("%q is %+v (%v)", text, r, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("hf:a/b@refs/pr/1/x.bin")
	f.Add("hf:a/b@c%2Fd")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Parse(text)
		if err != nil {
			return
		}
		h := &Hub{Cache: "/cache"}
		for _, p := range []string{h.ref(r), h.absent(r.Repo, commit1, r.candidates()[0]), h.folder(r.Repo)} {
			if !strings.HasPrefix(filepath.Clean(p), "/cache/models--") {
				t.Fatalf("%q leads to %s", text, p)
			}
		}
	})
}

// TestDownload: the first time a file is downloaded from the other server, which gets no token; then it is in the cache.
func TestDownload(t *testing.T) {
	f := newFakeHub(t)
	want := content("weights", 5000)
	f.files[commit1]["model.safetensors"] = want
	h, l := f.client(t), &log{}
	r := mustParse(t, "hf:org/name")
	if _, err := h.Find(r); !errors.Is(err, ErrMissing) {
		t.Error(err)
	}
	found, err := h.Fetch(t.Context(), r, l.progress())
	if err != nil {
		t.Fatal(err)
	}
	wantContent(t, found, want)
	if found.Commit != commit1 || found.Path != "model.safetensors" || l.total != 5000 || l.done != 5000 {
		t.Errorf("%+v, %d of %d", found, l.done, l.total)
	}
	if f.tokens["CDN"] || !f.tokens["Bearer hf_secret"] || len(f.tokens) != 1 {
		t.Errorf("tokens: %v", f.tokens)
	}
	f.requests()
	h.Offline = true
	for _, text := range []string{"hf:org/name", "hf:org/name/model.safetensors", "hf:org/name@" + commit1} {
		again, err := h.Fetch(t.Context(), mustParse(t, text), l.progress())
		if err != nil || again != found {
			t.Errorf("%s: %+v, %v", text, again, err)
		}
	}
	if asked := f.requests(); asked != nil {
		t.Errorf("asked %v", asked)
	}
	_, err = h.Fetch(t.Context(), mustParse(t, "hf:org/name/other.bin"), l.progress())
	if err == nil || !strings.Contains(err.Error(), "HF_HUB_OFFLINE is set: unset it") {
		t.Error(err)
	}
}

// TestOtherFiles: small files go by git's checksum, and where there is no model.safetensors pytorch_model.bin is taken.
func TestOtherFiles(t *testing.T) {
	f := newFakeHub(t)
	f.files[commit1]["config.json"], f.files[commit1]["pytorch_model.bin"] = []byte("{}"), content("bin", 300)
	f.files[commit1]["sub/model.pth"] = content("pth", 200)
	h, l := f.client(t), &log{}
	for text, want := range map[string][]byte{
		"hf:org/name/config.json": []byte("{}"), "hf:org/name": content("bin", 300), "hf:org/name@" + commit1 + "/sub/model.pth": content("pth", 200),
	} {
		found, err := h.Fetch(t.Context(), mustParse(t, text), l.progress())
		if err != nil {
			t.Fatal(text, err)
		}
		wantContent(t, found, want)
		if again, err := h.Find(mustParse(t, text)); err != nil || again != found {
			t.Errorf("%s: %+v, %v", text, again, err)
		}
	}
}

// TestGoesOn: what ends, stalls or fails on the way is gone on with, from where it was.
func TestGoesOn(t *testing.T) {
	want := content("weights", 300000)
	for name, c := range map[string]struct {
		fault  func(w http.ResponseWriter, r *http.Request, first bool)
		said   string
		ranged bool
	}{
		"truncated": {func(w http.ResponseWriter, _ *http.Request, _ bool) {
			w.Header().Set("Content-Length", "300000")
			_, _ = w.Write(want[:100000])
		}, "EOF", true},
		"closed without length": {func(w http.ResponseWriter, _ *http.Request, _ bool) {
			w.Header().Set("Transfer-Encoding", "identity")
			_, _ = w.Write(want[:100000])
		}, "ended after 100000 of 300000", true},
		"stalled": {func(w http.ResponseWriter, r *http.Request, _ bool) {
			w.Header().Set("Content-Length", "300000")
			_, _ = w.Write(want[:100000])
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, "nothing has arrived", true},
		"busy": {func(w http.ResponseWriter, _ *http.Request, _ bool) { w.WriteHeader(503) }, "503", false},
		"too many": {func(w http.ResponseWriter, _ *http.Request, _ bool) {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(429)
		}, "429", false},
		"no connection": {func(http.ResponseWriter, *http.Request, bool) { panic(http.ErrAbortHandler) }, "tries again", false},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFakeHub(t)
			f.files[commit1]["model.safetensors"] = want
			h, l := f.client(t), &log{}
			h.client.Stall = 300 * time.Millisecond
			n := 0
			f.setFault(func(w http.ResponseWriter, r *http.Request, onCDN bool) bool {
				if !onCDN {
					return false
				}
				n++
				if n == 1 {
					c.fault(w, r, true)
				}
				return n == 1
			})
			found, err := h.Fetch(t.Context(), mustParse(t, "hf:org/name"), l.progress())
			if err != nil {
				t.Fatal(err)
			}
			wantContent(t, found, want)
			if !strings.Contains(strings.Join(l.said, "\n"), c.said) || l.done != 300000 {
				t.Errorf("said %q, %d of %d", l.said, l.done, l.total)
			}
			resumed := slices.ContainsFunc(f.requests(), func(s string) bool { return strings.HasPrefix(s, "GET CDN bytes=") })
			if resumed != c.ranged {
				t.Errorf("resumed by range: %v", resumed)
			}
		})
	}
}

// TestInterrupted: a download that was interrupted keeps what it has, and the next goes on.
func TestInterrupted(t *testing.T) {
	f := newFakeHub(t)
	want := content("weights", 1<<20)
	f.files[commit1]["model.safetensors"] = want
	f.setFault(func(w http.ResponseWriter, r *http.Request, onCDN bool) bool {
		if onCDN {
			w.Header().Set("Content-Length", fmt.Sprint(len(want)))
			_, _ = w.Write(want[:1<<19])
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}
		return onCDN
	})
	h := f.client(t)
	ctx, cancel := context.WithCancel(t.Context())
	l := &log{onByte: func(done int64) {
		if done >= 1<<19 {
			cancel()
		}
	}}
	if _, err := h.Fetch(ctx, mustParse(t, "hf:org/name"), l.progress()); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	f.setFault(nil)
	f.requests()
	found, err := h.Fetch(t.Context(), mustParse(t, "hf:org/name"), l.progress())
	if err != nil {
		t.Fatal(err)
	}
	wantContent(t, found, want)
	if asked := f.requests(); !slices.Contains(asked, fmt.Sprintf("GET CDN bytes=%d-", 1<<19)) {
		t.Errorf("asked %v", asked)
	}
}

// leave puts a part of a download into the cache, as an earlier try left it.
func leave(t *testing.T, h *Hub, sum string, part []byte) string {
	t.Helper()
	path := filepath.Join(h.folder("org/name"), "blobs", sum+".incomplete")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, part, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// sumOf is the name of a large file's blob.
func sumOf(t *testing.T, f *fakeHub, h *Hub) string {
	t.Helper()
	m, err := h.head(t.Context(), mustParse(t, "hf:org/name"), "model.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	f.requests()
	return m.Sum
}

// TestWrongParts: a part of other content is thrown away, and one that is too long; content that isn't what the hub says
// is never in the cache.
func TestWrongParts(t *testing.T) {
	f := newFakeHub(t)
	want := content("weights", 5000)
	f.files[commit1]["model.safetensors"] = want
	for name, part := range map[string][]byte{"other": content("x", 4000), "longer": content("x", 6000), "whole but other": content("x", 5000)} {
		h, l := f.client(t), &log{}
		left := leave(t, h, sumOf(t, f, h), part)
		found, err := h.Fetch(t.Context(), mustParse(t, "hf:org/name"), l.progress())
		if err != nil {
			t.Fatal(name, err)
		}
		wantContent(t, found, want)
		if _, err := os.Stat(left); err == nil {
			t.Errorf("%s: the part is still there", name)
		}
	}
	f.setFault(func(w http.ResponseWriter, _ *http.Request, onCDN bool) bool {
		if onCDN {
			_, _ = w.Write(content("changed", 5000))
		}
		return onCDN
	})
	h, l := f.client(t), &log{}
	_, err := h.Fetch(t.Context(), mustParse(t, "hf:org/name"), l.progress())
	if err == nil || !strings.Contains(err.Error(), "other content than its checksum says") {
		t.Error(err)
	}
	if _, err := h.Find(mustParse(t, "hf:org/name")); !errors.Is(err, ErrMissing) {
		t.Error(err)
	}
}

// TestNoRanges: a server that sends the whole where a part was asked for is understood, and so is one that changed.
func TestNoRanges(t *testing.T) {
	f := newFakeHub(t)
	want := content("weights", 5000)
	f.files[commit1]["model.safetensors"] = want
	for name, answer := range map[string]func(http.ResponseWriter){
		"whole": func(w http.ResponseWriter) { _, _ = w.Write(want) },
		"other range": func(w http.ResponseWriter) {
			w.Header().Set("Content-Range", "bytes 2000-4999/6000")
			w.WriteHeader(206)
		},
		"too far": func(w http.ResponseWriter) { w.WriteHeader(416) },
	} {
		h, l := f.client(t), &log{}
		leave(t, h, sumOf(t, f, h), want[:2000])
		f.setFault(func(w http.ResponseWriter, r *http.Request, onCDN bool) bool {
			if !onCDN || r.Header.Get("Range") == "" {
				return false
			}
			answer(w)
			return true
		})
		found, err := h.Fetch(t.Context(), mustParse(t, "hf:org/name"), l.progress())
		if err != nil {
			t.Fatal(name, err)
		}
		wantContent(t, found, want)
		f.setFault(nil)
	}
}

// TestBranchMoves: a branch in the cache stays where it was; another cache gets where it is now, whatever lay there in part.
func TestBranchMoves(t *testing.T) {
	f := newFakeHub(t)
	f.files[commit1]["model.safetensors"], f.files[commit2]["model.safetensors"] = content("old", 5000), content("new", 5000)
	h, l := f.client(t), &log{}
	r := mustParse(t, "hf:org/name")
	if _, err := h.Fetch(t.Context(), r, l.progress()); err != nil {
		t.Fatal(err)
	}
	other := f.client(t)
	leave(t, other, sumOf(t, f, other), content("old", 2000))
	f.main = commit2
	found, err := h.Fetch(t.Context(), r, l.progress())
	if err != nil || found.Commit != commit1 {
		t.Errorf("%+v, %v", found, err)
	}
	if found, err = other.Fetch(t.Context(), r, l.progress()); err != nil || found.Commit != commit2 {
		t.Fatalf("%+v, %v", found, err)
	}
	wantContent(t, found, content("new", 5000))
}

// TestOnceForAll: several at once download once.
func TestOnceForAll(t *testing.T) {
	f := newFakeHub(t)
	f.files[commit1]["model.safetensors"] = content("weights", 50000)
	cache := t.TempDir()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := f.clientOn(cache).Fetch(t.Context(), mustParse(t, "hf:org/name"), (&log{}).progress()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	n := 0
	for _, s := range f.requests() {
		if s == "GET CDN" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("downloaded %d times", n)
	}
}

// TestRefused: what the hub refuses is told with what to do, and not asked for again.
func TestRefused(t *testing.T) {
	f := newFakeHub(t)
	f.files[commit1]["model.safetensors"] = content("weights", 5000)
	for text, want := range map[string]string{
		"hf:org/other":         "401 Unauthorized (RepoNotFound): there is no such repository, or HF_TOKEN may not read it",
		"hf:org/name/none.pth": "there is no file none.pth at revision main",
		"hf:org/name@v9":       "there is no revision v9",
	} {
		h, l := f.client(t), &log{}
		_, err := h.Fetch(t.Context(), mustParse(t, text), l.progress())
		if err == nil || !strings.Contains(err.Error(), want) || len(l.said) > 0 {
			t.Errorf("%s: %v, want %q; said %v", text, err, want, l.said)
		}
	}
	for code, want := range map[int]string{
		403: "ask for access at " + f.hub.URL + "/org/name", 404: "there is no such repository", 429: "too many requests", 503: "tried 5 times", 200: "check HF_ENDPOINT",
	} {
		f.setFault(func(w http.ResponseWriter, _ *http.Request, _ bool) bool { w.WriteHeader(code); return true })
		h, l := f.client(t), &log{}
		_, err := h.Fetch(t.Context(), mustParse(t, "hf:org/name"), l.progress())
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%d: %v, want %q", code, err, want)
		}
	}
	h, l := f.client(t), &log{}
	h.client.Token = ""
	f.setFault(func(w http.ResponseWriter, _ *http.Request, _ bool) bool { w.WriteHeader(401); return true })
	if _, err := h.Fetch(t.Context(), mustParse(t, "hf:org/name"), l.progress()); err == nil || !strings.Contains(err.Error(), "or set HF_TOKEN") {
		t.Error(err)
	}
	f.hub.Close()
	if _, err := h.Fetch(t.Context(), mustParse(t, "hf:org/name"), l.progress()); err == nil || !strings.Contains(err.Error(), "can't be had from "+f.hub.URL) ||
		!strings.Contains(err.Error(), "copy the folder models--org--name into "+h.Cache) {
		t.Error(err)
	}
}

// TestSettings: the variables that huggingface_hub reads.
func TestSettings(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	token := filepath.Join(home, "t")
	if err := os.WriteFile(token, []byte("hf_file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		env          map[string]string
		cache, token string
		offline      bool
	}{
		{nil, home + "/.cache/huggingface/hub", "", false},
		{map[string]string{"XDG_CACHE_HOME": "/x"}, "/x/huggingface/hub", "", false},
		{map[string]string{"HF_HOME": "~/hf", "XDG_CACHE_HOME": "/x"}, home + "/hf/hub", "", false},
		{map[string]string{"HF_HOME": "/hf", "HF_HUB_CACHE": "$HOME/c"}, home + "/c", "", false},
		{map[string]string{"HF_HOME": "/hf", "TRANSFORMERS_OFFLINE": "1"}, "/hf/hub", "", true},
		{map[string]string{"HUGGINGFACE_HUB_CACHE": "/old", "HUGGING_FACE_HUB_TOKEN": "hf_old"}, "/old", "hf_old", false},
		{map[string]string{"HUGGINGFACE_HUB_CACHE": "/old", "HF_HUB_CACHE": "/new", "HUGGING_FACE_HUB_TOKEN": "hf_old", "HF_TOKEN": "hf_new"}, "/new", "hf_new", false},
		{map[string]string{"HF_HOME": "/hf", "HF_TOKEN_PATH": token, "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"}, "/hf/hub", "", false},
		{map[string]string{"HF_HOME": "/hf", "HF_TOKEN": "hf_env", "HF_HUB_DISABLE_IMPLICIT_TOKEN": "yes"}, "/hf/hub", "", false},
		{map[string]string{"HF_HOME": "/hf", "HF_TOKEN_PATH": token, "HF_HUB_OFFLINE": "true"}, "/hf/hub", "hf_file", true},
		{map[string]string{"HF_HOME": "/hf", "HF_TOKEN_PATH": token, "HF_TOKEN": "hf_env", "HF_HUB_OFFLINE": "0", "TRANSFORMERS_OFFLINE": "1"}, "/hf/hub", "hf_env", false},
	} {
		h := New(func(name string) string { return c.env[name] })
		if h.Cache != c.cache || h.client.Token != c.token || h.Offline != c.offline || h.Endpoint != "https://huggingface.co" {
			t.Errorf("%v: %+v", c.env, h)
		}
	}
}
