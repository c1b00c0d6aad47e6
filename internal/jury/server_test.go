package jury

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func newTestServer(t *testing.T, dir string, queries int) (*Server, string) {
	t.Helper()
	s, err := NewServer(newContest(t, queries), dir)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s)
	t.Cleanup(func() {
		web.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, web.URL
}

// ask posts as the page does.
func ask(t *testing.T, url, path string, q request) (st state, code int) {
	t.Helper()
	b, _ := json.Marshal(q)
	r, err := http.Post(url+path, "application/json", strings.NewReader(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if r.StatusCode == http.StatusOK {
		if err := json.NewDecoder(r.Body).Decode(&st); err != nil {
			t.Fatal(err)
		}
	}
	return st, r.StatusCode
}

func TestAnswersAreKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "answers")
	s, url := newTestServer(t, dir, 4)
	st, _ := ask(t, url, "/next", request{Judge: " Anna "})
	if st.Judge != "Anna" || st.Done != 0 || st.Total != 4 || st.CanUndo || len(st.Pair.Left) != 5 || len(st.Pair.Right) != 5 {
		t.Fatalf("%+v", st)
	}
	first := st.Pair.Query
	st, _ = ask(t, url, "/answer", request{Judge: "Anna", Query: first, Choice: Left, MS: 1200})
	again, _ := ask(t, url, "/answer", request{Judge: "Anna", Query: first, Choice: Right, MS: 1200}) // of another window
	if st.Done != 1 || again.Done != 1 || st.Pair.Query == first || again.Pair.Query != st.Pair.Query {
		t.Errorf("%+v, then %+v", st, again)
	}
	back, _ := ask(t, url, "/undo", request{Judge: "anna"})
	if back.Done != 0 || back.Pair.Query != first {
		t.Errorf("after undo %+v", back)
	}
	if _, code := ask(t, url, "/answer", request{Judge: "Anna", Query: first, Choice: "maybe"}); code != http.StatusInternalServerError {
		t.Errorf("a choice that there is none of: %d", code)
	}
	for range 4 {
		ask(t, url, "/answer", request{Judge: "Anna", Query: back.Pair.Query, Choice: Same, MS: 900})
		back, _ = ask(t, url, "/next", request{Judge: "Anna"})
		if back.Pair == nil {
			break
		}
	}
	if back.Done != 4 || back.Pair != nil {
		t.Errorf("at the end %+v", back)
	}
	all, err := ReadFolder(dir)
	if err != nil || len(all) != 6 || all[1].Choice != Undo {
		t.Errorf("%v, %v", all, err)
	}
	if standing, others := Standing(all, about); len(standing) != 4 || others != 0 || all[0].Left != s.contest.left("anna", first) {
		t.Errorf("%v, %d", standing, others)
	}
}

// TestGoesOnAnotherDay ends the server in the middle, cuts a line off as a crash does, and goes on.
func TestGoesOnAnotherDay(t *testing.T) {
	dir := t.TempDir()
	s, err := NewServer(newContest(t, 5), dir)
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.session("Anna")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := p.answer(p.state().Pair.Query, Right, 10); err != nil {
			t.Fatal(err)
		}
	}
	asked := p.state()
	if _, err := NewServer(newContest(t, 5), dir); err == nil || !strings.Contains(err.Error(), "another pipe judge takes answers") {
		t.Errorf("two at once: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, fileName("Anna"))
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(f, `{"judge":"Anna","que`)
	f.Close()
	_, url := newTestServer(t, dir, 5)
	st, _ := ask(t, url, "/next", request{Judge: "anna"})
	if st.Done != 2 || st.Pair == nil || st.Pair.Query != asked.Pair.Query || !slices.Equal(st.Pair.Left, asked.Pair.Left) {
		t.Errorf("%+v, and %+v was asked", st, asked)
	}
	ask(t, url, "/answer", request{Judge: "Anna", Query: st.Pair.Query, Choice: Left})
	if all, err := ReadFolder(dir); err != nil || len(all) != 3 {
		t.Errorf("%v, %v", all, err)
	}
}

// TestEverybodyJudgesTheSame wants the same queries for all, in other orders, on both sides.
func TestEverybodyJudgesTheSame(t *testing.T) {
	c := newContest(t, 20)
	a, b := c.order("a"), c.order("b")
	if slices.Equal(a, b) {
		t.Error("two people have the same order")
	}
	lefts := map[string]int{}
	for _, q := range a {
		lefts[c.left("a", q)]++
	}
	if lefts[Ours] < 4 || lefts[Baseline] < 4 {
		t.Errorf("sides %v", lefts)
	}
	slices.Sort(a)
	slices.Sort(b)
	if !slices.Equal(a, b) || len(slices.Compact(a)) != 20 {
		t.Error("two people judge other queries")
	}
	if more := newContest(t, 30); !slices.Equal(more.queries[:20], c.queries) {
		t.Error("more queries are not those and others")
	}
}

// TestStrangersAreRefused tries what a page of another site may try.
func TestStrangersAreRefused(t *testing.T) {
	_, url := newTestServer(t, t.TempDir(), 3)
	for what, c := range map[string]struct {
		method, path, host, origin, kind string
		want                             int
	}{
		"as itself":          {"POST", "/next", "", url, "application/json", 200},
		"page":               {"GET", "/", "", "", "", 200},
		"localhost":          {"GET", "/", "localhost:1234", "", "", 200},
		"rebound name":       {"GET", "/", "evil.example:1234", "", "", 403},
		"its images":         {"GET", "/image/0", "evil.example", "", "", 403},
		"name that looks so": {"GET", "/", "127.0.0.1.evil.example", "", "", 403},
		"another site":       {"POST", "/next", "", "http://evil.example", "application/json", 403},
		"another port":       {"POST", "/next", "", "http://127.0.0.1:1", "application/json", 403},
		"form":               {"POST", "/next", "", "", "text/plain", 415},
		"no such photo":      {"GET", "/image/40", "", "", "", 404},
		"no such page":       {"GET", "/web/page.html", "", "", "", 404},
		"get":                {"GET", "/next", "", "", "", 405},
	} {
		r, err := http.NewRequest(c.method, url+c.path, strings.NewReader(`{"judge":"A"}`))
		if err != nil {
			t.Fatal(err)
		}
		if c.host != "" {
			r.Host = c.host
		}
		for name, value := range map[string]string{"Origin": c.origin, "Content-Type": c.kind} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		got, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(got.Body)
		got.Body.Close()
		if got.StatusCode != c.want {
			t.Errorf("%s: %d %s", what, got.StatusCode, body)
		}
		if c.want == 200 && !strings.Contains(got.Header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: no policy: %v", what, got.Header)
		}
	}
}

func TestContestRefuses(t *testing.T) {
	for _, c := range []struct {
		images, rows, k int
		want            string
	}{{40, 40, 6, "only 5 neighbours of each photo by b"}, {30, 40, 5, "is not among the images"}} {
		_, err := NewContest(about, fakeImages{c.images}, fakeNeighbours(c.rows, 6, "a"), fakeNeighbours(40, 5, "b"), Options{Queries: 3, K: c.k, Seed: 1})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// Neighbours in a gallery have photos that are not among the images.
func TestGalleryIsRefused(t *testing.T) {
	found := fakeNeighbours(40, 5, "b")
	found.Meta.Gallery, found.Gallery = "digest", found.Labels
	_, err := NewContest(about, fakeImages{40}, fakeNeighbours(40, 5, "a"), found, Options{Queries: 4, K: 5, Seed: 1})
	if err == nil || !strings.Contains(err.Error(), "the neighbours by b are of a gallery") {
		t.Errorf("got %v", err)
	}
}
