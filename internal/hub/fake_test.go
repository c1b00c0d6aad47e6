package hub

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	commit1 = "1111111111111111111111111111111111111111"
	commit2 = "2222222222222222222222222222222222222222"
)

// fakeHub is a server that answers as the hub does, and another that sends the large files.
type fakeHub struct {
	hub, cdn *httptest.Server

	mu     sync.Mutex
	main   string                       // the commit that main is
	files  map[string]map[string][]byte // by commit and path; large where longer than 100 bytes
	fault  func(w http.ResponseWriter, r *http.Request, onCDN bool) bool
	asked  []string // "HEAD /org/name/…", "GET CDN bytes=…"
	tokens map[string]bool
}

func newFakeHub(t *testing.T) *fakeHub {
	t.Helper()
	f := &fakeHub{main: commit1, files: map[string]map[string][]byte{commit1: {}, commit2: {}}, tokens: map[string]bool{}}
	f.cdn = httptest.NewServer(http.HandlerFunc(f.sendLarge))
	f.hub = httptest.NewServer(http.HandlerFunc(f.answer))
	t.Cleanup(func() { f.hub.CloseClientConnections(); f.cdn.CloseClientConnections(); f.hub.Close(); f.cdn.Close() })
	return f
}

// client is a hub before an empty cache.
func (f *fakeHub) client(t *testing.T) *Hub {
	t.Helper()
	return f.clientOn(t.TempDir())
}

func (f *fakeHub) clientOn(cache string) *Hub {
	h := New(func(name string) string {
		return map[string]string{"HF_HOME": "/nowhere", "HF_HUB_CACHE": cache, "HF_ENDPOINT": f.hub.URL + "/", "HF_TOKEN": " hf_secret\n"}[name]
	})
	h.client.Pause = func(int) time.Duration { return time.Millisecond }
	h.client.Stall = 10 * time.Second
	return h
}

func (f *fakeHub) note(r *http.Request, onCDN bool) func(http.ResponseWriter, *http.Request, bool) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	where := r.URL.Path
	if onCDN {
		where = "CDN"
		if r.Header.Get("Authorization") != "" {
			f.tokens["CDN"] = true
		}
	} else {
		f.tokens[r.Header.Get("Authorization")] = true
	}
	f.asked = append(f.asked, strings.TrimSpace(r.Method+" "+where+" "+r.Header.Get("Range")))
	return f.fault
}

func (f *fakeHub) answer(w http.ResponseWriter, r *http.Request) {
	if fault := f.note(r, false); fault != nil && fault(w, r, false) {
		return
	}
	refuse := func(code int, kind string) {
		w.Header().Set("X-Error-Code", kind)
		w.WriteHeader(code)
	}
	rest, ok := strings.CutPrefix(r.URL.Path, "/org/name/resolve/")
	if !ok {
		refuse(401, "RepoNotFound")
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	revision, path, _ := strings.Cut(rest, "/")
	if revision == "main" {
		revision = f.main
	}
	files, ok := f.files[revision]
	if !ok {
		refuse(404, "RevisionNotFound")
		return
	}
	w.Header().Set("X-Repo-Commit", revision)
	content, ok := files[path]
	if !ok {
		refuse(404, "EntryNotFound")
		return
	}
	if len(content) <= 100 {
		sum := sha1.Sum(append([]byte(fmt.Sprintf("blob %d\x00", len(content))), content...))
		w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:])+`"`)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
		return
	}
	sum := sha256.Sum256(content)
	w.Header().Set("X-Linked-Etag", `"`+hex.EncodeToString(sum[:])+`"`)
	w.Header().Set("X-Linked-Size", fmt.Sprint(len(content)))
	w.Header().Set("ETag", `W/"something-else"`)
	http.Redirect(w, r, f.cdn.URL+"/"+revision+"/"+path+"?signature=secret", http.StatusFound)
}

func (f *fakeHub) sendLarge(w http.ResponseWriter, r *http.Request) {
	if fault := f.note(r, true); fault != nil && fault(w, r, true) {
		return
	}
	f.mu.Lock()
	revision, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	content := f.files[revision][path]
	f.mu.Unlock()
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// requests gives what was asked since the last time.
func (f *fakeHub) requests() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := f.asked
	f.asked = nil
	return a
}

func (f *fakeHub) setFault(fault func(http.ResponseWriter, *http.Request, bool) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fault = fault
}

// content is n bytes that depend on what.
func content(what string, n int) []byte {
	return bytes.Repeat([]byte(what), n/len(what)+1)[:n]
}

// log collects what a download says.
type log struct {
	mu     sync.Mutex
	total  int64
	done   int64
	said   []string
	onByte func(done int64)
}

func (l *log) progress() Progress {
	return Progress{
		Start: func(n int64) { l.mu.Lock(); defer l.mu.Unlock(); l.total, l.done = n, 0 },
		Add: func(n int64) {
			l.mu.Lock()
			l.done += n
			done := l.done
			l.mu.Unlock()
			if l.onByte != nil {
				l.onByte(done)
			}
		},
		Say: func(text string) { l.mu.Lock(); defer l.mu.Unlock(); l.said = append(l.said, text) },
	}
}

func mustParse(t *testing.T, text string) Ref {
	t.Helper()
	r, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func wantContent(t *testing.T, found Found, want []byte) {
	t.Helper()
	got, err := os.ReadFile(found.File)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s has %d bytes, want %d (%v)", found.File, len(got), len(want), err)
	}
}
